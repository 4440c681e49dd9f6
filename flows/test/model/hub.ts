import { isDeepStrictEqual } from 'node:util';
import {
  add,
  type CanonicalEvent,
  compare,
  isNegative,
  lineQuantities,
  ORDER_TRANSITIONS,
  type OrderRecord,
  stageOf,
} from '@trunkline/canonical';
import { createFlows } from '@trunkline/flows';
import type { Command, Decision, ExceptionReport } from '@trunkline/messaging';

const { orderFlows } = createFlows({ routeOrder: () => 'DAL', knownSites: new Set(['DAL']) });

/** The order flows as the hub runs them, with every promise checked after every event. */
export class ModelHub {
  record: OrderRecord | undefined;
  readonly exceptions: ExceptionReport[] = [];
  readonly commands: Command[] = [];

  /** Gives the flows one event; the commands that it led to come back. */
  handle(event: CanonicalEvent): readonly Command[] {
    const before = this.record;
    const commands: Command[] = [];
    for (const flow of orderFlows) {
      if (flow.handles !== 'every' && !flow.handles.includes(event.type)) continue;
      const context = { key: 'so_1', now: '2026-03-01T12:00:00Z', system: 'model' };
      const decision = flow.decide(this.record, event, context);
      expectSame(
        decision,
        flow.decide(this.record, event, context),
        `${flow.name} decides ${event.type} the same twice`,
      );
      this.#take(decision, commands);
    }
    this.#check(before, event);
    this.commands.push(...commands);
    return commands;
  }

  #take(decision: Decision<OrderRecord, CanonicalEvent>, commands: Command[]): void {
    if (decision.state !== undefined) this.record = decision.state;
    commands.push(...(decision.commands ?? []));
    this.exceptions.push(...(decision.exceptions ?? []));
  }

  #check(before: OrderRecord | undefined, event: CanonicalEvent): void {
    const { record } = this;
    if (record === undefined) return;
    expectSame(JSON.parse(JSON.stringify(record)), record, 'the record is plain JSON');
    if (before !== undefined && before.stage !== record.stage) {
      const allowed = ORDER_TRANSITIONS[before.stage][record.stage] === 'allowed' || passes(before, record);
      if (!allowed) throw new Error(`${event.type} moved the order from ${before.stage} to ${record.stage}.`);
    }
    if (record.order !== undefined && stageOf(record) !== record.stage) {
      throw new Error(
        `After ${event.type} the stage is ${record.stage}, the quantities say ${stageOf(record)}.`,
      );
    }
    conserved(before, record);
  }
}

/** One event may take an order through a stage in between: a plan makes it backordered, its release released. */
function passes(before: OrderRecord, after: OrderRecord): boolean {
  return (
    ORDER_TRANSITIONS[before.stage].backordered === 'allowed' &&
    ORDER_TRANSITIONS.backordered[after.stage] === 'allowed'
  );
}

function conserved(before: OrderRecord | undefined, record: OrderRecord): void {
  const earlier = before === undefined ? undefined : lineQuantities(before);
  for (const [line, of] of lineQuantities(record)) {
    const total = [of.shipped, of.open, of.backordered, of.cancelled].reduce(add);
    if (compare(total, of.ordered) !== 0)
      throw new Error(`Line ${line} is not conserved: ${JSON.stringify(of)}`);
    for (const [name, value] of Object.entries(of)) {
      if (isNegative(value)) throw new Error(`Line ${line} has ${value} ${name}.`);
    }
    if (compare(of.shipped, of.picked) > 0 || compare(of.picked, of.released) > 0) {
      throw new Error(`Line ${line}: not shipped <= picked <= released: ${JSON.stringify(of)}`);
    }
    const was = earlier?.get(line);
    if (was === undefined) continue;
    for (const name of ['shipped', 'cancelled', 'released'] as const) {
      if (compare(of[name], was[name]) < 0)
        throw new Error(`Line ${line} lost ${name}: ${was[name]} to ${of[name]}.`);
    }
  }
}

function expectSame(actual: unknown, expected: unknown, promise: string): void {
  if (!isDeepStrictEqual(actual, expected)) throw new Error(`Broken: ${promise}.`);
}
