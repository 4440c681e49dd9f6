import type { Pool } from 'pg';
import { inTransaction } from './exceptions.ts';

/** One kept secret; what `value` holds depends on the kind and is its user's business. */
export interface KeptCredential<K extends string = string> {
  readonly kind: K;
  readonly name: string;
  readonly value: string;
}

/** Credentials in the journal's database, so that every node shares them. */
export class CredentialTable<K extends string = string> {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async get(kind: K, name: string): Promise<KeptCredential<K> | undefined> {
    const { rows } = await this.#pool.query<KeptCredential<K>>(
      'select kind, name, value from credential where kind = $1 and name = $2',
      [kind, name],
    );
    return rows[0];
  }

  /** In one transaction. `keep` stores all or none, and answers false when any exists; `replace` overwrites and answers true. */
  async save(records: readonly KeptCredential<K>[], existing: 'keep' | 'replace'): Promise<boolean> {
    const conflict =
      existing === 'keep'
        ? 'do nothing'
        : '(kind, name) do update set value = excluded.value, created_at = now()';
    return inTransaction(this.#pool, async (client) => {
      const { rowCount } = await client.query(
        `insert into credential (kind, name, value)
         select * from unnest($1::text[], $2::text[], $3::text[]) on conflict ${conflict}`,
        [records.map((row) => row.kind), records.map((row) => row.name), records.map((row) => row.value)],
      );
      if (rowCount === records.length) return true;
      throw new KeptAlready();
    }).catch((error) => {
      if (error instanceof KeptAlready) return false;
      throw error;
    });
  }
}

class KeptAlready extends Error {}
