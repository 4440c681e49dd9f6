import { createKeyRing, type KeptKey, type KeyStore } from '@trunkline/connector-odoo';
import { CredentialTable } from '@trunkline/journal';
import type { Pool } from 'pg';
import type { Configuration } from '../configuration/schema.ts';
import { findHubDatabase } from './database.ts';

/** Keys that the hub renewed itself, in the journal's credential table, so that every node and command calls with the same one. */
export function keyStoreOf(pool: Pool, system: string): KeyStore {
  const rows = new CredentialTable<'system-key'>(pool);
  return {
    async read() {
      const row = await rows.get('system-key', system);
      return row === undefined ? undefined : (JSON.parse(row.value) as KeptKey);
    },
    async write(kept) {
      await rows.save([{ kind: 'system-key', name: system, value: JSON.stringify(kept) }], 'replace');
    },
  };
}

/** The hub's database where it answers; without it systems are asked with the configured keys. */
export async function findKeptKeys(configuration: Configuration, file: string): Promise<Pool | undefined> {
  const pool = await findHubDatabase(configuration, file, process.env).catch(() => undefined);
  try {
    await pool?.query("select 1 from credential where kind = 'system-key' limit 1");
    return pool;
  } catch {
    await pool?.end();
    return undefined;
  }
}

/** The key that the hub calls with: the configured one may have been renewed, and is then revoked. */
export function keyInForce(pool: Pool | undefined, system: string, configured: string): Promise<string> {
  return createKeyRing(configured, pool === undefined ? undefined : keyStoreOf(pool, system)).current();
}
