import { type CanonicalEvent, FINAL_ORDER_STAGES, isOpen, ORDER_STAGES } from '@trunkline/canonical';
import type { OrderRecord } from '@trunkline/canonical';
import { type OpenState, readOpenStates, type ScheduledJob } from '@trunkline/journal';
import type {
  Connector,
  HeldRecord,
  IncomingMessage,
  JsonValue,
  MessageStore,
  Processor,
  RecordSweep,
} from '@trunkline/messaging';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { type Errands, runErrand } from '../composition/errand.ts';
import { INTERNAL_SOURCE } from '../composition/processor.ts';
import type { Configuration } from '../configuration/schema.ts';

export interface SweepOptions {
  readonly pool: Pool;
  /** Undefined, or without a sweep: nothing is looked up. */
  readonly erp: Pick<Connector<CanonicalEvent>, 'system' | 'sweep'> | undefined;
  /** Tells whether a message would change anything; what it decides is thrown away. */
  readonly process: Processor;
  readonly intake: MessageStore;
  readonly errands: Errands;
  readonly configuration: Pick<Configuration, 'sweep'>;
  readonly log: Pick<Logger, 'warn'>;
}

const OPEN_STAGES = ORDER_STAGES.filter((stage) => !FINAL_ORDER_STAGES.has(stage));
/** Orders of one page: some two to four calls of the ERP for marks. */
const PAGE = 200;
/** Orders of one run; the next one goes on where it ended, so that a run is short and a sweep is whole all the same. */
const ORDERS_PER_RUN = 10_000;

/** What the hub holds of an order in the ERP, by the ERP's own ids. */
export function heldRecords({ erp, plans }: OrderRecord): readonly HeldRecord[] {
  return [
    ...(erp === undefined ? [] : [{ record: 'order' as const, id: erp.id }]),
    ...plans.filter(isOpen).map(({ planId }) => ({ record: 'plan' as const, id: planId })),
  ];
}

interface Held extends HeldRecord {
  readonly state: OpenState;
  readonly mark: string | undefined;
}

interface Agreement {
  readonly mark: string;
  /** In two sweeps running. */
  readonly twice: boolean;
}

/**
 * Finds what no stream of changes tells, by asking for what the hub holds. A record is read whole until it agreed with the hub in two
 * sweeps running at the same mark (marks know whole seconds, so one sweep may have come within the second of a change), and told when
 * two sweeps running saw it differ in the same way: what is under way, between Odoo, the stream and the hub, differs for a moment, and
 * an older reading must not overtake a newer one. What a sweep remembers is its node's own; another node begins anew.
 */
export class OrderSweep {
  readonly #options: SweepOptions;
  #agreed = new Map<string, Agreement>();
  #differing = new Set<string>();
  #next = { agreed: new Map<string, Agreement>(), differing: new Set<string>() };
  #after = '';

  constructor(options: SweepOptions) {
    this.#options = options;
  }

  /** @returns how many records were told of */
  async run(at: string, signal: AbortSignal): Promise<number> {
    const { pool, erp } = this.#options;
    if (erp?.sweep === undefined) return 0;
    let told = 0;
    for (let orders = 0; orders < ORDERS_PER_RUN && !signal.aborted; orders += PAGE) {
      const query = { kind: 'order', stages: OPEN_STAGES, after: this.#after, limit: PAGE };
      const states = await readOpenStates(pool, query);
      told += await this.#page(erp.system, erp.sweep, states, at, signal);
      this.#after = states.at(-1)?.key ?? '';
      if (states.length < PAGE) {
        this.#endRound();
        break;
      }
    }
    return told;
  }

  /** What was not seen in a whole round is forgotten with its order. */
  #endRound(): void {
    this.#after = '';
    this.#agreed = this.#next.agreed;
    this.#differing = this.#next.differing;
    this.#next = { agreed: new Map(), differing: new Set() };
  }

