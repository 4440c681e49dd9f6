import type { Pool, PoolClient } from 'pg';
import type { OpenedException } from './process/columns.ts';
import { statement } from './statement.ts';

/** Opens exceptions of one part, or counts their recurrence; of several with one identity in a batch the last one counts. */
export async function openExceptions(
  client: Pool | PoolClient,
  part: number,
  opened: readonly OpenedException[],
): Promise<void> {
  const rows = [
    ...new Map(opened.map((row) => [`${row.key}\u0000${row.code}\u0000${row.deliveryId}`, row])).values(),
  ];
  if (rows.length === 0) return;
  await client.query(
    statement('open-exceptions', [
      part,
      rows.map((row) => row.key),
      rows.map((row) => row.code),
      rows.map((row) => row.flow),
      rows.map((row) => row.target),
      rows.map((row) => row.deliveryId),
      rows.map((row) => row.messageId),
      rows.map((row) => row.summary),
      rows.map((row) => JSON.stringify(row.faults)),
      rows.map((row) => row.owner),
      rows.map((row) => row.remedy),
    ]),
  );
}

export async function resolveExceptions(
  client: Pool | PoolClient,
  part: number,
  resolved: readonly { readonly key: string; readonly code: string }[],
  resolution: string,
): Promise<void> {
  if (resolved.length === 0) return;
  await client.query(
    statement('resolve-exceptions', [
      part,
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
