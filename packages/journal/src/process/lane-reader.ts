import type { Pool } from 'pg';
import type { LaneRegistry } from '../lane/lane-registry.ts';
import type { LaneTraffic } from '../lane/lane-traffic.ts';
import type { LaneTurns } from '../lane/lane-turns.ts';
import { AS_TEXT, statement } from '../statement.ts';
import type { WaitingMessage } from './columns.ts';

/**
 * Messages taken up at once, over all lanes of a partition that have work: as many as are BATCH_BYTES long together, going by those that
 * were read last, and never more than BATCH. Of 1 KB each 800 cost 29 us of processor time a message, 400 33 us, 150 41 us; of 1 MB each
 * as many would not fit into a hub.
 */
const BATCH = 800;
const BATCH_BYTES = 2 * 1024 * 1024;
/** Bytes of a message before any was read. */
const EXPECTED_BYTES = 8 * 1024;
/** What a lane gets at least: small enough that it says nothing about others, large enough that a burst needs few reads. */
const SMALLEST_SHARE = 10;
/** Lanes that give way take small batches in turns, because another lane's message may wait behind the one under way. */
const YIELDING_SHARE = 24;
/** A commit that comes this much later than its ids were taken is found by the sweep instead of the overlap, and out of its key's order. */
const OVERLAP_MS = 500;
const SWEEP_MS = 3000;
/** Messages that overtake their lane because a later one of their key did: at most so many at a time. */
const EARLIER = 500;

export interface WaitingRow extends WaitingMessage {
  readonly source: string;
  readonly source_id: string;
  readonly type: string;
  /** JSON text. */
  readonly payload: string;
  /** As Postgres writes it, in UTC and without an offset. */
  readonly accepted_at: string;
}

export interface LaneRead {
  /** In the order in which they are to be decided. */
  readonly rows: readonly WaitingRow[];
  /** More can be read at once. */
  readonly more: boolean;
  /** The rows are decided and stored, or given up: ends the turns that were taken for them. */
  end(): void;
}

export interface LaneReaderOptions {
  readonly pool: Pool;
  readonly part: number;
  readonly registry: LaneRegistry;
  readonly traffic: LaneTraffic;
  readonly turns: LaneTurns;
  /** A lane that had to wait for its turn may be read. */
  readonly wake: () => void;
}

interface Cursor {
  /** Of each read: when it began, and the highest id that had been read by then. */
  marks: { atMs: number; id: bigint }[];
  lastId: bigint;
}

/** Of one lane in one read: where it starts, how many rows it may give. */
interface Share {
  readonly lane: string;
  readonly cursor: Cursor;
  readonly after: bigint;
  readonly rows: number;
}

/**
 * Reads what waits in one partition, from all of its lanes, each up to its share. The order of a key holds across lanes: what came
 * before a message of the same key and waits in a lane that was not read to its end is read as well, and goes before it.
 */
export class LaneReader {
  readonly #options: LaneReaderOptions;
  readonly #cursors = new Map<string, Cursor>();
  #sweptAtMs = Number.NEGATIVE_INFINITY;
  /** Mean of what was read last. */
  #messageBytes = EXPECTED_BYTES;

  constructor(options: LaneReaderOptions) {
    this.#options = options;
  }

  /** True when the next read starts from the beginning. */
  get sweeps(): boolean {
    return performance.now() - this.#sweptAtMs > SWEEP_MS;
  }

  /** What was read last may not have been stored. */
  forget(): void {
    this.#cursors.clear();
  }

  /** Nothing is read here any more. */
  close(): void {
    this.#options.turns.leaveAll(this);
  }

