import type { Call } from '../orm/call.ts';
import type { Env } from '../orm/env.ts';
import type { Row, Values } from '../orm/field.ts';

/** One key for what a call is about in any other model: two such calls are in each other's way. */
const SAME = ['same'];

/**
 * The rows that two transactions cannot both change: of stock the products, and of counts that are applied their locations, which are
 * stamped with the day of the count (tried on 19.0 and 18.0).
 */
export function touchedStock(env: Env, { model, method, ids = [], args }: Call): readonly string[] {
  const all = (of: string, column: string): Row[] => ids.flatMap((id) => env.having(of, column, id));
  const products = (rows: readonly (Row | Values)[]) =>
    rows.map((row) => `product ${String(row['product_id'])}`);
  switch (model) {
    case 'sale.order':
      return products(all('sale.order.line', 'order_id'));
    case 'stock.picking':
      return products(all('stock.move', 'picking_id'));
    case 'stock.move':
      return products(ids.flatMap((id) => env.find('stock.move', id) ?? []));
    case 'stock.quant': {
      const created = Array.isArray(args['vals_list']) ? (args['vals_list'] as Values[]) : [];
      const quants = [...ids.flatMap((id) => env.find('stock.quant', id) ?? []), ...created];
      const applied = method === 'action_apply_inventory' ? quants : [];
      return [...products(quants), ...applied.map((quant) => `location ${String(quant['location_id'])}`)];
    }
    default:
      return SAME;
  }
}
