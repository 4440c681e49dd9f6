import { Decimal } from 'decimal.js';
import { cents, sum, times } from '../orm/decimal.ts';
import type { Env } from '../orm/env.ts';
import type { Row } from '../orm/field.ts';

export interface Amounts {
  readonly untaxed: number;
  readonly tax: number;
  readonly total: number;
}

export const linesOfOrder = (env: Env, order: Row) => env.having('sale.order.line', 'order_id', order.id);

export function lineAmounts(env: Env, line: Row): Amounts {
  const share = new Decimal(100).minus(Number(line['discount'])).div(100).toNumber();
  const untaxed = cents(times(Number(line['price_unit']), Number(line['product_uom_qty']), share));
  const rate = sum(
    ((line['tax_ids'] as number[]) ?? []).map((id) => Number(env.find('account.tax', id)?.['amount'] ?? 0)),
  );
  const tax = cents(new Decimal(untaxed).times(rate).div(100).toNumber());
  return { untaxed, tax, total: sum([untaxed, tax]) };
}

export function orderAmounts(env: Env, order: Row): Amounts {
  const lines = linesOfOrder(env, order).map((line) => lineAmounts(env, line));
  const untaxed = sum(lines.map((line) => line.untaxed));
  const tax = sum(lines.map((line) => line.tax));
  return { untaxed, tax, total: sum([untaxed, tax]) };
}
