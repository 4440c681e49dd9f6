import type { CanonicalEvent, CustomerRecord, OrderRecord, StockRecord } from '@trunkline/canonical';
import type { Command, Decision, ExceptionReport, Flow, Identifier } from '@trunkline/messaging';

export type OrderFlow = Flow<OrderRecord, CanonicalEvent>;
export type CustomerFlow = Flow<CustomerRecord, CanonicalEvent>;
export type StockFlow = Flow<StockRecord, CanonicalEvent>;
export type OrderDecision = Decision<OrderRecord, CanonicalEvent>;

/** One step of a decision about an order: the record after it, and what it wants done. */
export interface Step {
  readonly record: OrderRecord;
  readonly commands?: readonly Command[];
  readonly exceptions?: readonly ExceptionReport[];
  readonly resolves?: readonly string[];
  readonly identifiers?: readonly Identifier[];
}

/** Takes `next` on the record that `step` left, and joins what both want done. */
export function andThen(step: Step, next: (record: OrderRecord) => Step): Step {
  const more = next(step.record);
  return {
    record: more.record,
    commands: [...(step.commands ?? []), ...(more.commands ?? [])],
    exceptions: [...(step.exceptions ?? []), ...(more.exceptions ?? [])],
    resolves: [...(step.resolves ?? []), ...(more.resolves ?? [])],
    identifiers: [...(step.identifiers ?? []), ...(more.identifiers ?? [])],
  };
}

/** The step as a decision: without the state when the record is `before`. */
export function decided(before: OrderRecord | undefined, step: Step): OrderDecision {
  const { record, ...effects } = step;
  return record === before ? effects : { ...effects, state: record };
}

export const NO_ORDER: OrderDecision = { ignored: 'no accepted order stands under this key' };