  async #page(
    system: string,
    sweep: RecordSweep,
    states: readonly OpenState[],
    at: string,
    signal: AbortSignal,
  ) {
    const wanted = states.flatMap((state) =>
      heldRecords(state.body as unknown as OrderRecord).map((held) => ({ ...held, state })),
    );
    if (wanted.length === 0) return 0;
    const { news, there, present } = await this.#look(system, sweep, wanted, signal);
    const messages = news.flatMap((one) => {
      const said = one.mark === undefined ? [this.#goneMessage(one)] : (present[there.indexOf(one)] ?? []);
      return this.#told(one, said, at);
    });
    // An order tells of its delivery documents too.
    const once = [...new Map(messages.map((message) => [message.sourceId, message])).values()];
    if (once.length > 0) await this.#options.intake.accept(once);
    return once.length;
  }

  /** The calls of one page, in one turn. */
  #look(system: string, sweep: RecordSweep, wanted: readonly Omit<Held, 'mark'>[], signal: AbortSignal) {
    return runErrand(this.#options.errands, system, signal, async () => {
      const marks = await sweep.marks(wanted, signal);
      const held: Held[] = wanted.map((one, index) => ({ ...one, mark: marks[index] }));
      const isNews = (one: Held) => this.#agreedAt(one)?.twice !== true;
      const news = held.filter(isNews);
      for (const one of held) if (!isNews(one)) this.#agree(one);
      const there = news.filter(({ mark }) => mark !== undefined);
      const present = there.length === 0 ? [] : await sweep.read(there, signal);
      return { news, there, present };
    });
  }

  #agree(one: Held): void {
    if (one.mark === undefined) return;
    this.#next.agreed.set(nameOf(one), { mark: one.mark, twice: this.#agreedAt(one) !== undefined });
  }

  #agreedAt(one: Held): Agreement | undefined {
    const agreement = this.#agreed.get(nameOf(one));
    return agreement?.mark === one.mark ? agreement : undefined;
  }

  #told(one: Held, messages: readonly IncomingMessage[], at: string): readonly IncomingMessage[] {
    const differing = messages.filter((message) => this.#wouldChange(message, one.state, at));
    if (differing.length === 0) this.#agree(one);
    for (const { sourceId } of differing) this.#next.differing.add(sourceId);
    return (
      differing
        .filter(({ sourceId }) => this.#differing.has(sourceId))
        // An id of its own: the stream may have handed the same content out, and an older one was stored since.
        .map((message) => ({ ...message, sourceId: `sweep:${at}:${message.sourceId}` }))
    );
  }

  #wouldChange(message: IncomingMessage, state: OpenState, at: string): boolean {
    // What is invalid the stream has told of, and a sweep would tell again each time.
    return (
      this.#options.process({ ...message, id: '0', acceptedAt: at }, state, at).disposition === 'processed'
    );
  }

  #goneMessage({ record, id, state }: Held): IncomingMessage {
    return {
      source: INTERNAL_SOURCE,
      sourceId: `${this.#options.erp?.system}:${record}:${id}:gone`,
      key: state.key,
      type: 'erp-record.gone',
      payload: { type: 'erp-record.gone', record, id } satisfies JsonValue,
    };
  }
}

function nameOf({ record, id }: HeldRecord): string {
  return `${record}:${id}`;
}

export function sweepJob(options: SweepOptions): ScheduledJob {
  const sweep = new OrderSweep(options);
  const minutes = options.configuration.sweep?.everyMinutes ?? 5;
  return {
    name: 'sweep-orders',
    cron: `*/${minutes} * * * *`,
    timezone: 'UTC',
    missed: 'catch_up',
    run: async ({ dueAt, signal }) => {
      try {
        await sweep.run(dueAt, signal);
      } catch (error) {
        // The ERP cannot be asked now; nothing is known of it.
        options.log.warn(
          { system: options.erp?.system, error: error instanceof Error ? error.message : String(error) },
          'sweep',
        );
      }
    },
  };
}
