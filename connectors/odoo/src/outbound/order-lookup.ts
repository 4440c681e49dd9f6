import type { Odoo } from '../external-ids.ts';
import { externalIdsOf, idsByExternalId } from '../external-ids.ts';

export interface OrderKey {
  /** External id without its module. */
  readonly externalId: string;
  readonly customerReference: string;
}

export interface FoundOrder {
  readonly id: number;
  readonly name: string;
  /** draft, sent, sale, done (16 alone), cancel. */
  readonly state: string;
  readonly pickingIds: readonly number[];
}

interface OrderRow {
  readonly id: number;
  readonly name: string;
  readonly state: string;
  readonly picking_ids: readonly number[];
}

/**
 * The orders that Odoo holds under our external ids: the verification after a lost answer.
 *
 * An account that may not read external ids (the usual case) finds them by the customer's PO and asks each
 * find for its external id, so a PO that another order uses as well misleads nobody.
 *
 * @throws OdooError
 * @returns by external id; absent where there is none
 */
export async function findOrders(
  odoo: Odoo,
  keys: readonly OrderKey[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, FoundOrder>> {
  const names = keys.map(({ externalId }) => externalId);
  const direct = await idsByExternalId(odoo, 'sale.order', names, signal);
  const ids = direct ?? (await idsByCustomerReference(odoo, keys, signal));
  const read = await readOrders(odoo, [...ids.values()], signal);
  const found = new Map<string, FoundOrder>();
  for (const [name, id] of ids) {
    const order = read.get(id);
    if (order !== undefined) found.set(name, order);
  }
  return found;
}

async function idsByCustomerReference(
  odoo: Odoo,
  keys: readonly OrderKey[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const wanted = new Set(keys.map(({ externalId }) => externalId));
  const references = [...new Set(keys.map(({ customerReference }) => customerReference))];
  if (references.length === 0) return new Map();
  const candidates = await odoo.client.call<number[]>(
    'sale.order',
    'search',
    { domain: [['client_order_ref', 'in', references]] },
    { signal },
  );
  const named = await externalIdsOf(odoo, 'sale.order', candidates, signal);
  return new Map([...named].filter(([, name]) => wanted.has(name)).map(([id, name]) => [name, id]));
}

/** @throws OdooError */
export async function readOrders(
  odoo: Odoo,
  ids: readonly number[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, FoundOrder>> {
  if (ids.length === 0) return new Map();
  const rows = await odoo.client.call<OrderRow[]>(
    'sale.order',
    'read',
    { ids, fields: ['name', 'state', 'picking_ids'] },
    { signal },
  );
  return new Map(
    rows.map(({ id, name, state, picking_ids }) => [id, { id, name, state, pickingIds: picking_ids }]),
  );
}

/**
 * How many orders carry each customer PO; more than one is a duplicate. For counting a run.
 *
 * @throws OdooError
 */
export async function countByCustomerReference(
  odoo: Odoo,
  references: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const rows = await odoo.client.call<{ client_order_ref: string }[]>(
    'sale.order',
    'search_read',
    { domain: [['client_order_ref', 'in', references]], fields: ['client_order_ref'] },
    { signal },
  );
  const counts = new Map<string, number>();
  for (const { client_order_ref } of rows)
    counts.set(client_order_ref, (counts.get(client_order_ref) ?? 0) + 1);
  return counts;
}
