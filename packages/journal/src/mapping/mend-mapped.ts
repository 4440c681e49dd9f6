import type { Pool, PoolClient } from 'pg';
import { type ExceptionAddress, releaseForCause } from '../cases/exception-acts.ts';
import { inTransaction } from '../exceptions.ts';
import { REFRESH_MS } from './mapping-table.ts';

const PAGE = 100;
/** After a new mapping it is looked for at once and for a while; then only now and then, for what opened just as it was made. */
const LOOK_AGAIN_MS = 30_000;
const FRESH_MS = 10_000;

/**
 * Lets go what waits for a word that has a mapping now: fix once, and all that waited goes on. It goes by what is stored and not by the
 * act, so a node that dies in the middle, or an order that failed on a mapping a moment too old, loses nothing.
 */
export class MappedMender {
  readonly #pool: Pool;
  #revision = '';
  #changedAtMs = Number.NEGATIVE_INFINITY;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** True when it let something go: there may be more. */
  async step(): Promise<boolean> {
    const nowMs = performance.now();
    const { rows } = await this.#pool.query<{ revision: string }>(
      'select coalesce(max(revision), 0)::text as revision from mapping',
    );
    const revision = rows[0]?.revision ?? '0';
    if (revision !== this.#revision) {
      this.#revision = revision;
      this.#changedAtMs = nowMs;
    }
    const fresh = nowMs - this.#changedAtMs < FRESH_MS;
    if (revision === '0' || (!fresh && nowMs - this.#lookedAtMs < LOOK_AGAIN_MS)) return false;
    this.#lookedAtMs = nowMs;
    const mended = await mappedExceptions(this.#pool);
    for (const one of mended) await inTransaction(this.#pool, (client) => release(client, one));
    // A full page: the next step goes on where this one ended.
    if (mended.length === PAGE) this.#lookedAtMs = Number.NEGATIVE_INFINITY;
    return mended.length > 0;
  }
}

interface Mapped extends ExceptionAddress {
  readonly revision: string;
}

/** Open exceptions all of whose missing words are mapped, by a mapping that every node has read and that they were not let go for. */
async function mappedExceptions(pool: Pool): Promise<readonly Mapped[]> {
  const { rows } = await pool.query<Mapped>(
    `select e.part, e.id, max(m.revision)::text as revision
     from exception_missing x
     join exception_case e on e.part = x.part and e.id = x.exception_id and e.resolved_at is null
     left join lateral (
       select m.revision, m.target, m.created_at from mapping m
       where m.kind = x.kind and m.system = x.system
         and (m.source = x.value or (x.kind = 'site' and m.source = split_part(x.value, '/', 1)))
       order by m.source = x.value desc, m.revision desc limit 1
     ) m on true
     group by e.part, e.id, e.mapped_revision
     having bool_and(m.target is not null and m.created_at < clock_timestamp() - $1 * interval '1 millisecond')
       and max(m.revision) > coalesce(e.mapped_revision, 0)
     order by e.id limit ${PAGE}`,
    [2 * REFRESH_MS],
  );
  return rows;
}

async function release(client: PoolClient, { part, id, revision }: Mapped): Promise<void> {
  const { rowCount } = await client.query(
    `update exception_case set mapped_revision = $3
     where part = $1 and id = $2 and resolved_at is null and coalesce(mapped_revision, 0) < $3`,
    [part, id, revision],
  );
  if (rowCount === 0) return;
  await releaseForCause(client, { part, id }, `mapping ${revision}`, `mapping:${revision}:${part}-${id}`);
}

/**
 * Decides what found no route or no site again when the configuration's routes and warehouses are other ones than before: once for each
 * set of them, because the message that it repeats is named by their digest.
 */
export async function reconsiderRoutes(pool: Pool, digest: string): Promise<void> {
  const { rows } = await pool.query<ExceptionAddress>(
    `select part, id from exception_case where code in ('no_route', 'warehouse_without_site') and resolved_at is null and delivery_id is null`,
  );
  for (const at of rows) {
    await inTransaction(pool, (client) =>
      releaseForCause(client, at, 'new routes', `routes:${digest}:${at.part}-${at.id}`),
    );
  }
}
