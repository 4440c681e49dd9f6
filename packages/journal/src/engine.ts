import type { LanePolicy, Outcome, Processor, StakesOf, Target } from '@trunkline/messaging';
import type { Pool } from 'pg';
import { MessageIntake } from './accept.ts';
import type { ExchangeRecorder } from './audit/exchange-recorder.ts';
import { TargetControl } from './deliver/target-control.ts';
import { type ErrandTurn, type PollEnded, TargetGate } from './deliver/target-gate.ts';
import { type TargetPolicy, TargetRunner } from './deliver/target-runner.ts';
import { LaneRegistry } from './lane/lane-registry.ts';
import { LaneTraffic } from './lane/lane-traffic.ts';
import { LaneTurns } from './lane/lane-turns.ts';
import { type Lease, LeaseKeeper } from './lease/lease-keeper.ts';
import type { LeaseTrouble } from './lease/lease-trouble.ts';
import { NODE_ROLES, type NodeRole } from './lease/roles.ts';
import { partitionOf } from './partition.ts';
import { PartitionOwner } from './partition-owner.ts';
import { WorkHints } from './work-hints.ts';

/** How long calls under way may go on when the node stops, before their outcome is left unknown. */
const STOP_GRACE_MS = 10_000;
const DRAIN_GRACE_MS = 8000;

export interface EngineOptions {
  readonly pool: Pool;
  readonly partitions: number;
  readonly process: Processor;
  /** What exceptions hold up; nothing unless told. */
  readonly stakesOf?: StakesOf;
  /** Keeps what was said in each attempt; without it attempts are recorded without. */
  readonly exchanges?: ExchangeRecorder;
  readonly targets: ReadonlyMap<string, { readonly target: Target; readonly policy: TargetPolicy }>;
  readonly leaseSeconds?: number;
  /** All of them unless told. A node without `worker` takes messages in and wakes those that work them. */
  readonly roles?: readonly NodeRole[];
  /** How long calls under way may hold a partition that another node is to have. Milliseconds; about two leases unless told. */
  readonly drainGraceMs?: number;
  readonly onAttempt?: (system: string, outcomes: readonly Outcome[], tookMs: number) => void;
  readonly onError: (error: unknown) => void;
  /** Leases lost, writes refused, nodes that died: nothing is lost by it, but somebody should know. */
  readonly onTrouble?: (trouble: LeaseTrouble) => void;
  /** By lane, with or without its segment; see `lanePolicy`. */
  readonly lanes?: ReadonlyMap<string, Partial<LanePolicy>>;
  /** How often a partition without work looks for messages that no hint told of. Milliseconds; 250 unless told. */
  readonly idleReadMs?: number;
  /** JSON of states kept in memory per partition at most; half a megabyte unless told. */
  readonly stateCacheBytes?: number;
}

export interface TargetHealth {
  readonly system: string;
  readonly breaker: 'closed' | 'open' | 'half_open';
}

/**
 * The journal at work on one node: owns partitions by lease, processes their messages in order per key, delivers what they cause.
 * Several nodes may run on one database.
 */
