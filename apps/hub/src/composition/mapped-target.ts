import {
  type Delivery,
  explainError,
  type Fault,
  type JsonObject,
  type JsonValue,
  type Mappings,
  type Outcome,
  type Target,
} from '@trunkline/messaging';

/** What a member of a command names. `must`: the source's own word means nothing to the target, so that it needs a mapping. */
const NAMED: Readonly<Record<string, { readonly kind: string; readonly must?: true }>> = {
  sku: { kind: 'product' },
  country: { kind: 'country' },
  shipMethod: { kind: 'ship_method', must: true },
};

/** The systems that are told how goods travel; others are given the word as it is, or nothing. */
const MUST_KNOW: ReadonlySet<string> = new Set(['release.create']);

/**
 * A target that is told products, countries and ship methods by the names that people mapped for it. Commands are stored as the flows
 * wrote them and translated at each try, so that what waits goes on under a mapping that was made after it failed. A command with a
 * word that the target cannot know is refused here: the target might take it and do something else.
 */
export function mappedTarget(system: string, target: Target, mappings: Mappings): Target {
  const translated = (deliveries: readonly Delivery[]) =>
    deliveries.map((delivery) => ({
      ...delivery,
      payload: mapWords(delivery.payload, system, mappings) as JsonObject,
    }));
  const { verify } = target;
  return {
    ...target,
    async deliver(deliveries, signal) {
      const refused = deliveries.map((delivery) => unknownWords(delivery, system, mappings));
      const going = deliveries.filter((_delivery, at) => refused[at] === undefined);
      const outcomes = going.length === 0 ? [] : await target.deliver(translated(going), signal);
      const told = going.map((delivery, at) => inOwnWords(outcomes[at], delivery, system, mappings));
      const answers = new Map(going.map((delivery, at) => [delivery, told[at]]));
      // An outcome that is missing stays so: what that means is for the engine to say.
      return deliveries.map((delivery, at) => refused[at] ?? answers.get(delivery)) as Outcome[];
    },
    ...(verify === undefined
      ? {}
      : { verify: (deliveries, signal) => verify.call(target, translated(deliveries), signal) }),
  };
}

/** Every named word of a command, wherever it stands; the same object when nothing is mapped. */
function mapWords(value: JsonValue, system: string, mappings: Mappings): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) {
    const after = value.map((element) => mapWords(element, system, mappings));
    return after.some((element, at) => element !== value[at]) ? after : value;
  }
  const entries = Object.entries(value as JsonObject);
  const mapped = entries.map(([name, member]): [string, JsonValue] => {
    const kind = kindOf(name);
    return [
      name,
      kind !== undefined && typeof member === 'string'
        ? (mappings.find(kind, system, member) ?? member)
        : mapWords(member, system, mappings),
    ];
  });
  return mapped.some(([, member], at) => member !== entries[at]?.[1]) ? Object.fromEntries(mapped) : value;
}

function kindOf(name: string): string | undefined {
  return Object.hasOwn(NAMED, name) ? NAMED[name]?.kind : undefined;
}

/** Array.isArray would make `any` of a read-only list's elements. */
function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function unknownWords({ type, payload }: Delivery, system: string, mappings: Mappings): Outcome | undefined {
  if (!MUST_KNOW.has(type)) return undefined;
  const unknown = wordsOf(payload).filter(
    ({ name, word }) => NAMED[name]?.must && mappings.find(NAMED[name].kind, system, word) === undefined,
  );
  const [first] = unknown;
  if (first === undefined) return undefined;
  const { code } = explainError('mapping_missing');
  const faults = unknown.map(
    ({ kind, word, path }): Fault => ({
      code,
      path,
      message: `Nobody has said what ${system} calls the ${kind.replace('_', ' ')} “${word}”.`,
      missing: { kind, value: word },
    }),
  );
  return { kind: 'rejected', code, detail: faults[0]?.message ?? '', faults };
}

/** What is unknown under its mapped name is missing under its own: that is the one that people can map again. */
function inOwnWords(
  outcome: Outcome | undefined,
  delivery: Delivery,
  system: string,
  mappings: Mappings,
): Outcome | undefined {
  if (outcome?.kind !== 'rejected' || outcome.faults === undefined) return outcome;
  const own = new Map(
    wordsOf(delivery.payload).map(({ kind, word }) => [
      `${kind} ${mappings.find(kind, system, word) ?? word}`,
      word,
    ]),
  );
  const faults = outcome.faults.map((fault) => {
    const { missing } = fault;
    if (missing === undefined) return fault;
    const value = own.get(`${missing.kind} ${missing.value}`) ?? missing.value;
    return { ...fault, missing: { ...missing, value } };
  });
  return { ...outcome, faults };
}

interface NamedWord {
  readonly name: string;
  readonly kind: string;
  readonly word: string;
  /** JSON Pointer. */
  readonly path: string;
}

function wordsOf(value: JsonValue, path = ''): readonly NamedWord[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]: [string, JsonValue]) => {
    const at = `${path}/${name}`;
    const kind = kindOf(name);
    return kind !== undefined && typeof member === 'string'
      ? [{ name, kind, word: member, path: at }]
      : wordsOf(member, at);
  });
}
