import type { KeptKey, KeyStore } from '@trunkline/connector-odoo';
import { CredentialTable } from '@trunkline/journal';
import type { Pool } from 'pg';

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