  async read(held: ReadonlySet<string>): Promise<LaneRead> {
    const { pool, part, registry } = this.#options;
    const nowMs = performance.now();
    const sweep = this.sweeps;
    if (sweep) {
      await registry.refresh();
      this.#sweptAtMs = nowMs;
    }
    const ends: (() => void)[] = [];
    const end = () => {
      for (const one of ends.splice(0)) one();
    };
    try {
      const yielding = this.#turnOf(ends);
      const shares = [...registry.known].map((lane) => this.#shareOf(lane, nowMs, sweep, yielding, ends));
      const read = statement('read-waiting', [
        part,
        shares.map((share) => share.lane),
        shares.map((share) => share.after),
        // Of a lane that waits for its turn one row is looked at, to know whether and from where on it holds something.
        shares.map((share) => Math.max(1, share.rows)),
        [...held],
        SMALLEST_SHARE,
      ]);
      const rows = inOrder((await pool.query<WaitingRow>({ ...read, types: AS_TEXT })).rows);
      if (rows.length > 0)
        this.#messageBytes = rows.reduce((sum, row) => sum + row.payload.length, 0) / rows.length;
      const resting = new Set(shares.filter((share) => share.rows === 0).map((share) => share.lane));
      const taken = rows.filter((row) => !resting.has(row.lane));
      const looked = new Map(rows.filter((row) => resting.has(row.lane)).map((row) => [row.lane, row.id]));
      const unread = this.#advance([...shares, ...this.#unnamed(shares, rows)], taken, looked);
      const whole = await this.#withEarlier(taken, unread, held);
      return { rows: whole, more: unread.some((share) => share.rows > 0 && !this.#yields(share.lane)), end };
    } catch (error) {
      end();
      throw error;
    }
  }

  /** What each lane that gives way may give, by lane; one turn for all of them. One without work needs none. */
  #turnOf(ends: (() => void)[]): ReadonlyMap<string, number> {
    const { registry, traffic, turns, wake } = this.#options;
    const lanes = [...registry.known].filter((lane) => this.#yields(lane) && traffic.active(lane));
    if (lanes.length === 0) {
      turns.needNotGiveWay(this);
      return new Map();
    }
    for (const lane of lanes) turns.leave(lane, this);
    // Each of its turns gives bulk lanes and floods the same, so that it counts as either.
    const turn = turns.giveWay({ who: this, bulk: lanes.every((lane) => traffic.policy(lane).bulk), wake });
    if (turn !== undefined) ends.push(turn.end);
    const rows = turn === undefined ? 0 : Math.ceil(YIELDING_SHARE / lanes.length);
    return new Map(lanes.map((lane) => [lane, rows]));
  }

  #shareOf(
    lane: string,
    nowMs: number,
    sweep: boolean,
    yielding: ReadonlyMap<string, number>,
    ends: (() => void)[],
  ): Share {
    let cursor = this.#cursors.get(lane);
    if (cursor === undefined) {
      cursor = { marks: [], lastId: 0n };
      this.#cursors.set(lane, cursor);
    }
    const rows = yielding.get(lane) ?? this.#rowsOf(lane, ends);
    const mark = rows === 0 ? (cursor.marks[0]?.id ?? 0n) : readFrom(cursor, nowMs);
    return { lane, cursor, after: sweep ? 0n : mark, rows };
  }

  /** Lanes that this node did not know when it asked: they gave what a lane gets at least. */
  #unnamed(shares: readonly Share[], rows: readonly WaitingRow[]): readonly Share[] {
    const named = new Set(shares.map((share) => share.lane));
    const lanes = new Set(rows.map((row) => row.lane).filter((lane) => !named.has(lane)));
    return [...lanes].map((lane) => {
      const cursor: Cursor = { marks: [], lastId: 0n };
      this.#options.registry.learn(lane);
      this.#cursors.set(lane, cursor);
      return { lane, cursor, after: 0n, rows: SMALLEST_SHARE };
    });
  }

  /** None while the lane has to wait for a turn. */
  #rowsOf(lane: string, ends: (() => void)[]): number {
    const { traffic, turns, wake } = this.#options;
    const atOnce = traffic.policy(lane).concurrency;
    if (atOnce === undefined || !traffic.active(lane)) {
      turns.leave(lane, this);
    } else {
      const turn = turns.take(lane, { atOnce, rest: 0 }, this, wake);
      if (turn === undefined) return 0;
      ends.push(turn);
    }
    if (this.#yields(lane)) return SMALLEST_SHARE;
    const batch = Math.min(BATCH, BATCH_BYTES / this.#messageBytes);
    return Math.max(SMALLEST_SHARE, Math.round(batch * traffic.share(lane)));
  }

  #yields(lane: string): boolean {
    return this.#options.traffic.mustYield(lane);
  }

  /** Moves the cursors on; returns the lanes that hold more than was read of them. `looked`: the first id of each that rests. */
  #advance(
    shares: readonly Share[],
    rows: readonly WaitingRow[],
    looked: ReadonlyMap<string, string>,
  ): readonly Share[] {
    const highest = new Map<string, { count: number; id: bigint }>();
    for (const row of rows) {
      highest.set(row.lane, { count: (highest.get(row.lane)?.count ?? 0) + 1, id: BigInt(row.id) });
    }
    const newest = BigInt(rows.at(-1)?.id ?? 0);
    const unread: Share[] = [];
    for (const share of shares) {
      const { cursor, lane } = share;
      if (share.rows === 0) {
        const first = looked.get(lane);
        // From its first row on, not from its cursor: that may be where the journal began, with each key's whole history behind it.
        if (first !== undefined) unread.push({ ...share, after: BigInt(first) - 1n });
        continue;
      }
      const own = highest.get(lane);
      const more = (own?.count ?? 0) >= share.rows;
      if (own !== undefined) this.#options.traffic.saw(lane, more);
      if (more) unread.push(share);
      // A lane that was read to its end goes on from the newest id of all: its own deleted entries are behind that.
      const reached = more ? (own?.id ?? cursor.lastId) : newest;
      if (reached > cursor.lastId) cursor.lastId = reached;
    }
    return unread;
  }

