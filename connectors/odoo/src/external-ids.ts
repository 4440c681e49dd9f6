import type { OdooClient } from './client.ts';
import { OdooError } from './errors.ts';

/** An Odoo database and the namespace of the ids that we give to its records. */
export interface Odoo {
  readonly client: OdooClient;
  /** The module part of external ids, `trunkline` in `trunkline.so_1001`. One per hub and database. */
  readonly externalIdModule: string;
}

/**
 * Encodes any business key into the characters that an external id allows; injective, so two keys never
 * meet. `_` is doubled, all outside letters, digits and `-` becomes `_x<hex>_`: `AB.12/x` is `AB_x2e_12_x2f_x`.
 */
export function externalIdName(prefix: string, key: string): string {
  const encoded = key.replace(/[^A-Za-z0-9-]/gu, (character) =>
    character === '_' ? '__' : `_x${character.codePointAt(0)?.toString(16)}_`,
  );
  return `${prefix}_${encoded}`;
}

export function qualify({ externalIdModule }: Odoo, name: string): string {
  return `${externalIdModule}.${name}`;
}

/**
 * External id names (without our module) of records, read back by `get_external_id`, which is public to every
 * user. Records without one of ours are absent. The method names one id per record; a record that another
 * module named first reads as nameless here.
 */
export async function externalIdsOf(
  odoo: Odoo,
  model: string,
  ids: readonly number[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, string>> {
  if (ids.length === 0) return new Map();
  const named = await odoo.client.call<Record<string, string>>(model, 'get_external_id', { ids }, { signal });
  const prefix = `${odoo.externalIdModule}.`;
  return new Map(
    Object.entries(named)
      .filter(([, full]) => full.startsWith(prefix))
      .map(([id, full]) => [Number(id), full.slice(prefix.length)]),
  );
}

/**
 * Database ids of records by external id name; absent where none exists. Needs read access to
 * `ir.model.data`, which Odoo gives to the group "Access Rights" alone.
 *
 * @returns null when the account has no such access
 */
export async function idsByExternalId(
  odoo: Odoo,
  model: string,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, number> | null> {
  if (names.length === 0) return new Map();
  try {
    const rows = await odoo.client.call<{ name: string; res_id: number }[]>(
      'ir.model.data',
      'search_read',
      {
        domain: [
          ['module', '=', odoo.externalIdModule],
          ['model', '=', model],
          ['name', 'in', names],
        ],
        fields: ['name', 'res_id'],
      },
      { signal },
    );
    return new Map(rows.map((row) => [row.name, row.res_id]));
  } catch (error) {
    if (error instanceof OdooError && error.name === 'odoo.exceptions.AccessError') return null;
    throw error;
  }
}
