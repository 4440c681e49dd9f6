import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { statement } from '../statement.ts';
import { fairShare } from './fair-share.ts';
import { type HeldPart, type LeaseTrouble, TroubleBook } from './lease-trouble.ts';
import { isDeadHere, nodeIdentity } from './node-identity.ts';
import { NODE_ROLES, type NodeRole } from './roles.ts';

export interface Lease {
  readonly part: number;
  readonly owner: string;
  readonly epoch: string;
}

export interface LeaseKeeperOptions {
  readonly pool: Pool;
  readonly partitions: number;
  /** All of them unless told. Without `worker` the node only says that it lives, and owns nothing. */
  readonly roles?: readonly NodeRole[];
  /** How long a dead node keeps its partitions. Seconds. */
  readonly ttlSeconds?: number;
  readonly onAcquired: (lease: Lease) => void;
  /** Another node is to have this partition: resolves when nothing of it is under way here, within a bound. Does not reject. */
  readonly onSurplus: (lease: Lease) => Promise<void>;
  /** Called when a partition is no longer ours; its owner's statements write nothing from then on. */
  readonly onLost: (part: number) => void;
  readonly onError?: (error: unknown) => void;
  readonly onTrouble?: (trouble: LeaseTrouble) => void;
}

interface LiveNode {
  readonly name: string;
  readonly process_space: string;
  readonly pid: number;
  readonly held: number;
  readonly expires_in_ms: number;
}

/** A look at the table a little after something fell free, not a little before. */
const AFTER_EXPIRY_MS = 20;

/**
 * Holds this node's share of the partitions by leases that the database's clock dates; no node's own clock takes part. A share
 * that shrinks is drained and released, one that grows is taken from what is free or expired. A lease that cannot be renewed in
 * time is given up before it can expire for others; the epoch fences whatever was still under way.
 */
