import type { Processor, StakesOf } from '@trunkline/messaging';
import type { Pool } from 'pg';
import type { ExchangeRecorder } from './audit/exchange-recorder.ts';
import { type Settlement, SettlementWriter } from './deliver/settlement.ts';
import { TargetChains } from './deliver/target-chains.ts';
import type { TargetRunner } from './deliver/target-runner.ts';
import type { WaitingDelivery } from './deliver/waiting-delivery.ts';
import type { LaneRegistry } from './lane/lane-registry.ts';
import type { LaneTraffic } from './lane/lane-traffic.ts';
import type { LaneTurns } from './lane/lane-turns.ts';
import type { Lease } from './lease/lease-keeper.ts';
import { PartitionProcessor } from './process/partition-processor.ts';
import { statement } from './statement.ts';

/** How often keys that a person released are looked for; the hint of a notification is no promise. */
const RELEASE_CHECK_MS = 1000;

export interface PartitionOwnerOptions {
  readonly pool: Pool;
  readonly lease: Lease;
  readonly partitions: number;
  readonly process: Processor;
  readonly stakesOf: StakesOf;
  readonly registry: LaneRegistry;
  readonly traffic: LaneTraffic;
  readonly turns: LaneTurns;
  readonly exchanges: ExchangeRecorder | undefined;
  readonly runners: ReadonlyMap<string, TargetRunner>;
  readonly signalParts: (parts: ReadonlySet<number>) => void;
  readonly onFenced: (part: number) => void;
  readonly onProcessed: (count: number) => void;
  readonly onError: (error: unknown) => void;
  readonly idleReadMs?: number;
  readonly stateCacheBytes?: number;
}

/** All that one node does for one partition while it holds the lease. */
export class PartitionOwner {
  readonly #options: PartitionOwnerOptions;
  readonly #processor: PartitionProcessor;
  readonly #settlements: SettlementWriter;
  readonly #chains: ReadonlyMap<string, TargetChains>;
  #releaseTimer: NodeJS.Timeout | undefined;
  /** Deliveries that a runner has and that nothing is known of yet. */
  readonly #underWay = new Set<string>();
  #draining = false;
  #stopping = false;
  #starting: Promise<void> = Promise.resolve();
  #onQuiet: () => void = () => undefined;