export class Engine {
  /** The way in; usable before `start` and on nodes that never start. */
  readonly intake: MessageIntake;
  readonly #options: EngineOptions;
  readonly #owners = new Map<number, PartitionOwner>();
  readonly #runners: ReadonlyMap<string, TargetRunner>;
  readonly #leases: LeaseKeeper;
  readonly #hints: WorkHints;
  readonly #registry: LaneRegistry;
  readonly #traffic: LaneTraffic;
  readonly #turns = new LaneTurns();
  readonly #control: TargetControl;
  #processed = 0;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#registry = new LaneRegistry(options.pool);
    this.#traffic = new LaneTraffic(options.lanes);
    this.intake = new MessageIntake({
      pool: options.pool,
      partitions: options.partitions,
      registry: this.#registry,
      traffic: this.#traffic,
      turns: this.#turns,
      onAccepted: (parts) => this.#signal(parts),
    });
    this.#runners = new Map(
      [...options.targets].map(([system, { target, policy }]) => [
        system,
        new TargetRunner({
          system,
          target: options.exchanges?.recorded(system, target) ?? target,
          policy,
          gate: new TargetGate({
            pool: options.pool,
            system,
            node: () => this.#leases.owner,
            concurrency: target.concurrency,
            limits: policy.limits ?? {},
            onShort: () => this.#control.hurry(),
            onReleased: () => this.#released(system),
            onError: options.onError,
          }),
          ...(options.lanes === undefined ? {} : { lanes: options.lanes }),
          settle: (settlement) => this.#owners.get(settlement.waiting.part)?.settle(settlement),
          ...(options.onAttempt === undefined ? {} : { onAttempt: options.onAttempt }),
        }),
      ]),
    );
    this.#control = new TargetControl({
      pool: options.pool,
      node: () => this.#leases.owner,
      targets: [...this.#runners.values()],
      onError: options.onError,
    });
    this.#hints = new WorkHints({
      pool: options.pool,
      onWork: (parts) => this.#signalOwn(parts),
      onListening: () => this.#signalOwn(new Set(this.#owners.keys())),
    });
    this.#leases = new LeaseKeeper({
      pool: options.pool,
      partitions: options.partitions,
      ...(options.roles === undefined ? {} : { roles: options.roles }),
      ...(options.leaseSeconds === undefined ? {} : { ttlSeconds: options.leaseSeconds }),
      onAcquired: (lease) => this.#own(lease),
      onSurplus: (lease) => this.#drain(lease.part),
      onLost: (part) => this.#abandon(part),
      onError: options.onError,
      ...(options.onTrouble === undefined ? {} : { onTrouble: options.onTrouble }),
    });
  }

  get node(): string {
    return this.#leases.owner;
  }

  /** False: the database has stored nothing of this node for longer than a lease (it is away, full, or read-only). */
  get writes(): boolean {
    return this.#leases.silentForMs < this.#leases.leaseMs;
  }

  /** Messages processed by this node since it started. */
  get processed(): number {
    return this.#processed;
  }

  /** True while this node works the partition of `key`: of all nodes, one at most. */
  owns(key: string): boolean {
    return this.#owners.get(partitionOf(key, this.#options.partitions))?.working ?? false;
  }

  /** Waits until a poll of `system` is within its limits; resolves with what is to be called when the poll has ended. */
  pollTurn(system: string, signal: AbortSignal): Promise<PollEnded> {
    const runner = this.#runners.get(system);
    // A system that no command goes to is limited by how often it is polled.
    return runner === undefined ? Promise.resolve(() => undefined) : runner.gate.poll(signal);
  }

  /** As `pollTurn`, for what can be left for another time: it does not wait while the system is not to be called, and is told why. */
  errandTurn(system: string, signal: AbortSignal): Promise<ErrandTurn> {
    const runner = this.#runners.get(system);
    return runner === undefined ? Promise.resolve({ ended: () => undefined }) : runner.gate.errand(signal);
  }

  targets(): readonly TargetHealth[] {
    return [...this.#runners.values()].map((runner) => ({ system: runner.system, breaker: runner.breaker }));
  }

  /** @param address where this node answers over HTTP, for people to see */
  async start(address?: string): Promise<void> {
    const roles = this.#options.roles ?? NODE_ROLES;
    // Only an owner has use for hints about its partitions.
    if (roles.includes('worker')) await this.#hints.listen();
    // Before there is anything to send: a target that people paused is not called by a node that does not know it yet. A scheduler has errands.
    if (roles.includes('worker') || roles.includes('scheduler')) await this.#control.start();
    await this.#leases.start(address);
  }

  /** Drains: no new messages, calls under way finish, partitions are given back. */
  async stop(): Promise<void> {
    // From the first moment on: what a connector cancels from now on, it cancels because the node stops.
    const quiet = Promise.all([...this.#runners.values()].map((runner) => runner.stop(STOP_GRACE_MS)));
    await this.#hints.stop();
    await this.#leases.leave();
    const owners = [...this.#owners.values()];
    await Promise.all(owners.map((owner) => owner.stopProcessing()));
    await quiet;
    await this.#control.stop();
    await Promise.all(owners.map((owner) => owner.stopSettling()));
    await this.#leases.stop(owners.map((owner) => owner.part));
    this.#owners.clear();
  }

  #released(system: string): void {
    for (const owner of this.#owners.values()) owner.released(system);
  }

  #signal(parts: ReadonlySet<number>): void {
    this.#signalOwn(parts);
    this.#hints.send([...parts].filter((part) => !this.#owners.has(part)));
  }

  #signalOwn(parts: ReadonlySet<number>): void {
    for (const part of parts) this.#owners.get(part)?.signal();
  }

  #own(lease: Lease): void {
    const owner: PartitionOwner = new PartitionOwner({
      pool: this.#options.pool,
      lease,
      partitions: this.#options.partitions,
      process: this.#options.process,
      stakesOf: this.#options.stakesOf ?? (() => undefined),
      registry: this.#registry,
      traffic: this.#traffic,
      turns: this.#turns,
      exchanges: this.#options.exchanges,
      runners: this.#runners,
      signalParts: (parts) => this.#signal(parts),
      onFenced: () => {
        this.#leases.fenced(lease);
        this.#fenced(owner);
      },
      onProcessed: (count) => {
        this.#processed += count;
      },
      onError: this.#options.onError,
      ...(this.#options.stateCacheBytes === undefined
        ? {}
        : { stateCacheBytes: this.#options.stateCacheBytes }),
      ...(this.#options.idleReadMs === undefined ? {} : { idleReadMs: this.#options.idleReadMs }),
    });
    this.#owners.set(lease.part, owner);
    owner.start().catch((error) => {
      this.#options.onError(error);
      this.#abandon(lease.part);
      return this.#leases.giveUp(lease.part).catch(this.#options.onError);
    });
  }

  /**
   * An owner's statement found another epoch. Only that owner ends: this node may hold the partition again since, with a new epoch
   * and a new owner, whom a late answer to the old one must not touch.
   */
  #fenced(owner: PartitionOwner): void {
    if (this.#owners.get(owner.part) !== owner) {
      owner.abandon();
      return;
    }
    this.#abandon(owner.part);
    this.#leases.giveUp(owner.part).catch(this.#options.onError);
  }

  /** The other partitions work on. Whatever comes in after this finds no owner, and is found again by the next node. */
  async #drain(part: number): Promise<void> {
    const owner = this.#owners.get(part);
    await owner?.drain(this.#options.drainGraceMs ?? DRAIN_GRACE_MS).catch(this.#options.onError);
    if (this.#owners.get(part) === owner) this.#abandon(part);
  }

  #abandon(part: number): void {
    this.#owners.get(part)?.abandon();
    this.#owners.delete(part);
  }
}
