import { minus, plus, sum, times } from '../../orm/decimal.ts';
import type { Env } from '../../orm/env.ts';
import type { Row } from '../../orm/field.ts';
import { lineAmounts, orderAmounts, linesOfOrder } from '../sale-amounts.ts';
import { moveAmounts, residualOf } from './amounts.ts';
import { toInvoiceOf } from './sale-invoicing.ts';

/** A customer's whole tree: figures are kept for the company at its top. */
function family(env: Env, partner: Row): Row[] {
  const parent = env.find('res.partner', partner['parent_id']);
  if (parent && partner['is_company'] !== true) return family(env, parent);
  const below = (row: Row): Row[] => [row, ...env.having('res.partner', 'parent_id', row.id).flatMap(below)];
  return below(partner);
}

const movesOf = (env: Env, partner: Row) =>
  family(env, partner)
    .flatMap((one) => env.having('account.move', 'partner_id', one.id))
    .filter((move) => move['state'] === 'posted' && move['move_type'] !== 'entry');

const signOf = (move: Row) => (move['move_type'] === 'out_refund' ? -1 : 1);

/** Posted and not paid, less payments that stand for no invoice. */
export function creditOf(env: Env, partner: Row): number {
  const due = sum(movesOf(env, partner).map((move) => signOf(move) * residualOf(env, move)));
  const loose = family(env, partner)
    .flatMap((one) => env.having('account.payment', 'partner_id', one.id))
    .filter((one) => one['move_id'] && typeof one['_invoice'] !== 'number')
    .map((one) => Number(one['amount']));
  return minus(due, sum(loose));
}

export const invoicedTo = (env: Env, partner: Row) =>
  sum(movesOf(env, partner).map((move) => signOf(move) * moveAmounts(env, move).untaxed));

/** Confirmed and not invoiced, with tax. */
export function creditToInvoiceOf(env: Env, partner: Row): number {
  const orders = family(env, partner)
    .flatMap((one) => env.having('sale.order', 'partner_id', one.id))
    .filter((order) => order['state'] === 'sale');
  return sum(
    orders.flatMap((order) =>
      linesOfOrder(env, order).map((line) => {
        const ordered = Number(line['product_uom_qty']);
        const open = ordered === 0 ? 0 : Math.max(0, toInvoiceOf(env, line)) / ordered;
        return times(lineAmounts(env, line).total, open);
      }),
    ),
  );
}

const dollars = (amount: number) => `$\u00a0${amount.toFixed(2).replace(/\B(?=(\d{3})+(?!\d))/g, ',')}`;

/** A warning and no more: the confirmation goes through all the same (recording 12). */
export function creditWarning(env: Env, order: Row): string {
  const partner = env.find('res.partner', order['partner_id']);
  if (partner?.['use_partner_credit_limit'] !== true) return '';
  const limit = Number(partner['credit_limit']);
  const own = order['state'] === 'sale' ? 0 : orderAmounts(env, order).total;
  const due = plus(plus(creditOf(env, partner), creditToInvoiceOf(env, partner)), own);
  if (due <= limit) return '';
  return `${String(partner['name'])} has reached its credit limit of: ${dollars(limit)}\nTotal amount due (including sales orders and this document): ${dollars(due)}`;
}
