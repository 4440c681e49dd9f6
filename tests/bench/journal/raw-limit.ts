import { openDatabase } from '@trunkline/journal';
import type { Pool } from 'pg';
import { atOnce, BATCH, BATCHES_AT_ONCE, eventsOf, inBatches, type Job } from './job.ts';
import { trunkline } from './trunkline.ts';
import { type Cpu, cpuMeter, type Figures, perSecond, work } from './measure.ts';

interface Table {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

interface Rows extends Table {
  /** A row a line, each value as Postgres writes it. */
  readonly rows: readonly (readonly (string | null)[])[];
}

/**
 * What this server can do at most: the rows that the journal writes for the job, into the same tables and indexes, by `unnest`, a
 * thousand events' rows a commit. Nothing is asked, found or decided. The rows are read back from a journal that did the job, so
 * that this follows the schema by itself; rows that come and go within the job (what waits) are counted for the accept alone.
 */
export async function rawLimit(url: string, job: Job, postmaster: number): Promise<Figures> {
  const pool = openDatabase({ url });
  const journal = await trunkline(url, job.kind);
  const before = await filledTables(pool);
  const events = eventsOf('e', job.events);
  await inBatches(events, (batch) => journal.accept(batch));
  const accepted = await readAll(pool, before);
  await work(journal, job.events, job.kind === 'full');
  await journal.stop();
  const whole = await readAll(pool, before);
  await journal.close();
  const accept = await write(pool, accepted, job, postmaster);
  const { rate: wholePerSecond } = await write(pool, whole, job, postmaster);
  await pool.end();
  return { acceptPerSecond: accept.rate, acceptCpu: accept.cpu, wholePerSecond, outOfOrder: 0 };
}

async function write(
  pool: Pool,
  tables: readonly Rows[],
  job: Job,
  postmaster: number,
): Promise<{ rate: number; cpu: Cpu }> {
  await pool.query(`truncate ${tables.map((table) => table.name).join(', ')}`);
  await pool.query('checkpoint');
  const chunks = Math.ceil(job.events / BATCH);
  const inserts = Array.from({ length: chunks }, (_, chunk) => insertOf(tables, chunk, chunks));
  const cpu = cpuMeter(postmaster);
  // As many statements under way as when the journal accepts.
  const rate = await perSecond(job.events, () =>
    atOnce(inserts, BATCHES_AT_ONCE, (insert) => pool.query(insert)),
  );
  return { rate, cpu: cpu(job.events) };
}

/** One statement that writes a share of each table's rows. */
function insertOf(
  tables: readonly Rows[],
  chunk: number,
  chunks: number,
): { name: string; text: string; values: unknown[] } {
  const values: unknown[] = [];
  const parts = tables.map((table, t) => {
    const at = (of: number) => Math.floor((table.rows.length * of) / chunks);
    const rows = table.rows.slice(at(chunk), at(chunk + 1));
    const arrays = table.columns.map(({ type }, c) => {
      values.push(rows.map((row) => row[c]));
      return `$${values.length}::${type}[]`;
    });
    const columns = table.columns.map((column) => `"${column.name}"`).join(', ');
    return `t${t} as (insert into ${table.name} (${columns}) overriding system value select * from unnest(${arrays.join(', ')}))`;
  });
  return {
    name: `raw-${tables.map((table) => table.name).join()}`.slice(0, 60),
    text: `with ${parts.join(', ')} select 1`,
    values,
  };
}

/** Tables of the journal that hold rows, and what they hold; those that did so before the job are its settings and leases. */
async function readAll(pool: Pool, except: readonly Table[]): Promise<Rows[]> {
  const known = new Set(except.map((table) => table.name));
  const tables = (await filledTables(pool)).filter((table) => !known.has(table.name));
  return Promise.all(
    tables.map(async (table) => {
      const columns = table.columns.map((column) => `"${column.name}"::text`).join(', ');
      const { rows } = await pool.query<(string | null)[]>({
        text: `select ${columns} from ${table.name} order by ctid`,
        rowMode: 'array',
      });
      return { ...table, rows };
    }),
  );
}

async function filledTables(pool: Pool): Promise<Table[]> {
  const { rows } = await pool.query<Table>(
    `select c.relname as name, json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = 'trunkline'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     group by c.relname order by c.relname`,
  );
  const filled: Table[] = [];
  for (const table of rows) {
    const { rows: some } = await pool.query(`select from ${table.name} limit 1`);
    if (some.length > 0) filled.push(table);
  }
  return filled;
}
