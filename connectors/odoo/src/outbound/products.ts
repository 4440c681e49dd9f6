import { classifyOdooError } from '../error-classification.ts';
import type { Odoo } from '../external-ids.ts';
import type { Outcome } from '../outcome.ts';
import { load } from '../load.ts';
import type { DecimalString } from '../values.ts';
import { differencesOf } from '../version-differences.ts';
import { withoutUndefined } from './partners.ts';

export interface ProductToUpsert {
  /** External id without its module. */
  readonly externalId: string;
  /** Odoo's "Internal Reference". */
  readonly sku: string;
  readonly name: string;
  readonly listPrice?: DecimalString;
  readonly gtin?: string;
  /** Whether Odoo wants a lot or a serial with each movement. Left out: as it is, `none` for a new product. */
  readonly tracking?: 'none' | 'lot' | 'serial';
  /** Lots carry dates (needs product_expiry). */
  readonly expires?: boolean;
  /** Kilograms. */
  readonly weight?: DecimalString;
}

export type ProductOutcome = Outcome<{ readonly productId: number }>;

/**
 * Creates or updates products that Odoo keeps stock of, in their base unit. Fields that are
 * left out stay as they are. @returns one outcome per product, in order
 */
export async function upsertProducts(
  odoo: Odoo,
  products: readonly ProductToUpsert[],
  signal?: AbortSignal,
): Promise<ProductOutcome[]> {
  let storable: Readonly<Record<string, string>>;
  try {
    storable = differencesOf((await odoo.client.server({ signal })).major).storableProduct;
  } catch (error) {
    const failure = classifyOdooError(error);
    return products.map(() => failure);
  }
  const records = products.map(({ externalId, sku, name, listPrice, gtin, weight, tracking, expires }) => ({
    externalId,
    cells: {
      ...storable,
      ...withoutUndefined({
        default_code: sku,
        name,
        list_price: listPrice,
        barcode: gtin,
        weight,
        tracking,
        use_expiration_date: expires === undefined ? undefined : expires ? 'True' : 'False',
      }),
    },
  }));
  const outcomes = await load(odoo, 'product.product', records, { signal });
  return outcomes.map((outcome) =>
    outcome.kind === 'succeeded' ? { kind: 'succeeded', productId: outcome.id } : outcome,
  );
}
