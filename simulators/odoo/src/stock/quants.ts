import { plus } from '../orm/decimal.ts';
import type { Env } from '../orm/env.ts';
import type { Row, Value } from '../orm/field.ts';

/** The quant of exactly this product, location and lot. */
export function quantOf(env: Env, product: unknown, location: unknown, lot: unknown): Row | undefined {
  return env
    .having('stock.quant', 'product_id', product as number)
    .find((quant) => quant['location_id'] === location && (quant['lot_id'] || false) === (lot || false));
}

export function insertQuant(env: Env, product: unknown, location: unknown, lot: unknown): Row {
  return env.insert('stock.quant', {
    product_id: product as number,
    location_id: location as number,
    lot_id: (lot || false) as Value,
    quantity: 0,
    reserved_quantity: 0,
    inventory_quantity: 0,
    inventory_diff_quantity: 0,
    inventory_quantity_set: false,
    in_date: env.stamp,
    last_count_date: false,
    company_id: 1,
  });
}

/** Adds to what a place holds; a quant may go below zero, as in real Odoo (recording 08). */
export function addStock(env: Env, product: unknown, location: unknown, lot: unknown, delta: number): Row {
  const quant = quantOf(env, product, location, lot) ?? insertQuant(env, product, location, lot);
  env.patch('stock.quant', quant, { quantity: plus(Number(quant['quantity']), delta) });
  return quant;
}

export function addReservation(env: Env, quant: Row, delta: number): void {
  env.patch('stock.quant', quant, { reserved_quantity: plus(Number(quant['reserved_quantity']), delta) });
}
