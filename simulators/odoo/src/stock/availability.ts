import { ancestors } from '../orm/domain.ts';
import { minus, plus, sum } from '../orm/decimal.ts';
import type { Env } from '../orm/env.ts';
import type { Row } from '../orm/field.ts';

export const isWithin = (env: Env, location: unknown, root: unknown) =>
  location === root || ancestors(env, 'stock.location', location).includes(root as number);

/** The database's one location of a kind that stands for the world outside. */
export function outsideLocation(env: Env, usage: 'customer' | 'inventory'): number {
  const [location] = env.having('stock.location', 'usage', usage);
  if (!location) throw new Error(`the simulated database has no ${usage} location`);
  return location.id;
}

export const usageOf = (env: Env, location: unknown) => env.find('stock.location', location)?.['usage'];

/** Storable goods are counted; other goods and services are not. */
export const isStorable = (env: Env, productId: unknown): boolean => {
  const template = env.find('product.template', env.find('product.product', productId)?.['product_tmpl_id']);
  if (env.major < 18) return template?.['detailed_type'] === 'product';
  return template?.['is_storable'] === true && template['type'] === 'consu';
};

export const available = (quant: Row) => minus(Number(quant['quantity']), Number(quant['reserved_quantity']));

/** A product's quants in a location and below it, first in first out. */
export function quantsAt(env: Env, productId: unknown, location: unknown): Row[] {
  return env
    .having('stock.quant', 'product_id', productId as number)
    .filter((quant) => isWithin(env, quant['location_id'], location));
}

/** An expired lot is not reserved and counts as not available (recording 05). */
export function isExpired(env: Env, quant: Row): boolean {
  const lot = env.find('stock.lot', quant['lot_id']);
  const removal = lot?.['removal_date'] || lot?.['expiration_date'];
  return typeof removal === 'string' && removal <= env.now;
}

/** On hand and free in the internal locations; the context's `warehouse_id` or `location` narrows it. */
export function stockOf(env: Env, productId: number): { quantity: number; free: number } {
  const root = contextRoot(env);
  const quants = env
    .having('stock.quant', 'product_id', productId)
    .filter((quant) =>
      root === undefined
        ? usageOf(env, quant['location_id']) === 'internal'
        : isWithin(env, quant['location_id'], root),
    );
  return {
    quantity: sum(quants.map((quant) => Number(quant['quantity']))),
    free: sum(quants.map(available)),
  };
}

/** `warehouse` in the context is ignored since 17; `warehouse_id` counts (recording 06). */
function contextRoot(env: Env): unknown {
  const { location, warehouse_id: warehouse } = env.context;
  if (location) return location;
  if (warehouse) return env.find('stock.warehouse', warehouse)?.['view_location_id'];
  return undefined;
}

/** What open moves will bring into and take out of the internal locations. */
export function demandOf(env: Env, productId: number): { incoming: number; outgoing: number } {
  let incoming = 0;
  let outgoing = 0;
  const root = contextRoot(env);
  const inside = (location: unknown) =>
    root === undefined ? usageOf(env, location) === 'internal' : isWithin(env, location, root);
  for (const move of env.having('stock.move', '_open_product', productId)) {
    const from = inside(move['location_id']);
    const to = inside(move['location_dest_id']);
    if (from && !to) outgoing = plus(outgoing, Number(move['product_uom_qty']));
    if (to && !from) incoming = plus(incoming, Number(move['product_uom_qty']));
  }
  return { incoming, outgoing };
}
