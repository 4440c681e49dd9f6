import { randomFrom } from './random.ts';

/** What `POST /_sim/faults` takes. Rates are between 0 and 1, times in milliseconds. */
export interface FaultPlan {
  readonly latencyMs?: number;
  readonly latencyPerRecordMs?: number;
  /** The call's transaction began so long ago: what it writes appears now, with the stamp of then. */
  readonly lateSeconds?: number;
  /** Answers an HTML error page and does nothing. */
  readonly failRate?: number;
  readonly failStatus?: 500 | 502 | 503;
  /** `retryAfterSeconds`: what it asks for; 1 when absent. */
  readonly rateLimit?: { readonly perSecond: number; readonly retryAfterSeconds?: number };
  /** Every connection is cut before its request is read. */
  readonly down?: boolean;
  /** The call is done and committed, its answer is not sent. */
  readonly dropAfterCommitRate?: number;
  /** The loser's answer to a concurrent write: a message of `load()`, an error of anything else. */
  readonly serializationFailRate?: number;
  /** Several methods: any of them. */
  readonly only?: { readonly model?: string; readonly method?: string | readonly string[] };
  /** Ends the plan after so many injected faults. Latency is no fault. */
  readonly count?: number;
  readonly seed?: number;
}

export type Fault =
  | { readonly kind: 'down' }
  | { readonly kind: 'rateLimit'; readonly retryAfterSeconds: number }
  | { readonly kind: 'fail'; readonly status: number }
  | { readonly kind: 'dropAfterCommit' }
  | { readonly kind: 'serialization' };

const KEYS = new Set<string>([
  'latencyMs',
  'latencyPerRecordMs',
  'lateSeconds',
  'failRate',
  'failStatus',
  'rateLimit',
  'down',
  'dropAfterCommitRate',
  'serializationFailRate',
  'only',
  'count',
  'seed',
]);

/** The faults that are in force, and the ones that were injected. */
export class Faults {
  #plan: FaultPlan | undefined;
  #random: () => number;
  #left = Number.POSITIVE_INFINITY;
  #window = { second: 0, used: 0 };
  readonly #defaultSeed: number;
  readonly injected: Record<string, number> = {};

  constructor(seed: number) {
    this.#defaultSeed = seed;
    this.#random = randomFrom(seed);
  }

  get plan(): FaultPlan | undefined {
    return this.#plan;
  }

  set(plan: FaultPlan): void {
    const unknown = Object.keys(plan).filter((key) => !KEYS.has(key));
    if (unknown.length > 0)
      throw new Error(`unknown fault ${unknown.join(', ')}; known are ${[...KEYS].join(', ')}`);
    this.#plan = plan;
    this.#left = plan.count ?? Number.POSITIVE_INFINITY;
    this.#random = randomFrom(plan.seed ?? this.#defaultSeed);
    this.#window = { second: 0, used: 0 };
  }

  clear(): void {
    this.#plan = undefined;
  }

  /** Whether the whole server is down, so that a connection is cut whatever it asks for. */
  drawDown(): boolean {
    if (!this.#plan?.down || this.#plan.only || this.#left <= 0) return false;
    this.#count('down');
    return true;
  }

  latency(model: string, method: string, records: number): number {
    const plan = this.#planFor(model, method);
    return (plan?.latencyMs ?? 0) + (plan?.latencyPerRecordMs ?? 0) * records;
  }

  lateSeconds(model: string, method: string): number {
    return this.#planFor(model, method)?.lateSeconds ?? 0;
  }

  /** Decides about one call; at most one fault hits it. */
  draw(model: string, method: string, now: number): Fault | undefined {
    const plan = this.#planFor(model, method);
    if (!plan || this.#left <= 0) return undefined;
    const fault = this.#choose(plan, now);
    if (!fault) return undefined;
    this.#count(fault.kind);
    return fault;
  }

  #count(kind: Fault['kind']): void {
    this.#left--;
    this.injected[kind] = (this.injected[kind] ?? 0) + 1;
  }

  #planFor(model: string, method: string): FaultPlan | undefined {
    const only = this.#plan?.only;
    if (only?.model !== undefined && only.model !== model) return undefined;
    if (only?.method !== undefined && ![only.method].flat().includes(method)) return undefined;
    return this.#plan;
  }

  #choose(plan: FaultPlan, now: number): Fault | undefined {
    if (plan.down) return { kind: 'down' };
    if (plan.rateLimit && this.#overLimit(plan.rateLimit.perSecond, now))
      return { kind: 'rateLimit', retryAfterSeconds: plan.rateLimit.retryAfterSeconds ?? 1 };
    if (this.#hits(plan.failRate))
      return { kind: 'fail', status: plan.failStatus ?? (this.#random() < 0.5 ? 500 : 503) };
    if (this.#hits(plan.serializationFailRate)) return { kind: 'serialization' };
    return this.#hits(plan.dropAfterCommitRate) ? { kind: 'dropAfterCommit' } : undefined;
  }

  #overLimit(perSecond: number, now: number): boolean {
    const second = Math.floor(now / 1000);
    if (this.#window.second !== second) this.#window = { second, used: 0 };
    this.#window.used++;
    return this.#window.used > perSecond;
  }

  #hits(rate: number | undefined): boolean {
    return rate !== undefined && rate > 0 && this.#random() < rate;
  }
}
