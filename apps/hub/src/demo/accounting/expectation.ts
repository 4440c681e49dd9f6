import { isPositive } from '@trunkline/canonical';
import type { CrmOrder } from './snapshot.ts';

/** Names that order data carry where a country belongs. */
const NO_COUNTRY = new Set(['', 'unspecified', 'european community']);

/**
 * Why an order must be refused, from the opportunity alone; empty when it must be accepted. This is the demo's own reading of the
 * rules, so that a hub which refuses too much or too little is found out.
 */
export function faultsOf(order: CrmOrder): readonly string[] {
  const faults: string[] = [];
  if (order.account === undefined) faults.push('no customer');
  else if (NO_COUNTRY.has(order.account.country.trim().toLowerCase())) faults.push('no country');
  if (order.account !== undefined && order.account.street.trim() === '') faults.push('no street');
  if (order.account !== undefined && order.account.city.trim() === '') faults.push('no city');
  if (order.lines.length === 0) faults.push('no lines');
  if (order.lines.some((line) => line.sku.trim() === '')) faults.push('line without a product');
  if (order.lines.some((line) => !isPositive(line.quantity))) faults.push('quantity not above zero');
  if (order.lines.some((line) => !isPositive(line.unitPrice))) faults.push('price not above zero');
  return faults;
}
