import type { Odoo } from '../external-ids.ts';
import type { Move, Picking } from '../picking-reader.ts';
import { idOf, type Many2one } from '../values.ts';

/** The operation types of deliveries, of all warehouses that the account sees. */
export interface DeliveryTypes {
  readonly all: ReadonlySet<number>;
  /** Those of a first step in warehouses of two and three; a warehouse of one step has it in reserve. */
  readonly pick: ReadonlySet<number>;
  /** Of what leaves for a customer. */
  readonly outgoing: ReadonlySet<number>;
  /** Of packing and of what leaves: the steps after the first. */
  readonly later: ReadonlySet<number>;
  /** Code of the warehouse that a type is of; absent for a type without one. */
  readonly warehouses: ReadonlyMap<number, string>;
}

const known = new WeakMap<Odoo, DeliveryTypes>();

/**
 * Kept for as long as it knows the types that are asked for: a warehouse has all of its types from its creation on, those of steps
 * that it does not take archived.
 *
 * @throws OdooError
 */
export async function deliveryTypes(
  odoo: Odoo,
  asked: readonly (number | null)[],
  signal?: AbortSignal,
): Promise<DeliveryTypes> {
  const kept = known.get(odoo);
  if (kept !== undefined && asked.every((id) => id === null || kept.all.has(id))) return kept;
  const [types, warehouses] = await Promise.all([
    odoo.client.call<{ id: number; code: string; warehouse_id: Many2one }[]>(
      'stock.picking.type',
      'search_read',
      { domain: [], fields: ['code', 'warehouse_id'], context: { active_test: false } },
      { signal },
    ),
    odoo.client.call<{ id: number; code: string; pick_type_id: Many2one; pack_type_id: Many2one }[]>(
      'stock.warehouse',
      'search_read',
      { domain: [], fields: ['code', 'pick_type_id', 'pack_type_id'], context: { active_test: false } },
      { signal },
    ),
  ]);
  const ids = (values: readonly Many2one[]) => values.map(idOf).filter((id) => id !== null);
  const codes = new Map(warehouses.map(({ id, code }) => [id, code]));
  const outgoing = types.filter(({ code }) => code === 'outgoing').map(({ id }) => id);
  const read = {
    all: new Set(types.map(({ id }) => id)),
    pick: new Set(ids(warehouses.map(({ pick_type_id }) => pick_type_id))),
    outgoing: new Set(outgoing),
    later: new Set([...outgoing, ...ids(warehouses.map(({ pack_type_id }) => pack_type_id))]),
    warehouses: new Map(
      types.flatMap(({ id, warehouse_id }): [number, string][] => {
        const code = codes.get(idOf(warehouse_id) ?? 0);
        return code === undefined ? [] : [[id, code]];
      }),
    ),
  };
  known.set(odoo, read);
  return read;
}

/** Which of these transfers continue what an earlier step of the same delivery brought. @throws OdooError */
export async function laterSteps(
  odoo: Odoo,
  pickings: readonly Picking[],
  signal?: AbortSignal,
): Promise<ReadonlySet<number>> {
  const types = pickings.map(({ pickingTypeId }) => pickingTypeId);
  const { pick, later } = await deliveryTypes(odoo, types, signal);
  const ids = pickings
    .filter(({ pickingTypeId, moves }) => later.has(pickingTypeId ?? 0) && moves.some(hasOrigins))
    .map(({ id }) => id);
  if (ids.length === 0) return new Set();
  const rows = await odoo.client.call<{ picking_id: Many2one }[]>(
    'stock.move',
    'search_read',
    {
      domain: [
        ['picking_id', 'in', ids],
        ['move_orig_ids.picking_type_id', 'in', [...pick, ...later]],
        ['origin_returned_move_id', '=', false],
      ],
      fields: ['picking_id'],
    },
    { signal },
  );
  return new Set(rows.map(({ picking_id }) => idOf(picking_id)).filter((id) => id !== null));
}

const hasOrigins = ({ originIds }: Move): boolean => originIds.length > 0;
