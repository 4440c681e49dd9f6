import { priceFor } from '@trunkline/canonical';
import { readPriceLists, readProducts } from '../inbound/catalogue.ts';
import type { Odoo } from '../external-ids.ts';
import type { Check } from './check.ts';
import { expectEqual } from './check.ts';

export const catalogueChecks: readonly Check[] = [
  {
    name: 'products: unit, packs, barcode and tracking are read',
    async run({ odoo, masters, prefix }) {
      const first = masters.products[0];
      if (first === undefined) throw new Error('no product');
      await givePack(odoo, first.id, `${prefix} case`, `${prefix}-6`);
      await odoo.client.call('product.product', 'write', {
        ids: [first.id],
        vals: { barcode: `${prefix}-1` },
      });
      const [product] = await readProducts(odoo, [first.sku]);
      expectEqual(
        [product?.barcode, product?.tracking, product?.listPrice, product?.attributes, product?.packs],
        [
          `${prefix}-1`,
          'none',
          '9.8',
          [],
          [{ name: `${prefix} case`, quantity: '6', barcode: `${prefix}-6` }],
        ],
        'the product',
      );
      return `${first.sku} in ${product?.unit}, 6 in a case`;
    },
  },
  {
    name: 'price lists: the price of each break is what Odoo puts on an order',
    async run({ odoo, masters, prefix }) {
      const [first, second] = masters.products;
      if (first === undefined || second === undefined) throw new Error('no product');
      const name = `${prefix} trade`;
      const rule = (min_quantity: number, fixed_price: number) => [
        0,
        0,
        {
          applied_on: '0_product_variant',
          product_id: first.id,
          compute_price: 'fixed',
          min_quantity,
          fixed_price,
        },
      ];
      const [listId] = await odoo.client.call<number[]>('product.pricelist', 'create', {
        vals_list: [{ name, item_ids: [rule(10, 8.25), rule(100, 7.5), rule(1, 9)] }],
      });
      const [list] = await readPriceLists(odoo, [name]);
      const [article, other] = await readProducts(odoo, [first.sku, second.sku]);
      if (list === undefined || article === undefined || other === undefined)
        throw new Error('not read back');
      const asked = [
        [article, first.id, '1'],
        [article, first.id, '10'],
        [article, first.id, '99'],
        [article, first.id, '250'],
        [other, second.id, '10'],
      ] as const;
      const [partner] = await odoo.client.call<number[]>('res.partner', 'search', {
        domain: [['ref', '=', prefix]],
      });
      const [orderId] = await odoo.client.call<number[]>('sale.order', 'create', {
        vals_list: [
          {
            partner_id: partner ?? 0,
            pricelist_id: listId ?? 0,
            order_line: asked.map(([, id, quantity]) => [
              0,
              0,
              { product_id: id, product_uom_qty: Number(quantity) },
            ]),
          },
        ],
      });
      const lines = await odoo.client.call<{ price_unit: number }[]>('sale.order.line', 'search_read', {
        domain: [['order_id', '=', orderId ?? 0]],
        fields: ['price_unit'],
        order: 'id',
      });
      const now = new Date().toISOString();
      expectEqual(
        asked.map(([product, , quantity]) => Number(priceFor(list, product, quantity, now))),
        lines.map(({ price_unit }) => price_unit),
        'prices, ours instead of those on the order',
      );
      return lines.map(({ price_unit }) => price_unit).join(', ');
    },
  },
];

interface Given {
  readonly model: string;
  readonly id: number;
  /** The field that says how many are in it. */
  readonly quantity: string;
}

/** A pack of six. From 19 on it is a unit of measure. */
export async function givePack(odoo: Odoo, productId: number, name: string, barcode: string): Promise<Given> {
  const { major } = await odoo.client.server();
  if (major < 19) {
    const [pack] = await odoo.client.call<number[]>('product.packaging', 'create', {
      vals_list: [{ name, product_id: productId, qty: 6, barcode }],
    });
    return { model: 'product.packaging', id: pack ?? 0, quantity: 'qty' };
  }
  const [product] = await odoo.client.call<{ uom_id: [number, string] }[]>('product.product', 'read', {
    ids: [productId],
    fields: ['uom_id'],
  });
  const [unit] = await odoo.client.call<number[]>('uom.uom', 'create', {
    vals_list: [{ name, relative_factor: 6, relative_uom_id: product?.uom_id[0] ?? 0 }],
  });
  await odoo.client.call('product.product', 'write', {
    ids: [productId],
    vals: { uom_ids: [[4, unit ?? 0]] },
  });
  await odoo.client.call('product.uom', 'create', {
    vals_list: [{ product_id: productId, uom_id: unit ?? 0, barcode }],
  });
  return { model: 'uom.uom', id: unit ?? 0, quantity: 'relative_factor' };
}
