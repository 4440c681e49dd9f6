import type { Odoo } from '../external-ids.ts';
import type { Many2one } from '../values.ts';
import { decimalFromOdoo, idOf } from '../values.ts';
import { differencesOf } from '../version-differences.ts';
import type { ExistingReturn, ReturnMove } from './return-plan.ts';

interface MoveRow {
  readonly picking_id: Many2one;
  readonly origin_returned_move_id: [number, string];
  readonly state: string;
  readonly product_uom_qty: number;
  readonly quantity?: number;
  readonly quantity_done?: number;
}

/**
 * The returns that exist of moves, found by the moves that they take back: the one link that 16 to 19 all keep.
 *
 * @throws OdooError
 */
export async function readReturns(
  odoo: Odoo,
  sourceMoveIds: readonly number[],
  signal?: AbortSignal,
): Promise<ExistingReturn[]> {
  if (sourceMoveIds.length === 0) return [];
  const { moveQuantity } = differencesOf((await odoo.client.server({ signal })).major);
  const rows = await odoo.client.call<MoveRow[]>(
    'stock.move',
    'search_read',
    {
      domain: [['origin_returned_move_id', 'in', sourceMoveIds]],
      fields: ['picking_id', 'origin_returned_move_id', 'state', 'product_uom_qty', moveQuantity],
      order: 'id',
    },
    { signal },
  );
  const byPicking = Map.groupBy(rows, ({ picking_id }) => idOf(picking_id) ?? 0);
  const pickings = await odoo.client.call<
    { id: number; name: string; state: string; origin: string | false }[]
  >(
    'stock.picking',
    'search_read',
    { domain: [['id', 'in', [...byPicking.keys()]]], fields: ['name', 'state', 'origin'], order: 'id' },
    { signal },
  );
  return pickings.map(({ id, name, state, origin }) => ({
    pickingId: id,
    name,
    state,
    origin: origin === false ? '' : origin,
    moves: (byPicking.get(id) ?? []).map((row): ReturnMove => {
      const quantity = row.state === 'done' ? (row[moveQuantity] ?? 0) : row.product_uom_qty;
      return {
        pickingId: id,
        sourceMoveId: row.origin_returned_move_id[0],
        state: row.state,
        quantity: decimalFromOdoo(quantity),
      };
    }),
  }));
}
