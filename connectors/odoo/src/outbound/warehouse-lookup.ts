import { classifyOdooError } from '../error-classification.ts';
import type { Odoo } from '../external-ids.ts';
import { type Failure, rejected } from '../outcome.ts';
import { readWarehouses } from './warehouses.ts';

/** Database ids of warehouses by code; the failure of each code that has none. Nothing is asked where no code is given. */
export async function resolveWarehouses(
  odoo: Odoo,
  codes: readonly (string | undefined)[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, number | Failure>> {
  const wanted = [...new Set(codes.filter((code) => code !== undefined))];
  if (wanted.length === 0) return new Map();
  try {
    const known = await readWarehouses(odoo, signal);
    return new Map(wanted.map((code) => [code, known.get(code)?.id ?? unknownWarehouse(code)]));
  } catch (error) {
    const failure = classifyOdooError(error);
    return new Map(wanted.map((code) => [code, failure]));
  }
}

function unknownWarehouse(code: string): Failure {
  return rejected(
    'odoo-setup',
    `Odoo shows no warehouse ${code} to this account.`,
    'Correct the site’s odooWarehouse, or give the account the company that the warehouse belongs to.',
    'warehouse_id',
  );
}
