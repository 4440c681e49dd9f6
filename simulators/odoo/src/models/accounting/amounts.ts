import { Decimal } from 'decimal.js';
import { cents, minus, sum, times } from '../../orm/decimal.ts';
import type { Env } from '../../orm/env.ts';
import type { Row } from '../../orm/field.ts';
import type { Amounts } from '../sale-amounts.ts';

export const LINE = 'account.move.line';

export const linesOf = (env: Env, move: Row) => env.having(LINE, 'move_id', move.id);

export const productLinesOf = (env: Env, move: Row) =>
  linesOf(env, move).filter((line) => line['display_type'] === 'product');

export function lineAmounts(env: Env, line: Row): Amounts {
  const share = new Decimal(100).minus(Number(line['discount'])).div(100).toNumber();
  const untaxed = cents(times(Number(line['price_unit']), Number(line['quantity']), share));
  const rate = sum(
    ((line['tax_ids'] as number[]) || []).map((id) => Number(env.find('account.tax', id)?.['amount'] ?? 0)),
  );
  const tax = cents(new Decimal(untaxed).times(rate).div(100).toNumber());
  return { untaxed, tax, total: sum([untaxed, tax]) };
}

export function moveAmounts(env: Env, move: Row): Amounts {
  if (move['move_type'] === 'entry') {
    const amount = Number(move['_amount'] || 0);
    return { untaxed: amount, tax: 0, total: amount };
  }
  const lines = productLinesOf(env, move).map((line) => lineAmounts(env, line));
  const untaxed = sum(lines.map((line) => line.untaxed));
  const tax = sum(lines.map((line) => line.tax));
  return { untaxed, tax, total: sum([untaxed, tax]) };
}

export const paymentsOf = (env: Env, move: Row) => env.having('account.payment', '_invoice', move.id);

/** What is still to pay of an invoice. */
export function residualOf(env: Env, move: Row): number {
  if (move['move_type'] === 'entry') return 0;
  return minus(moveAmounts(env, move).total, sum(paymentsOf(env, move).map((one) => Number(one['amount']))));
}

export function paymentState(env: Env, move: Row): string {
  const { total } = moveAmounts(env, move);
  const residual = residualOf(env, move);
  if (move['move_type'] === 'entry' || residual === total) return 'not_paid';
  return residual <= 0 ? 'paid' : 'partial';
}
