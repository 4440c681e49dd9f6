import type { NodePage, TargetHold, TargetState } from '@trunkline/gateway';

/** Five systems that commands go to, which can be paused and resumed, and three nodes, one of which has died. */
export class ScriptedTargets {
  readonly acts: string[] = [];
  readonly #now: number;
  readonly #holds = new Map<string, TargetHold>();

  constructor(now: number) {
    this.#now = now;
    this.#holds.set('tulsa', { by: 'person', who: 'ada', reason: 'stocktaking', since: this.#before(60) });
  }

  protected parkedAt(_system: string): number {
    return 0;
  }

  async targets(): Promise<readonly TargetState[]> {
    return this.targetsOf();
  }

  protected targetsOf(): readonly TargetState[] {
    return TARGETS.map((target) => {
      const hold = this.#holds.get(target.system);
      return {
        ...target,
        parked: this.parkedAt(target.system),
        ...(hold === undefined ? {} : { hold }),
        nodes: [{ node: NODE_A, calls: 2, breaker: target.breaker }],
      };
    });
  }

  async pauseTarget(system: string, by: string, reason: string) {
    this.acts.push(`pause ${system} by ${by}: ${reason}`);
    if (this.#holds.has(system)) return false;
    this.#holds.set(system, { by: 'person', who: by, reason, since: this.#before(0) });
    return true;
  }

  async resumeTarget(system: string, by: string) {
    this.acts.push(`resume ${system} by ${by}`);
    return this.#holds.delete(system);
  }

  async nodes(): Promise<NodePage> {
    const part = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);
    return {
      items: [
        {
          ...this.#node(NODE_A, 90_000, 1),
          roles: ['gateway', 'worker', 'scheduler'],
          address: 'http://10.0.0.11:8080',
          partitions: part(0, 32),
        },
        { ...this.#node(NODE_B, 3600, 0), roles: ['worker'], partitions: part(32, 60) },
        { ...this.#node(NODE_C, 7200, 400), alive: false, roles: ['worker'], partitions: [] },
      ],
      partitions: 64,
      unowned: [60, 61, 62, 63],
    };
  }

  #node(name: string, startedAgo: number, seenAgo: number) {
    return {
      name,
      alive: true,
      startedAt: this.#before(startedAgo),
      seenAt: this.#before(seenAgo),
      leaseUntil: this.#before(seenAgo - 5),
    };
  }

  #before(seconds: number): string {
    return new Date(this.#now - seconds * 1000).toISOString();
  }
}

const NODE_A = 'hub-1/4711/0c3f';
const NODE_B = 'hub-2/512/77aa';
const NODE_C = 'hub-2/498/19bd';

const TARGETS: readonly Omit<TargetState, 'parked' | 'nodes'>[] = [
  {
    system: 'crm',
    breaker: 'closed',
    waiting: 2,
    limits: { concurrency: 5, dailyBudget: { calls: 90_000, used: 41_250 } },
  },
  {
    system: 'erp',
    server: { product: 'Odoo', version: '19.0', transport: 'JSON-2' },
    breaker: 'closed',
    waiting: 9,
    limits: { concurrency: 2, rate: '20/s', burst: 40 },
  },
  { system: 'dallas', breaker: 'half_open', waiting: 21, limits: {} },
  { system: 'reno', breaker: 'open', waiting: 48, limits: {} },
  { system: 'tulsa', breaker: 'closed', waiting: 5, limits: {} },
];
