import {
  type Fault,
  fingerprintOf,
  normaliseMessage,
  type StakesOf,
  type StoredState,
} from '@trunkline/messaging';
import type { Pool, PoolClient } from 'pg';
import type { OpenedException } from './process/columns.ts';
import { statement } from './statement.ts';
import { storableText } from './storable-text.ts';

/** Who moves a case's sums; each has rows of its own (case_tally). */
export type CaseWriter = 'process' | 'deliver' | 'inspect';

/** Faults that one exception keeps at most; a wholly broken document of 2,000 lines would name thousands. */
const MOST_FAULTS = 200;

/**
 * Opens exceptions of one part, counts their recurrence, or re-opens them; of several with one identity in a batch the last one counts.
 * What is at stake is read from the keys' states as this transaction left them.
 */
export async function openExceptions(
  client: PoolClient,
  part: number,
  writer: CaseWriter,
  opened: readonly OpenedException[],
  stakesOf: StakesOf,
): Promise<void> {
  const rows = [
    ...new Map(opened.map((row) => [`${row.key}\u0000${row.code}\u0000${row.deliveryId}`, row])).values(),
  ].map((row) => ({ ...row, summary: storableText(row.summary), faults: row.faults.map(storableFault) }));
  if (rows.length === 0) return;
  const states = await statesOf(client, part, rows);
  const stakes = rows.map(({ key }) => {
    const state = states.get(key);
    return state === undefined ? undefined : stakesOf(state);
  });
  const stored = await client.query<{ id: string; key: string; code: string; delivery_id: string | null }>(
    statement('open-exceptions', [
      part,
      writer,
      rows.map((row) => row.key),
      rows.map((row) => row.code),
      rows.map((row) => row.flow),
      rows.map((row) => row.target),
      rows.map((row) => row.deliveryId),
      rows.map((row) => row.messageId),
      rows.map((row) => row.summary),
      rows.map((row) => JSON.stringify(row.faults.slice(0, MOST_FAULTS))),
      rows.map((row) => row.owner),
      rows.map((row) => row.remedy),
      rows.map((row) => fingerprintOf({ ...row, message: row.summary })),
      rows.map((row) => normaliseMessage(row.summary)),
      stakes.map((at) => at?.units ?? null),
      stakes.map((at) => at?.amount ?? null),
      stakes.map((at) => at?.currency ?? ''),
      stakes.map((at) => at?.promisedOn ?? null),
    ]),
  );
  const ids = new Map(
    stored.rows.map((row) => [`${row.key}\u0000${row.code}\u0000${row.delivery_id}`, row.id]),
  );
  await keepMissing(
    client,
    part,
    rows.map((row) => ({ row, id: ids.get(`${row.key}\u0000${row.code}\u0000${row.deliveryId}`) ?? '0' })),
  );
}

async function statesOf(
  client: PoolClient,
  part: number,
  rows: readonly OpenedException[],
): Promise<ReadonlyMap<string, StoredState>> {
  const loaded = await client.query<{ key: string } & StoredState>(
    statement('read-states', [part, [...new Set(rows.map((row) => row.key))]]),
  );
  return new Map(loaded.rows.map((row) => [row.key, row]));
}

async function keepMissing(
  client: PoolClient,
  part: number,
  rows: readonly { readonly row: OpenedException; readonly id: string }[],
): Promise<void> {
  const missing = rows.flatMap(({ row, id }) =>
    row.faults.flatMap(({ missing: one }) =>
      one === undefined
        ? []
        : [{ id, kind: one.kind, system: one.system ?? row.target ?? 'hub', value: one.value }],
    ),
  );
  // One that had missing words may have recurred without; only few have any, and then the part's own rows are few.
  await client.query('delete from exception_missing where part = $1 and exception_id = any ($2::bigint[])', [
    part,
    rows.map(({ id }) => id),
  ]);
  if (missing.length === 0) return;
  await client.query(
    `insert into exception_missing (part, exception_id, kind, system, value)
     select $1, x.* from unnest($2::bigint[], $3::text[], $4::text[], $5::text[]) as x on conflict do nothing`,
    [
      part,
      missing.map((row) => row.id),
      missing.map((row) => row.kind),
      missing.map((row) => row.system),
      missing.map((row) => row.value),
    ],
  );
}

export async function resolveExceptions(
  client: Pool | PoolClient,
  part: number,
  writer: CaseWriter,
  resolved: readonly { readonly key: string; readonly code: string }[],
  resolution: string,
): Promise<void> {
  if (resolved.length === 0) return;
  await client.query(
    statement('resolve-exceptions', [
      part,
      writer,
      resolved.map((row) => row.key),
      resolved.map((row) => row.code),
      resolution,
    ]),
  );
}

/** Runs `work` in one transaction on one connection. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

function storableFault({ missing, ...fault }: Fault): Fault {
  return {
    ...fault,
    path: storableText(fault.path),
    message: storableText(fault.message),
    ...(missing === undefined ? {} : { missing: { ...missing, value: storableText(missing.value) } }),
  };
}