export class LeaseKeeper {
  readonly #self = nodeIdentity();
  readonly #options: LeaseKeeperOptions;
  readonly #ttl: number;
  readonly #roles: readonly NodeRole[];
  readonly #troubles: TroubleBook;
  #address: string | null = null;
  readonly #held = new Map<number, string>();
  readonly #draining = new Map<number, string>();
  #timer: NodeJS.Timeout | undefined;
  #unrenewed: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #storedAtMs = Number.NEGATIVE_INFINITY;
  #leaving = false;
  #stopped = false;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
    this.#ttl = options.ttlSeconds ?? 5;
    this.#roles = options.roles ?? NODE_ROLES;
    this.#troubles = new TroubleBook((trouble) => options.onTrouble?.(trouble));
  }

  get owner(): string {
    return this.#self.name;
  }

  /** Milliseconds since the database last stored that this node lives: more than a lease, and it takes no writes from here. */
  get silentForMs(): number {
    return performance.now() - this.#storedAtMs;
  }

  get leaseMs(): number {
    return this.#ttl * 1000;
  }

  /** An owner's statement found that its lease is gone. */
  fenced({ part, epoch }: Lease): void {
    this.#troubles.note({
      kind: 'write_fenced',
      held: [{ part, epoch }],
      cause: 'The lease under which it was written is gone: the partition has another epoch by now.',
    });
  }

  /** @param address where this node answers over HTTP, for people to see */
  async start(address?: string): Promise<void> {
    this.#address = address ?? null;
    await this.#beat();
  }

  /** Takes nothing more, and lets the other nodes know; what is held is renewed until `stop`. */
  async leave(): Promise<void> {
    this.#leaving = true;
    await this.#round;
    await this.#options.pool
      .query('delete from node where name = $1', [this.owner])
      .catch((error) => this.#options.onError?.(error));
  }

  /** Stops renewing. The partitions that the caller drained are released, the others expire. */
  async stop(drained: readonly number[]): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#round;
    clearTimeout(this.#unrenewed);
    for (const part of drained) await this.giveUp(part).catch(() => undefined);
    this.#held.clear();
  }

  /** Gives one partition back at once, e.g. because its owner could not start; it may come again with a new epoch. */
  async giveUp(part: number): Promise<void> {
    const epoch = this.#held.get(part);
    this.#held.delete(part);
    if (epoch !== undefined)
      await this.#options.pool.query(statement('release-lease', [this.owner, part, epoch]));
  }

  /** One round a fifth of a lease, and one when another node's lease runs out: a dead node is replaced within its lease. */
  async #beat(): Promise<void> {
    let nextMs = (this.#ttl * 1000) / 5;
    // A round that hangs on a dead connection must not keep the next from trying another.
    const abandoned = new AbortController();
    const round = this.#tick().then((expiresInMs) => {
      nextMs = Math.min(nextMs, Math.max(0, expiresInMs) + AFTER_EXPIRY_MS);
    });
    this.#round = Promise.race([
      round,
      delay(this.#ttl * 1000, undefined, { ref: false, signal: abandoned.signal }),
    ])
      .catch((error) => this.#options.onError?.(error))
      .finally(() => abandoned.abort());
    await this.#round;
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#beat(), nextMs);
  }

  /** Resolves with the milliseconds until something may fall free. */
  async #tick(): Promise<number> {
    const { pool } = this.#options;
    const works = this.#roles.includes('worker');
    if (works) await this.#renew();
    if (this.#leaving) return Number.POSITIVE_INFINITY;
    const { name, processSpace, pid } = this.#self;
    await pool.query(
      statement('announce-node', [
        name,
        processSpace,
        pid,
        this.#ttl,
        this.#roles,
        this.#address,
        ...this.#troubles.columns(),
      ]),
    );
    this.#storedAtMs = performance.now();
    if (!works) return Number.POSITIVE_INFINITY;
    const { rows } = await pool.query<LiveNode>(statement('read-nodes', []));
    const dead = rows.filter((node) =>
      isDeadHere({ processSpace: node.process_space, pid: node.pid }, this.#self),
    );
    const buried = await pool.query<FreedPart>(statement('bury-nodes', [dead.map((node) => node.name)]));
    this.#tellDead(buried.rows, 'Its process on this machine has ended.');
    const live = rows.filter((node) => !dead.includes(node));
    const share = fairShare(live, name, this.#options.partitions);
    if (share !== undefined) await this.#balance(share);
    return Math.min(...live.filter((node) => node.name !== name).map((node) => node.expires_in_ms));
  }

  async #renew(): Promise<void> {
    const askedMs = performance.now();
    const renewed = await this.#options.pool.query<{ part: number; epoch: string }>(
      statement('renew-leases', [this.owner, this.#ttl]),
    );
    if (this.#stopped) return;
    clearTimeout(this.#unrenewed);
    // Not renewed for most of a lease, counted from before it was asked for: stop working before another node may start.
    this.#unrenewed = setTimeout(
      () => {
        this.#lose(
          heldParts(this.#held),
          `They were not renewed for most of a lease of ${this.#ttl} s: the database did not answer this node, or the node stood still.`,
        );
      },
      this.#ttl * 800 - (performance.now() - askedMs),
    );
    const still = new Map(renewed.rows.map((row) => [row.part, row.epoch]));
    this.#lose(
      heldParts(this.#held).filter(({ part, epoch }) => still.get(part) !== epoch),
      `They had run out before they were renewed: this node stood still or was cut off for more than its lease of ${this.#ttl} s, and counts as dead to the others.`,
    );
    // Given up here while the database was away, and renewed all the same: nobody would ever work it.
    for (const [part, epoch] of still) {
      if (this.#held.get(part) !== epoch)
        await this.#options.pool.query(statement('release-lease', [this.owner, part, epoch]));
    }
  }

  async #balance(share: number): Promise<void> {
    const staying = [...this.#held].filter(([part, epoch]) => this.#draining.get(part) !== epoch);
    for (const [part, epoch] of staying.slice(share)) void this.#drain({ part, owner: this.owner, epoch });
    if (this.#held.size < share) await this.#acquire(share - this.#held.size);
  }

  async #drain(lease: Lease): Promise<void> {
    this.#draining.set(lease.part, lease.epoch);
    await this.#options.onSurplus(lease);
    if (this.#draining.get(lease.part) === lease.epoch) this.#draining.delete(lease.part);
    if (this.#held.get(lease.part) !== lease.epoch) return;
    await this.giveUp(lease.part).catch((error) => this.#options.onError?.(error));
  }

  async #acquire(atMost: number): Promise<void> {
    const taken = await this.#options.pool.query<{ part: number; epoch: string; former: string | null }>(
      statement('acquire-leases', [this.owner, this.#ttl, atMost]),
    );
    const former = taken.rows.map((row) => ({ ...row, node: row.former }));
    this.#tellDead(former, 'It did not renew its leases within their time; they were taken over from it.');
    for (const row of taken.rows) {
      this.#held.set(row.part, row.epoch);
      // It began to leave while this was asked.
      if (this.#leaving) await this.giveUp(row.part);
      else this.#options.onAcquired({ part: row.part, owner: this.owner, epoch: row.epoch });
    }
  }

  #lose(parts: readonly HeldPart[], cause: string): void {
    this.#troubles.note({ kind: 'lease_lost', held: parts, cause });
    for (const { part } of parts) {
      this.#held.delete(part);
      this.#options.onLost(part);
    }
  }

  /** One trouble for each node that held something. */
  #tellDead(rows: readonly FreedPart[], cause: string): void {
    for (const [node, freed] of Map.groupBy(rows, (row) => row.node)) {
      if (node === null || node === this.owner) continue;
      const held = freed.flatMap(({ part, epoch }) =>
        part === null || epoch === null ? [] : [{ part, epoch }],
      );
      this.#troubles.note({ kind: 'node_dead', node, held, cause });
    }
  }
}

/** What a node held that is dead; `part` is null for one that held nothing. */
interface FreedPart {
  readonly node: string | null;
  readonly part: number | null;
  readonly epoch: string | null;
}

function heldParts(held: ReadonlyMap<number, string>): readonly HeldPart[] {
  return [...held].map(([part, epoch]) => ({ part, epoch }));
}
