import type { Odoo } from '../external-ids.ts';
import { externalIdsOf } from '../external-ids.ts';
import { ORDER_DOCUMENT, type OrderDocument } from '../translators/order-in-erp.ts';
import type { Many2one } from '../values.ts';
import { datetimeFromOdoo, decimalFromOdoo, idOf, textOf } from '../values.ts';
import type { ChangeSource } from './change-stream.ts';
import { lineOf } from './outgoing-pickings.ts';

interface Row {
  readonly id: number;
  readonly name: string;
  readonly state: string;
  readonly write_date: string;
  readonly changedAt: string;
}

interface LineRow {
  readonly id: number;
  readonly order_id: [number, string];
  readonly product_id: Many2one;
  readonly product_uom_qty: number;
  /** `stock_move` for goods. */
  readonly qty_delivered_method: string;
  readonly write_date: string;
}

/**
 * Sales orders that the hub placed, with their lines of goods, to see what people change in them. Not every change of a line bumps its
 * order's stamp, so lines are followed by their own.
 *
 * @param ordersOf how the external ids of the orders begin that are handed out
 */
export function saleOrders(odoo: Odoo, ordersOf = 'so_'): ChangeSource<Row> {
  const call = odoo.client.call.bind(odoo.client);
  return {
    stream: 'orders',
    model: 'sale.order',
    document: ORDER_DOCUMENT,
    domain: [],
    children: [{ model: 'sale.order.line', parent: 'order_id', domain: [['display_type', '=', false]] }],
    page: 200,
    async rows(query, signal) {
      const fields = ['name', 'state', 'write_date'];
      const args = { ...query, fields, context: { active_test: false } };
      const rows = await call<Row[]>('sale.order', 'search_read', args, { signal });
      return rows.map((row) => ({ ...row, changedAt: datetimeFromOdoo(row.write_date) }));
    },
    async complete(rows, signal) {
      if (rows.length === 0) return [];
      const ids = rows.map(({ id }) => id);
      const domain = [
        ['order_id', 'in', ids],
        ['display_type', '=', false],
      ];
      const fields = ['order_id', 'product_id', 'product_uom_qty', 'qty_delivered_method', 'write_date'];
      const [names, lines] = await Promise.all([
        externalIdsOf(odoo, 'sale.order', ids, signal),
        call<LineRow[]>('sale.order.line', 'search_read', { domain, fields, order: 'id' }, { signal }),
      ]);
      const ours = lines.filter(
        ({ order_id, qty_delivered_method }) =>
          qty_delivered_method === 'stock_move' && names.get(order_id[0])?.startsWith(ordersOf) === true,
      );
      const [lineNames, skus] = await Promise.all([
        externalIdsOf(
          odoo,
          'sale.order.line',
          ours.map(({ id }) => id),
          signal,
        ),
        skusOf(odoo, ours, signal),
      ]);
      const linesOf = Map.groupBy(lines, ({ order_id }) => order_id[0]);
      const oursOf = Map.groupBy(ours, ({ order_id }) => order_id[0]);
      return rows.map(({ id, name, state, changedAt }) => {
        const children = (linesOf.get(id) ?? []).map((line) => ({
          model: 'sale.order.line',
          id: line.id,
          changedAt: datetimeFromOdoo(line.write_date),
        }));
        const key = names.get(id);
        if (key?.startsWith(ordersOf) !== true) return { id, changedAt, children };
        const payload: OrderDocument = {
          id,
          name,
          state,
          lines: (oursOf.get(id) ?? []).map((line) => ({
            line: lineOf(key, lineNames.get(line.id) ?? null),
            sku: skus.get(idOf(line.product_id) ?? 0) ?? null,
            ordered: decimalFromOdoo(line.product_uom_qty),
          })),
        };
        return { id, changedAt, children, message: { key, payload } };
      });
    },
  };
}

async function skusOf(odoo: Odoo, lines: readonly LineRow[], signal?: AbortSignal) {
  const ids = [...new Set(lines.map(({ product_id }) => idOf(product_id)).filter((id) => id !== null))];
  if (ids.length === 0) return new Map<number, string | null>();
  const read = { ids, fields: ['default_code'] };
  const products = await odoo.client.call<{ id: number; default_code: string | false }[]>(
    'product.product',
    'read',
    read,
    { signal },
  );
  return new Map(products.map(({ id, default_code }) => [id, textOf(default_code)]));
}
