/**
 * Scripted faults. Rules are replaced as a whole; each rule rolls its own seeded dice, so a run with the same
 * seed and the same order of calls meets the same faults.
 */
interface FaultRule {
  /** Milliseconds before a call is looked at. */
  latencyMs: number;
  /** Share of calls refused before any work. */
  failRate: number;
  rateLimit?: { perSecond: number };
  /** Destroy the socket of each call before any work. */
  down: boolean;
  /** Share of successful calls whose socket is destroyed after the work, in place of the answer. */
  dropAfterCommitRate: number;
  /** Share of records whose write meets UNABLE_TO_LOCK_ROW. */
  lockRowRate: number;
  /** Only calls whose method and path contain this. */
  only?: string;
  /** How many faults it may inject before it ends. Latency does not count. */
  count?: number;
  seed: number;
}

export type FaultKind = 'fail' | 'rateLimit' | 'down' | 'dropAfterCommit' | 'lockRow';
export type Verdict =
  | { latencyMs: number; fault: 'none' | 'fail' | 'down' }
  | { latencyMs: number; fault: 'rateLimit'; retryAfterSeconds: number };

const RATES = ['failRate', 'dropAfterCommitRate', 'lockRowRate'] as const;
const KNOWN = new Set<string>([...RATES, 'latencyMs', 'rateLimit', 'down', 'only', 'count', 'seed']);

interface ActiveRule {
  rule: FaultRule;
  left: number;
  dice: () => number;
  tokens: number;
  refilledAt: number;
}

export class FaultControl {
  #rules: ActiveRule[] = [];
  readonly injected: Record<string, number> = {};

  /** @param input one rule or a list of them, as JSON. @throws RangeError that names the member and what it takes. */
  replace(input: unknown): void {
    const rules = (Array.isArray(input) ? input : [input]).map(readRule);
    this.#rules = rules.map((rule) => ({
      rule,
      left: rule.count ?? Number.POSITIVE_INFINITY,
      dice: seededDice(rule.seed),
      tokens: rule.rateLimit?.perSecond ?? 0,
      refilledAt: performance.now(),
    }));
  }

  clear(): void {
    this.#rules = [];
  }

  list(): unknown {
    return this.#rules.map(({ rule, left }) => ({
      ...rule,
      left: Number.isFinite(left) ? left : undefined,
    }));
  }

  /** What happens to a call before any work is done for it. */
  beforeWork(path: string): Verdict {
    let latencyMs = 0;
    for (const active of this.#matching(path)) {
      const { rule } = active;
      latencyMs = Math.max(latencyMs, rule.latencyMs);
      if (rule.down && this.#inject(active, 'down')) return { latencyMs, fault: 'down' };
      if (
        rule.rateLimit &&
        !takeToken(active, rule.rateLimit.perSecond) &&
        this.#inject(active, 'rateLimit')
      ) {
        return { latencyMs, fault: 'rateLimit', retryAfterSeconds: 1 };
      }
      if (active.dice() < rule.failRate && this.#inject(active, 'fail')) return { latencyMs, fault: 'fail' };
    }
    return { latencyMs, fault: 'none' };
  }

  dropsAnswer(path: string): boolean {
    return this.#rolls(path, 'dropAfterCommitRate', 'dropAfterCommit');
  }

  locksRow(path: string): boolean {
    return this.#rolls(path, 'lockRowRate', 'lockRow');
  }

  #rolls(path: string, rate: (typeof RATES)[number], kind: FaultKind): boolean {
    return this.#matching(path).some(
      (active) => active.dice() < active.rule[rate] && this.#inject(active, kind),
    );
  }

  #matching(path: string): ActiveRule[] {
    return this.#rules.filter(
      ({ rule, left }) => left > 0 && (rule.only === undefined || path.includes(rule.only)),
    );
  }

  #inject(active: ActiveRule, kind: FaultKind): boolean {
    active.left -= 1;
    this.injected[kind] = (this.injected[kind] ?? 0) + 1;
    return true;
  }
}

function takeToken(active: ActiveRule, perSecond: number): boolean {
  const now = performance.now();
  active.tokens = Math.min(perSecond, active.tokens + ((now - active.refilledAt) / 1000) * perSecond);
  active.refilledAt = now;
  if (active.tokens < 1) return false;
  active.tokens -= 1;
  return true;
}

/** mulberry32 */
function seededDice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

function readRule(input: unknown): FaultRule {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new RangeError('A fault rule is a JSON object such as {"failRate": 0.1}.');
  }
  const given = input as Record<string, unknown>;
  for (const name of Object.keys(given)) {
    if (!KNOWN.has(name)) {
      throw new RangeError(`"${name}" is no fault that can be set. Known: ${[...KNOWN].join(', ')}.`);
    }
  }
  const rule: FaultRule = {
    latencyMs: numberIn(given, 'latencyMs', 0, 600_000, 0),
    failRate: 0,
    dropAfterCommitRate: 0,
    lockRowRate: 0,
    down: given['down'] === true,
    seed: numberIn(given, 'seed', 0, 0xffff_ffff, 1),
  };
  for (const rate of RATES) rule[rate] = numberIn(given, rate, 0, 1, 0);
  if (given['rateLimit'] !== undefined) {
    rule.rateLimit = {
      perSecond: numberIn(given['rateLimit'] as Record<string, unknown>, 'perSecond', 0, 1e6, 1),
    };
  }
  if (given['count'] !== undefined) rule.count = numberIn(given, 'count', 1, 1e9, 1);
  if (given['only'] !== undefined) {
    if (typeof given['only'] !== 'string')
      throw new RangeError('"only" takes a part of a path, as a string.');
    rule.only = given['only'];
  }
  return rule;
}

function numberIn(
  given: Record<string, unknown> | null,
  name: string,
  low: number,
  high: number,
  absent: number,
): number {
  const value = given?.[name];
  if (value === undefined) return absent;
  if (typeof value !== 'number' || !(value >= low && value <= high)) {
    throw new RangeError(
      `"${name}" takes a number from ${low} to ${high}; ${JSON.stringify(value)} is none.`,
    );
  }
  return value;
}
