import type { InventoryAdjust } from '@trunkline/canonical';

/**
 * What an adjustment is known by in Odoo for good, on its stock move. Warehouses number their adjustments each for itself, and one
 * number may stand for several products. Several references are joined by a comma and a space there, which none may hold itself.
 */
export function adjustmentReference({ site, adjustmentNumber, sku }: InventoryAdjust): string {
  return `${site}/${adjustmentNumber}/${sku}`.replaceAll(', ', ',');
}