  constructor(options: PartitionOwnerOptions) {
    this.#options = options;
    const { pool, lease, onFenced, onError } = options;
    this.#processor = new PartitionProcessor({
      pool,
      lease,
      partitions: options.partitions,
      process: options.process,
      stakesOf: options.stakesOf,
      registry: options.registry,
      traffic: options.traffic,
      turns: options.turns,
      onEffects: (_part, targets, parts) => {
        for (const target of targets) this.#read(target);
        options.signalParts(parts);
      },
      onFenced,
      onProcessed: options.onProcessed,
      ...(options.stateCacheBytes === undefined ? {} : { stateCacheBytes: options.stateCacheBytes }),
      ...(options.idleReadMs === undefined ? {} : { idleReadMs: options.idleReadMs }),
      onError,
    });
    this.#settlements = new SettlementWriter({
      pool,
      lease,
      stakesOf: options.stakesOf,
      givesWay: ({ lane, delivery }) =>
        options.traffic.mustYield(lane) || options.runners.get(delivery.target)?.mustYield(lane) === true,
      turns: options.turns,
      bulk: ({ lane }) => options.traffic.policy(lane).bulk,
      exchanges: options.exchanges,
      onReplies: () => this.#processor.signal(),
      onFenced,
      onError,
    });
    this.#chains = new Map(
      [...options.runners].map(([system, runner]) => [
        system,
        new TargetChains(pool, lease.part, system, (head, chains) => this.#offer(runner, head, chains)),
      ]),
    );
  }

  get part(): number {
    return this.#options.lease.part;
  }

  start(): Promise<void> {
    this.#starting = this.#start();
    return this.#starting;
  }

  async #start(): Promise<void> {
    const parked = await this.#parkedKeys();
    for (const [system, chains] of this.#chains) {
      for (const key of parked.get(system) ?? []) chains.park(key);
      await chains.read();
    }
    // Given up, or its node stopped, while it was still reading.
    if (this.#draining || this.#stopping) return;
    this.#releaseTimer = setInterval(
      () => void this.#checkReleased().catch(this.#options.onError),
      RELEASE_CHECK_MS,
    );
    this.#processor.start();
  }

  signal(): void {
    this.#processor.signal();
  }

  settle(settlement: Settlement): void {
    this.#settlements.add(settlement);
    this.#ended(settlement.waiting);
  }

  /** False from the moment that it is being given up. */
  get working(): boolean {
    return !this.#draining;
  }

  waiting(target: string): number {
    return this.#chains.get(target)?.waiting ?? 0;
  }

  /** A target may be called again by a person's word: what waits for its sake alone goes. */
  released(target: string): void {
    const runner = this.#options.runners.get(target);
    if (runner !== undefined) this.#chains.get(target)?.hasten(runner.waitForTarget());
  }

  /** No new messages; what runs is finished. Settlements still come in until the runners have stopped. */
  async stopProcessing(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#releaseTimer);
    await this.#starting.catch(() => undefined);
    await this.#processor.stop();
  }

  /** After it nothing of this partition asks the database any more. */
  async stopSettling(): Promise<void> {
    await this.#settlements.stop();
    await Promise.all([...this.#chains.values()].map((chains) => chains.stop()));
  }

  /**
   * Gives this partition up while the node works its others: no new messages, no new calls; what is under way ends and is
   * settled. What has not ended after `graceMs` is left to the next owner, who finds it as ambiguous.
   */
  async drain(graceMs: number): Promise<void> {
    this.#draining = true;
    clearInterval(this.#releaseTimer);
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    await Promise.race([this.#quiet(), grace]);
    clearTimeout(timer);
  }

  async #quiet(): Promise<void> {
    await this.#processor.stop();
    for (const [system, chains] of this.#chains)
      for (const head of this.#options.runners.get(system)?.forget(chains) ?? []) this.#ended(head);
    if (this.#underWay.size > 0) {
      await new Promise<void>((resolve) => {
        this.#onQuiet = resolve;
      });
    }
    await this.#settlements.stop();
  }

  #offer(runner: TargetRunner, head: WaitingDelivery, chains: TargetChains): void {
    if (this.#draining) return;
    this.#underWay.add(head.delivery.id);
    runner.offer(head, chains);
  }

  #ended(head: WaitingDelivery): void {
    this.#underWay.delete(head.delivery.id);
    if (this.#underWay.size === 0) this.#onQuiet();
  }

  /** The lease is gone: forget at once, and wait for nothing. */
  abandon(): void {
    clearInterval(this.#releaseTimer);
    this.#draining = true;
    this.#underWay.clear();
    this.#onQuiet();
    void this.#processor.stop();
    for (const [system, chains] of this.#chains) {
      chains.close();
      this.#options.runners.get(system)?.forget(chains);
    }
  }

  #read(target: string): void {
    this.#chains.get(target)?.read().catch(this.#options.onError);
  }

  async #parkedKeys(): Promise<Map<string, Set<string>>> {
    const { rows } = await this.#options.pool.query<{ target: string; key: string }>(
      statement('read-parked', [this.part]),
    );
    const parked = new Map<string, Set<string>>();
    for (const { target, key } of rows) {
      const keys = parked.get(target) ?? new Set();
      keys.add(key);
      parked.set(target, keys);
    }
    return parked;
  }

  async #checkReleased(): Promise<void> {
    const holding = [...this.#chains.values()].filter((chains) => chains.hasParked);
    if (holding.length === 0) return;
    const parked = await this.#parkedKeys();
    for (const chains of holding) await chains.reread(parked.get(chains.target) ?? new Set());
  }
}
