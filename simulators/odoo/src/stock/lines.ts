import { minus, plus } from '../orm/decimal.ts';
import type { Env } from '../orm/env.ts';
import type { Row, Value } from '../orm/field.ts';
import { addReservation, quantOf } from './quants.ts';

export const linesOf = (env: Env, move: Row) => env.having('stock.move.line', 'move_id', move.id);

/** A move is picked with all of its lines. */
export function setPicked(env: Env, move: Row, picked: boolean): void {
  env.patch('stock.move', move, { picked });
  for (const line of linesOf(env, move)) env.patch('stock.move.line', line, { picked });
}

const reservedColumns = (line: Row, reserved: number) => ({
  _reserved: reserved,
  _reserved_product: reserved > 0 ? line['product_id'] : 0,
});

/** A move line for a place, of which `reserved` is held on the quant there. */
export function insertLine(
  env: Env,
  move: Row,
  place: { location: unknown; lot?: unknown },
  quantity: number,
  reserved: number,
): Row {
  const expiring = !place.lot && expiryOf(env, move);
  return env.insert('stock.move.line', {
    move_id: move.id,
    picking_id: move['picking_id'],
    product_id: move['product_id'],
    product_uom_id: move['product_uom'],
    quantity,
    picked: move['picked'],
    lot_id: (place.lot || false) as Value,
    lot_name: false,
    expiration_date: expiring || false,
    location_id: place.location as number,
    location_dest_id: move['location_dest_id'],
    result_package_id: false,
    package_id: false,
    ...reservedColumns(move, reserved),
  });
}

/** A receipt's line proposes the expiry of the lot that it will make. */
function expiryOf(env: Env, move: Row): string | false {
  const product = env.find('product.product', move['product_id']);
  const template = env.find('product.template', product?.['product_tmpl_id']);
  if (
    !template?.['use_expiration_date'] ||
    env.find('stock.location', move['location_id'])?.['usage'] !== 'supplier'
  )
    return false;
  const days = Number(template['expiration_time']);
  const due = new Date(Date.parse(`${env.now.replace(' ', 'T')}Z`) + days * 86_400_000);
  return due.toISOString().slice(0, 19).replace('T', ' ');
}

/** Holds up to `wanted` more for a line on its quant; returns what was there to hold. */
export function reserveFor(env: Env, line: Row, wanted: number): number {
  const quant = quantOf(env, line['product_id'], line['location_id'], line['lot_id']);
  if (!quant) return 0;
  const free = minus(Number(quant['quantity']), Number(quant['reserved_quantity']));
  const held = Math.max(0, Math.min(wanted, free));
  if (held === 0) return 0;
  addReservation(env, quant, held);
  env.note('stock.move.line', line, reservedColumns(line, plus(Number(line['_reserved']), held)));
  return held;
}

/** Gives back reservation so that at most `keep` is held. */
export function releaseDownTo(env: Env, line: Row, keep: number): void {
  const held = Number(line['_reserved']);
  if (held <= keep) return;
  const quant = quantOf(env, line['product_id'], line['location_id'], line['lot_id']);
  if (quant) addReservation(env, quant, minus(keep, held));
  env.note('stock.move.line', line, reservedColumns(line, keep));
}

/** Writes a line's quantity and moves its reservation along. */
export function setLineQuantity(env: Env, line: Row, quantity: number): void {
  releaseDownTo(env, line, quantity);
  const missing = minus(quantity, Number(line['_reserved']));
  if (missing > 0 && holdsStock(env, line)) reserveFor(env, line, missing);
  env.patch('stock.move.line', line, { quantity });
}

const holdsStock = (env: Env, line: Row) =>
  env.find('stock.location', line['location_id'])?.['usage'] === 'internal';

export function removeLine(env: Env, line: Row): void {
  releaseDownTo(env, line, 0);
  env.remove('stock.move.line', line);
}
