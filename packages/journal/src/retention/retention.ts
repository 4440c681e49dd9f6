import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../exceptions.ts';
import { dropGenerations, nextGeneration } from './dedupe-generations.ts';
import { keptDays, type RetentionPolicy, SLICED, sliceDays, type SlicedTable } from './policy.ts';
import {
  createSlice,
  DAY_SEQUENCES,
  IDS_PER_DAY,
  readSlices,
  type SizedSlice,
  type Slice,
  sliceOf,
} from './slices.ts';
import { neededBy } from './waiting.ts';

/** A drop locks its table out for a moment; behind a long reader it lets the accepts pass and tries again in an hour. */
const LOCK_WAIT_MS = 300;
const TABLES = Object.keys(SLICED) as SlicedTable[];

export interface RetentionReport {
  readonly created: readonly string[];
  readonly dropped: readonly string[];
  /** Slices whose time has come and that stay, with why. */
  readonly kept: readonly { readonly name: string; readonly why: string }[];
}

/**
 * Makes slices ahead of time and drops those whose time has come. Safe on several nodes at once: each step holds one row's lock, and
 * finds done what another has done.
 */
export class Retention {
  readonly #pool: Pool;
  readonly #policy: RetentionPolicy;

  constructor(pool: Pool, policy: RetentionPolicy) {
    this.#pool = pool;
    this.#policy = policy;
  }

  /** Before anything is accepted under this policy, and once an hour. `today`: days since 1970; the database's day unless told. */
  async prepare(today?: number): Promise<readonly string[]> {
    const created = await this.#locked(async (client) => {
      const day = today ?? (await dayOf(client));
      const made = [...(await this.#extend(client, day)), ...(await nextGeneration(client, this.#policy))];
      await this.#storeClasses(client);
      return made;
    });
    await this.#locked(async (client) => moveSequences(client, today ?? (await dayOf(client))));
    return created;
  }

  async run(today?: number): Promise<RetentionReport> {
    const created = await this.prepare(today);
    const day = today ?? (await dayOf(this.#pool));
    const dropped: string[] = [];
    const kept: { name: string; why: string }[] = [];
    for (const slice of await readSlices(this.#pool)) {
      if (!this.#isOver(slice, day)) continue;
      const why = await this.#drop(slice);
      if (why === undefined) dropped.push(slice.name);
      else kept.push({ name: slice.name, why });
    }
    const generations = await this.#patiently((client) => dropGenerations(client, this.#policy));
    return { created, dropped: [...dropped, ...(generations ?? [])], kept };
  }

  /** The day on which a slice may go, if nothing needs it. */
  goesOn(slice: Slice): number {
    return slice.to + keptDays(this.#policy, slice.table, slice.class);
  }

  #isOver(slice: SizedSlice, today: number): boolean {
    return this.goesOn(slice) <= today;
  }

  async #extend(client: PoolClient, today: number): Promise<readonly string[]> {
    const slices = await readSlices(client);
    const idsDay = Math.min(today, await oldestIdDay(client));
    const created: string[] = [];
    for (const table of TABLES) {
      const classes = SLICED[table].perClass ? [0, ...this.#policy.classes.map((known) => known.class)] : [0];
      for (const ofClass of classes) {
        const own = slices.filter((slice) => slice.table === table && slice.class === ofClass);
        const width = sliceDays(keptDays(this.#policy, table, ofClass));
        // A class that is new begins where the ids stand now; after a long stop the days without ids need no slice.
        let end = own.length === 0 ? idsDay : Math.max(today, ...own.map((slice) => slice.to));
        // The slice of the days to come is ready a fortnight early: so long may no node look after it before ids stop to carry their day.
        while (end < today + Math.max(14, width)) {
          const slice = sliceOf(table, ofClass, end, end + width);
          await createSlice(client, slice);
          created.push(slice.name);
          end += width;
        }
      }
    }
    return created;
  }

  /** In the transaction that makes their slices, so that no message meets a class without one. */
  async #storeClasses(client: PoolClient): Promise<void> {
    const { classes } = this.#policy;
    const columns = [
      classes.map((known) => known.prefix),
      classes.map((known) => known.class),
      classes.map((known) => known.name),
    ];
    await client.query(
      `insert into retention_class (prefix, class, name) select * from unnest($1::text[], $2::smallint[], $3::text[])
       on conflict (prefix) do update set class = excluded.class, name = excluded.name
       where (retention_class.class, retention_class.name) <> (excluded.class, excluded.name)`,
      columns,
    );
    await client.query('delete from retention_class where prefix <> all ($1::text[])', [columns[0]]);
  }

  async #drop(slice: Slice): Promise<string | undefined> {
    const why = await this.#patiently(async (client) => {
      const needed = await neededBy(client, slice);
      if (needed === undefined) await client.query(`drop table if exists ${slice.name}`);
      return { needed };
    });
    return why === undefined ? 'somebody reads it at length; the next run tries again' : why.needed;
  }

  /** Undefined when a lock was not had in time. */
  async #patiently<T>(work: (client: PoolClient) => Promise<T>): Promise<T | undefined> {
    try {
      return await this.#locked(async (client) => {
        await client.query(`set local lock_timeout = ${LOCK_WAIT_MS}`);
        return work(client);
      });
    } catch (error) {
      if ((error as { code?: unknown }).code === '55P03') return undefined;
      throw error;
    }
  }

  #locked<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    return inTransaction(this.#pool, async (client) => {
      await client.query(
        "insert into journal_setting (name, value) values ('retention', '') on conflict (name) do nothing",
      );
      await client.query("select from journal_setting where name = 'retention' for update");
      return work(client);
    });
  }
}

/** Today by the database's clock, in days since 1970. */
export async function dayOf(client: Pool | PoolClient): Promise<number> {
  const { rows } = await client.query<{ day: number }>(
    'select floor(extract(epoch from clock_timestamp()) / 86400)::int as day',
  );
  return rows[0]?.day ?? 0;
}

/** The day that the ids of the sequence furthest behind carry. */
async function oldestIdDay(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ day: string }>(
    `select min(last_value) / ${IDS_PER_DAY} as day from (${DAY_SEQUENCES.map((name) => `select last_value from ${name}`).join(' union all ')}) s`,
  );
  return Number(rows[0]?.day);
}

/**
 * Moves the ids on to today. Not in the transaction that made today's slices: a sequence does not roll back, and ids without a slice
 * would be refused. Never backwards, which the lock and the condition hold together: nobody else sets these sequences.
 */
async function moveSequences(client: PoolClient, today: number): Promise<void> {
  const first = String(BigInt(today) * IDS_PER_DAY);
  for (const name of DAY_SEQUENCES)
    await client.query(`select setval('${name}', $1) from ${name} where last_value < $1`, [first]);
}
