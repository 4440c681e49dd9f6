import type { Odoo } from '../external-ids.ts';
import { type Failure, rejected } from '../outcome.ts';
import type { Picking } from '../picking-reader.ts';
import { decimalToOdoo } from '../values.ts';
import { fieldName } from '../versions/lookup.ts';
import type { MoveLot } from './shipment-lots.ts';
import { stockOf } from './touches.ts';

interface Writing {
  readonly picking: Picking;
  readonly lots: ReadonlyMap<number, readonly MoveLot[]>;
}

interface MovePlace {
  readonly id: number;
  readonly location_id: [number, string];
  readonly location_dest_id: [number, string];
  readonly product_uom: [number, string];
  readonly move_line_ids: readonly number[];
}

/**
 * Puts the lots that left in place of those that Odoo reserved, move by move. The reserved lines are deleted one by one: clearing them
 * (`[5, 0, 0]`) takes them off the move and leaves them on the transfer, where they hold their stock for good, also once
 * the transfer is done (seen on 18 and 19).
 * Whole lines, so that doing it again changes nothing. A lot that Odoo does not know is refused here: 19 would make one of any
 * name on a delivery, 18 would not.
 *
 * @throws OdooError
 */
export async function writeLots(
  odoo: Odoo,
  writings: readonly Writing[],
  signal?: AbortSignal,
): Promise<Failure | null> {
  const moves = writings.flatMap(({ picking, lots }) =>
    picking.moves.flatMap((move) => {
      const own = lots.get(move.id);
      return own === undefined ? [] : [{ move, lots: own, picking }];
    }),
  );
  if (moves.length === 0) return null;
  const names = [...new Set(moves.flatMap(({ lots }) => lots.map(({ lot }) => lot)))];
  const products = [...new Set(moves.map(({ move }) => move.productId))];
  const known = await readLots(odoo, products, names, signal);
  for (const { move, lots, picking } of moves) {
    const unknown = lots.find(({ lot }) => !known.has(`${move.productId} ${lot}`));
    if (unknown !== undefined)
      return rejected(
        'odoo-lot-unknown',
        `${picking.name}: Odoo knows no lot or serial ${unknown.lot} of ${move.sku ?? move.productId}.`,
        'Correct the lot in the warehouse’s report, or create it in Odoo with the stock it has, then retry.',
        'lot_id',
      );
  }
  const places = await readPlaces(
    odoo,
    moves.map(({ move }) => move.id),
    signal,
  );
  const where = await readLotLocations(odoo, [...known.values()], signal);
  const major = (await odoo.client.server({ signal })).major;
  const quantityField = fieldName(major, 'stock.move.line', 'processed');
  for (const { move, lots, picking } of moves) {
    const place = places.get(move.id);
    if (place === undefined) continue;
    const lines = lots.map(({ lot, quantity }) => {
      const lotId = known.get(`${move.productId} ${lot}`) ?? 0;
      const line = {
        product_id: move.productId,
        lot_id: lotId,
        location_id: where.get(lotId) ?? place.location_id[0],
        location_dest_id: place.location_dest_id[0],
        picking_id: picking.id,
        product_uom_id: place.product_uom[0],
        [quantityField]: decimalToOdoo(quantity),
      };
      return [0, 0, line];
    });
    const vals = { move_line_ids: [...place.move_line_ids.map((id) => [2, id, 0]), ...lines] };
    const touches = stockOf([move.productId]);
    await odoo.client.call('stock.move', 'write', { ids: [move.id], vals }, { signal, touches });
  }
  return null;
}

/** Ids by `<product> <lot name>`. */
async function readLots(
  odoo: Odoo,
  productIds: readonly number[],
  names: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const rows = await odoo.client.call<{ id: number; name: string; product_id: [number, string] }[]>(
    'stock.lot',
    'search_read',
    {
      domain: [
        ['product_id', 'in', productIds],
        ['name', 'in', names],
      ],
      fields: ['name', 'product_id'],
    },
    { signal },
  );
  return new Map(rows.map(({ id, name, product_id }) => [`${product_id[0]} ${name}`, id]));
}

async function readPlaces(
  odoo: Odoo,
  moveIds: readonly number[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, MovePlace>> {
  const fields = ['location_id', 'location_dest_id', 'product_uom', 'move_line_ids'];
  const rows = await odoo.client.call<MovePlace[]>(
    'stock.move',
    'read',
    { ids: moveIds, fields },
    { signal },
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Where most of a lot lies, inside a warehouse; a lot that lies nowhere leaves from the move's own place. */
async function readLotLocations(
  odoo: Odoo,
  lotIds: readonly number[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, number>> {
  const rows = await odoo.client.call<{ lot_id: [number, string]; location_id: [number, string] }[]>(
    'stock.quant',
    'search_read',
    {
      domain: [
        ['lot_id', 'in', lotIds],
        ['location_id.usage', '=', 'internal'],
        ['quantity', '>', 0],
      ],
      fields: ['lot_id', 'location_id', 'quantity'],
      order: 'quantity',
    },
    { signal },
  );
  return new Map(rows.map(({ lot_id, location_id }) => [lot_id[0], location_id[0]]));
}
