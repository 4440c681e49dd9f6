import type {
  ExceptionCase,
  InvalidMessage,
  NodePage,
  Operations,
  Overview,
  Thread,
  TargetState,
  ThreadAttempts,
  ThreadSummary,
} from '@trunkline/gateway';
import {
  actionsOf,
  attemptsOf,
  countOpenExceptions,
  countStages,
  readStreamLags,
  ExceptionDesk,
  listNodes,
  type ExceptionRow,
  partitionOf,
  ThreadReader,
  WaitingCounts,
} from '@trunkline/journal';
import type { Pool } from 'pg';
import type { Configuration } from '../configuration/schema.ts';
import { describeThread } from './describe-thread.ts';
import { addressOf, exceptionView, titleOf } from './exception-view.ts';
import { nextMoveOf } from './next-move.ts';
import { nodePage } from './nodes.ts';
import { RateMeter } from './rates.ts';
import { stepsOf } from './steps.ts';
import { TargetOverview } from './targets.ts';
import { threadAttempts } from './thread-attempts.ts';

/** The journey's order; what is not in it comes after. */
const STAGES = [
  'received',
  'validating',
  'exception',
  'confirmed',
  'released',
  'partially_shipped',
  'shipped',
  'backordered',
  'cancelled',
];

export interface OperationsOptions {
  readonly pool: Pool;
  readonly partitions: number;
  readonly hub: string;
  readonly configuration: Pick<Configuration, 'limits'>;
  /** Messages that this node processed since it started. */
  readonly processed: () => number;
}

/** The operations port, answered from the journal. */
export class JournalOperations implements Operations {
  readonly #options: OperationsOptions;
  readonly #threads: ThreadReader;
  readonly #exceptions: ExceptionDesk;
  readonly #targets: TargetOverview;
  readonly #waiting: WaitingCounts;
  readonly #messageRate = new RateMeter();
  readonly #orderRate = new RateMeter();

  constructor(options: OperationsOptions) {
    this.#options = options;
    this.#threads = new ThreadReader(options.pool, options.partitions);
    this.#targets = new TargetOverview(options.pool, options.configuration);
    this.#waiting = new WaitingCounts(options.pool);
    this.#exceptions = new ExceptionDesk(options.pool, options.partitions);
  }

  async overview(): Promise<Overview> {
    const { pool } = this.#options;
    const [counted, openExceptions, waiting, lags] = await Promise.all([
      countStages(pool, 'order'),
      countOpenExceptions(pool),
      this.#waiting.read(),
      readStreamLags(pool),
    ]);
    const nowMs = performance.now();
    const stages = [...STAGES, ...[...counted.keys()].filter((stage) => !STAGES.includes(stage))];
    const ended = (counted.get('shipped') ?? 0) + (counted.get('partially_shipped') ?? 0);
    const targets = await this.#targets.list(waiting);
    return {
      hub: this.#options.hub,
      at: new Date().toISOString(),
      orders: stages.map((stage) => ({ stage, count: counted.get(stage) ?? 0 })),
      openExceptions,
      backlog: waiting.messages,
      ...(waiting.countedAt === undefined ? {} : { countedAt: waiting.countedAt.toISOString() }),
      targets: targets.map(({ limits: _limits, nodes: _nodes, countedAt: _countedAt, ...target }) => target),
      streams: lags.map(({ source, stream, behindSeconds, failure }) => ({
        system: source,
        stream,
        behindSeconds: behindSeconds === null ? null : Math.round(behindSeconds * 10) / 10,
        ...(failure === null ? {} : { failure }),
      })),
      rate: {
        messagesPerSecond: this.#messageRate.sample(this.#options.processed(), nowMs),
        ordersPerSecond: this.#orderRate.sample(ended, nowMs),
      },
    };
  }

  async targets(): Promise<readonly TargetState[]> {
    return this.#targets.list(await this.#waiting.read());
  }

  pauseTarget(system: string, by: string, reason: string): Promise<boolean> {
    return this.#targets.desk.pause(system, by, reason);
  }