  async #withEarlier(
    rows: readonly WaitingRow[],
    unread: readonly Share[],
    held: ReadonlySet<string>,
  ): Promise<readonly WaitingRow[]> {
    // Rows of the only lane that has more are in order; so are rows when nothing more waits.
    const lanes = new Set(unread.map((share) => share.lane));
    const overtaking = rows.filter((row) => lanes.size > 1 || !lanes.has(row.lane));
    if (lanes.size === 0 || overtaking.length === 0) return rows;
    const last = new Map<string, string>();
    for (const row of overtaking) last.set(row.key, row.id);
    const readTo = unread.map(({ rows: share, cursor, after }) => (share === 0 ? after : cursor.lastId));
    const lowest = readTo.reduce((low, id) => (id < low ? id : low));
    const { part, pool } = this.#options;
    const read = statement('read-earlier', [
      part,
      [...last.keys()],
      [...last.values()],
      [...lanes],
      lowest,
      EARLIER,
    ]);
    const earlier = await pool.query<WaitingRow>({ ...read, types: AS_TEXT });
    if (earlier.rows.length === 0) return rows;
    const whole = new Map([...rows, ...earlier.rows].map((row) => [row.id, row]));
    const complete = earlier.rows.length < EARLIER ? undefined : BigInt(earlier.rows.at(-1)?.id ?? 0);
    const going = inOrder([...whole.values()]).filter(
      (row) => complete === undefined || BigInt(row.id) <= complete || !last.has(row.key),
    );
    for (const row of rows) if (!going.includes(row)) this.#takeBack(row);
    return going.filter((row) => !held.has(row.key));
  }

  /** Read, and not to be decided yet: its lane is read again from before it. */
  #takeBack(row: WaitingRow): void {
    const cursor = this.#cursors.get(row.lane);
    const before = BigInt(row.id) - 1n;
    if (cursor === undefined || cursor.lastId <= before) return;
    cursor.lastId = before;
    cursor.marks = cursor.marks.map((mark) => ({ ...mark, id: mark.id < before ? mark.id : before }));
  }
}

/** Ids stay below 2^53 for three centuries: a day takes 2^36 of them. */
function inOrder(rows: WaitingRow[]): WaitingRow[] {
  return rows.sort((a, b) => Number(a.id) - Number(b.id));
}

/**
 * The highest id read half a second before the read before this one. What that read could not see was committed after it, and took
 * its id at most half a second earlier: that is after this mark, so its id is higher. Measured from this read instead, a commit
 * during a long batch would fall between two reads.
 */
function readFrom(cursor: Cursor, nowMs: number): bigint {
  const lastReadMs = cursor.marks.at(-1)?.atMs ?? nowMs;
  while (lastReadMs - (cursor.marks[1]?.atMs ?? lastReadMs) > OVERLAP_MS) cursor.marks.shift();
  cursor.marks.push({ atMs: nowMs, id: cursor.lastId });
  return cursor.marks[0]?.id ?? 0n;
}
