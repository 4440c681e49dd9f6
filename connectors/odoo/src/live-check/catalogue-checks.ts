import { readProducts } from '../inbound/catalogue.ts';
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