  resumeTarget(system: string, by: string): Promise<boolean> {
    return this.#targets.desk.resume(system, by);
  }

  async searchThreads(query: string, limit: number): Promise<readonly ThreadSummary[]> {
    const found = await this.#threads.find(query, limit);
    return Promise.all(
      found.map(async (thread) => {
        const identifiers = await this.#threads.identifiers(thread.key);
        return {
          id: thread.key,
          kind: thread.kind,
          stage: thread.stage,
          title: titleOf(thread.key, identifiers),
          updatedAt: thread.updatedAt.toISOString(),
          ...(thread.match === undefined ? {} : { matchedBy: thread.match }),
        };
      }),
    );
  }

  async thread(id: string): Promise<Thread | undefined> {
    const thread = await this.#threads.thread(id);
    if (thread === undefined) return undefined;
    const [messages, deliveries, exceptions, identifiers] = await Promise.all([
      this.#threads.messages(id),
      this.#threads.deliveries(id),
      this.#exceptions.ofThread(id),
      this.#threads.identifiers(id),
    ]);
    const described = describeThread(thread);
    return {
      id: thread.key,
      kind: thread.kind,
      stage: thread.stage,
      title: titleOf(thread.key, identifiers),
      ...(described.customer === undefined ? {} : { customer: described.customer }),
      identifiers: [...identifiers],
      lines: [...described.lines],
      steps: [...stepsOf(messages, deliveries, exceptions)],
      nextMove: nextMoveOf(thread, deliveries, exceptions, described.allBackordered),
    };
  }

  async threadAttempts(id: string): Promise<ThreadAttempts | undefined> {
    const { pool, partitions } = this.#options;
    if ((await this.#threads.thread(id)) === undefined) return undefined;
    const [attempts, actions] = await Promise.all([
      attemptsOf(pool, partitions, id),
      actionsOf(pool, partitionOf(id, partitions), id),
    ]);
    return threadAttempts(attempts, actions);
  }

  async exceptions(filter: {
    readonly status: 'open' | 'resolved' | 'all';
    readonly limit: number;
    readonly offset: number;
    readonly case?: string;
    readonly thread?: string;
  }) {
    const { limit, offset, ...which } = filter;
    const { items, total } = await this.#exceptions.list(which, limit, offset);
    return { items: await this.#cases(items), total };
  }

  /** By its public id; undefined when there is none. */
  async exception(id: string): Promise<ExceptionCase | undefined> {
    const at = addressOf(id);
    const row = at === undefined ? undefined : await this.#exceptions.find(at.part, at.id);
    return row === undefined ? undefined : (await this.#cases([row]))[0];
  }

  /** A thread's own, oldest first, the resolved ones too. */
  async exceptionsOf(thread: string): Promise<readonly ExceptionCase[]> {
    return this.#cases(await this.#exceptions.ofThread(thread));
  }

  #cases(rows: readonly ExceptionRow[]): Promise<ExceptionCase[]> {
    return Promise.all(
      rows.map(async (row) => exceptionView(row, titleOf(row.key, await this.#threads.identifiers(row.key)))),
    );
  }

  retryException(id: string, by: string): Promise<boolean> {
    const at = addressOf(id);
    return at === undefined ? Promise.resolve(false) : this.#exceptions.retry(at.part, at.id, by);
  }

  discardException(id: string, by: string, reason: string): Promise<boolean> {
    const at = addressOf(id);
    return at === undefined ? Promise.resolve(false) : this.#exceptions.discard(at.part, at.id, by, reason);
  }

  async nodes(): Promise<NodePage> {
    return nodePage(await listNodes(this.#options.pool), this.#options.partitions);
  }

  async invalidMessages(limit: number): Promise<readonly InvalidMessage[]> {
    const rows = await this.#exceptions.invalidMessages(limit);
    return rows.map((row) => ({ ...row, faults: [...row.faults], receivedAt: row.receivedAt.toISOString() }));
  }
}
