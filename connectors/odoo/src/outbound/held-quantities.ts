import { Decimal } from 'decimal.js';
import type { Touches } from '../client/keyed-limit.ts';
import type { Odoo } from '../external-ids.ts';
import type { Picking } from '../picking-reader.ts';
import { type DecimalString, decimalFromOdoo, decimalToOdoo, idOf, type Many2one } from '../values.ts';
import { differencesOf } from '../version-differences.ts';

type MoveRow = Readonly<Record<'quantity' | 'quantity_done', number>> & { readonly id: number };

/** Quantities by move, one call for each different value: on a 19.0 server 60 moves took 2.8 s so and 7.1 s by `load()`. @throws OdooError */
export async function writeQuantities(
  odoo: Odoo,
  quantities: Iterable<readonly [moveId: number, quantity: DecimalString]>,
  touches: Touches,
  signal?: AbortSignal,
): Promise<void> {
  const { moveQuantity } = differencesOf((await odoo.client.server({ signal })).major);
  for (const [quantity, moves] of Map.groupBy(quantities, ([, value]) => value)) {
    const vals = { [moveQuantity]: decimalToOdoo(quantity) };
    await odoo.client.call(
      'stock.move',
      'write',
      { ids: moves.map(([id]) => id), vals },
      { signal, touches },
    );
  }
}

/**
 * Holds what goes until it is validated. From 17 on what is reserved is what ships, and a transfer that ships more than a place has takes
 * the reservations of others there, whoever validates it, between our reading and our validation (`_free_reservation`). It leaves
 * alone what is marked as picked; so everything is marked, and then what was taken before the mark is written once more.
 *
 * @throws OdooError
 */
export async function holdQuantities(
  odoo: Odoo,
  quantities: ReadonlyMap<number, DecimalString>,
  touches: Touches,
  signal?: AbortSignal,
): Promise<void> {
  const { shipsReserved } = differencesOf((await odoo.client.server({ signal })).major);
  const going = new Map([...quantities].filter(([, quantity]) => !new Decimal(quantity).isZero()));
  if (!shipsReserved || going.size === 0) return;
  const ids = [...going.keys()];
  await odoo.client.call('stock.move', 'write', { ids, vals: { picked: true } }, { signal, touches });
  const rows = await odoo.client.call<MoveRow[]>(
    'stock.move',
    'read',
    { ids, fields: ['quantity'] },
    { signal },
  );
  const taken = rows.flatMap(({ id, quantity }): [number, DecimalString][] => {
    const wanted = going.get(id) ?? '0';
    return new Decimal(wanted).equals(decimalFromOdoo(quantity)) ? [] : [[id, wanted]];
  });
  await writeQuantities(odoo, taken, touches, signal);
}

/**
 * Of transfers that are done, those that went with other quantities than was asked for: by transfer, what differs in words. Per product, because
 * Odoo may spread one move's quantity over several.
 *
 * @throws OdooError
 */
export async function doneOtherwise(
  odoo: Odoo,
  done: readonly { readonly picking: Picking; readonly quantities: ReadonlyMap<number, DecimalString> }[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, string>> {
  if (done.length === 0) return new Map();
  const { moveQuantity } = differencesOf((await odoo.client.server({ signal })).major);
  const domain = [
    ['picking_id', 'in', done.map(({ picking }) => picking.id)],
    ['state', '=', 'done'],
  ];
  const fields = ['picking_id', 'product_id', moveQuantity];
  const rows = await odoo.client.call<
    (MoveRow & { readonly picking_id: Many2one; readonly product_id: Many2one })[]
  >('stock.move', 'search_read', { domain, fields }, { signal });
  const went = new Map<string, Decimal>();
  for (const row of rows) {
    const at = `${idOf(row.picking_id)} ${idOf(row.product_id)}`;
    went.set(at, (went.get(at) ?? new Decimal(0)).plus(decimalFromOdoo(row[moveQuantity])));
  }
  return new Map(
    done.flatMap(({ picking, quantities }): [number, string][] => {
      const differing = [...wantedOf(picking, quantities)].flatMap(([productId, { sku, wanted }]) => {
        const quantity = went.get(`${picking.id} ${productId}`) ?? new Decimal(0);
        if (quantity.equals(wanted)) return [];
        return [`${sku ?? productId} with ${quantity.toFixed()}, the warehouse shipped ${wanted.toFixed()}`];
      });
      return differing.length === 0 ? [] : [[picking.id, differing.join('; ')]];
    }),
  );
}

function wantedOf(
  { moves }: Picking,
  quantities: ReadonlyMap<number, DecimalString>,
): ReadonlyMap<number, { readonly sku: string | null; readonly wanted: Decimal }> {
  const wanted = new Map<number, { sku: string | null; wanted: Decimal }>();
  for (const { id, productId, sku } of moves) {
    const quantity = quantities.get(id);
    if (quantity === undefined) continue;
    const before = wanted.get(productId)?.wanted ?? new Decimal(0);
    wanted.set(productId, { sku, wanted: before.plus(quantity) });
  }
  return wanted;
}
