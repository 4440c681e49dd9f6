import type { Odoo } from '../external-ids.ts';
import {
  PRODUCT_DOCUMENT,
  type ProductDocument,
  productOf,
  type ProductRow,
} from '../translators/product.ts';
import { datetimeFromOdoo } from '../values.ts';
import type { ChangeSource } from './change-stream.ts';
import { linkedWithProducts, readProductParts, readProductRows } from './product-parts.ts';

type Row = ProductRow & { readonly changedAt: string };

/** Each of what a product shares with others is one question of its own, and masters change seldom. */
const LOOK_BEHIND_EVERY_MS = 15_000;

/** Products that can be named, archived ones too: every variant that has an internal reference. */
export function products(odoo: Odoo): ChangeSource<Row> {
  return {
    stream: 'products',
    model: 'product.product',
    document: PRODUCT_DOCUMENT,
    domain: [],
    children: [],
    linked: (signal) => linkedWithProducts(odoo, signal),
    lookBehindEveryMs: LOOK_BEHIND_EVERY_MS,
    // Of 2,500 products on a 19.0 pages of 200 take 44 calls, of 500 take 26: each asks anew for the few units and categories.
    page: 500,
    async rows(query, signal) {
      const rows = await readProductRows(odoo, query, signal);
      return rows.map((row) => ({ ...row, changedAt: datetimeFromOdoo(row.write_date) }));
    },
    async complete(rows, signal) {
      const parts = await readProductParts(odoo, rows, signal);
      return rows.map((row) => {
        const { id, changedAt } = row;
        const linkedAt = parts.get(id)?.changedAt ?? changedAt;
        const product = productOf(row, parts.get(id));
        if (product === undefined) return { id, changedAt, linkedAt, children: [] };
        const payload: ProductDocument = {
          ...product,
          id,
          categoryIds: [...product.categoryIds],
          attributes: [...product.attributes],
          packs: product.packs.map((pack) => ({ ...pack })),
        };
        return { id, changedAt, linkedAt, children: [], message: { key: `pr_${product.sku}`, payload } };
      });
    },
  };
}
