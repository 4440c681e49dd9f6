import type { Delivery, JsonObject, JsonValue, Mappings, Outcome, Target } from '@trunkline/messaging';

/**
 * A target that is told products by the names that people mapped for it. Commands are stored as the flows wrote them and translated at
 * each try, so that what waits goes on under a mapping that was made after it failed.
 */
export function mappedTarget(system: string, target: Target, mappings: Mappings): Target {
  const translated = (deliveries: readonly Delivery[]) =>
    deliveries.map((delivery) => ({
      ...delivery,
      payload: mapSkus(delivery.payload, system, mappings) as JsonObject,
    }));
  const { verify } = target;
  return {
    ...target,
    async deliver(deliveries, signal) {
      const outcomes = await target.deliver(translated(deliveries), signal);
      return outcomes.map((outcome, index) => inOwnWords(outcome, deliveries[index], system, mappings));
    },
    ...(verify === undefined
      ? {}
      : { verify: (deliveries, signal) => verify.call(target, translated(deliveries), signal) }),
  };
}

/** Every `sku` of a command, wherever its lines are; the same object when nothing is mapped. */
function mapSkus(value: JsonValue, system: string, mappings: Mappings): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) {
    const after = value.map((element) => mapSkus(element, system, mappings));
    return after.some((element, at) => element !== value[at]) ? after : value;
  }
  const entries = Object.entries(value as JsonObject);
  const mapped = entries.map(([name, member]): [string, JsonValue] => [
    name,
    name === 'sku' && typeof member === 'string'
      ? (mappings.find('product', system, member) ?? member)
      : mapSkus(member, system, mappings),
  ]);
  return mapped.some(([, member], at) => member !== entries[at]?.[1]) ? Object.fromEntries(mapped) : value;
}

/** Array.isArray would make `any` of a read-only list's elements. */
function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** A product that is unknown under its mapped name is missing under its own: that is the one that people can map again. */
function inOwnWords(
  outcome: Outcome,
  delivery: Delivery | undefined,
  system: string,
  mappings: Mappings,
): Outcome {
  if (outcome.kind !== 'rejected' || outcome.faults === undefined || delivery === undefined) return outcome;
  const own = new Map(
    skusOf(delivery.payload).map((sku) => [mappings.find('product', system, sku) ?? sku, sku]),
  );
  const faults = outcome.faults.map((fault) =>
    fault.missing?.kind === 'product'
      ? {
          ...fault,
          missing: { ...fault.missing, value: own.get(fault.missing.value) ?? fault.missing.value },
        }
      : fault,
  );
  return { ...outcome, faults };
}

function skusOf(value: JsonValue): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]: [string, JsonValue]) =>
    name === 'sku' && typeof member === 'string' ? [member] : skusOf(member),
  );
}
