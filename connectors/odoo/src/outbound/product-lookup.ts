import { classifyOdooError } from '../error-classification.ts';
import type { Odoo } from '../external-ids.ts';
import type { Failure } from '../outcome.ts';

/** Database ids by internal reference (default_code). */
export type ProductIds = ReadonlyMap<string, number>;

/** What was found stays found for this long: a product that is archived in Odoo is refused there in the meantime. */
const KEPT_MS = 60_000;
const KEPT_AT_MOST = 50_000;

const known = new WeakMap<Odoo, Map<string, { readonly id: number; readonly untilMs: number }>>();

/** Products by internal reference, in one call for those not seen lately. A reference that Odoo has twice takes the older one. */
export async function resolveProducts(
  odoo: Odoo,
  skus: readonly string[],
  signal?: AbortSignal,
): Promise<ProductIds | Failure> {
  const kept = known.get(odoo) ?? new Map<string, { id: number; untilMs: number }>();
  known.set(odoo, kept);
  const nowMs = performance.now();
  const missing = [...new Set(skus)].filter((sku) => (kept.get(sku)?.untilMs ?? 0) < nowMs);
  if (missing.length > 0) {
    try {
      const rows = await odoo.client.call<{ id: number; default_code: string }[]>(
        'product.product',
        'search_read',
        { domain: [['default_code', 'in', missing]], fields: ['default_code'], order: 'id desc' },
        { signal },
      );
      if (kept.size + rows.length > KEPT_AT_MOST) kept.clear();
      for (const row of rows) kept.set(row.default_code, { id: row.id, untilMs: nowMs + KEPT_MS });
    } catch (error) {
      return classifyOdooError(error);
    }
  }
  return new Map(
    skus.flatMap((sku) => {
      const found = kept.get(sku);
      return found === undefined ? [] : [[sku, found.id] as const];
    }),
  );
}
