import type { Env } from '../../orm/env.ts';
import { boolean, char, float, many2many, many2one, monetary, selection } from '../../orm/field.ts';
import type { Row } from '../../orm/field.ts';
import type { ModelDefinition } from '../../orm/model.ts';
import { LINE, lineAmounts, linesOf, moveAmounts, residualOf } from './amounts.ts';

const DISPLAY_TYPES = [
  ['product', 'Product'],
  ['cogs', 'Cost of Goods Sold'],
  ['tax', 'Tax'],
  ['discount', 'Discount'],
  ['rounding', 'Rounding'],
  ['payment_term', 'Payment Term'],
  ['line_section', 'Section'],
  ['line_subsection', 'Subsection'],
  ['line_note', 'Note'],
  ['epd', 'Early Payment Discount'],
  ['non_deductible_product_total', 'Non Deductible Products Total'],
  ['non_deductible_product', 'Non Deductible Products'],
  ['non_deductible_tax', 'Non Deductible Tax'],
] as const;

const ONLY_19 = /^(line_subsection|non_deductible_)/;

/** The seeded accounts: receivable, sales, tax. */
const ACCOUNTS: Record<string, number> = { payment_term: 1, product: 2, tax: 3 };

const moveOf = (env: Env, line: Row) => env.get('account.move', line['move_id']);

/** Positive is debit: what the customer owes is, what was sold is not; a credit note turns all around. */
function balanceOf(env: Env, line: Row): number {
  const move = moveOf(env, line);
  const sign = move['move_type'] === 'out_refund' ? -1 : 1;
  const amounts = moveAmounts(env, move);
  if (line['display_type'] === 'payment_term') return sign * amounts.total;
  if (line['display_type'] === 'tax') return -sign * amounts.tax;
  return -sign * lineAmounts(env, line).untaxed || 0;
}

function residual(env: Env, line: Row): number {
  if (line['display_type'] !== 'payment_term') return 0;
  const move = moveOf(env, line);
  return (move['move_type'] === 'out_refund' ? -1 : 1) * residualOf(env, move);
}

/** Keeps one line for the tax, where there is any, and one for what is to pay, below the product lines. */
export function balanceInvoice(env: Env, move: Row): void {
  if (move['move_type'] === 'entry') return;
  const lines = linesOf(env, move);
  const { tax } = moveAmounts(env, move);
  keep(env, move, lines, 'tax', tax !== 0);
  keep(env, move, lines, 'payment_term', true);
}

function keep(env: Env, move: Row, lines: readonly Row[], type: string, wanted: boolean): void {
  const [line] = lines.filter((one) => one['display_type'] === type);
  if (line && !wanted) env.remove(LINE, line);
  if (!line && wanted)
    env.insert(LINE, {
      move_id: move.id,
      display_type: type,
      account_id: ACCOUNTS[type],
      product_id: false,
      quantity: 0,
      price_unit: 0,
      discount: 0,
      tax_ids: [],
      _sale_line: false,
      name: type === 'tax' ? '15%' : String(move['name'] || ''),
    });
}

export const invoiceLine: ModelDefinition = {
  name: LINE,
  label: 'Journal Item',
  order: 'move_id desc, id',
  ownIndexes: ['_sale_line'],
  fields: {
    move_id: many2one('Journal Entry', 'account.move', { required: true, indexed: true }),
    name: char('Label'),
    display_type: selection('Display Type', DISPLAY_TYPES, {
      required: true,
      default: 'product',
      before19: { selection: DISPLAY_TYPES.filter(([type]) => !ONLY_19.test(type)) },
    }),
    account_id: many2one('Account', 'account.account', { default: ACCOUNTS['product'] ?? 2 }),
    product_id: many2one('Product', 'product.product'),
    quantity: float('Quantity', { default: 1 }),
    price_unit: float('Unit Price'),
    discount: float('Discount (%)', { default: 0 }),
    tax_ids: many2many('Taxes', 'account.tax'),
    sale_line_ids: many2many('Sales Order Lines', 'sale.order.line', {
      compute: (_env, row) => (typeof row['_sale_line'] === 'number' ? [row['_sale_line']] : []),
    }),
    partner_id: many2one('Partner', 'res.partner', {
      compute: (env, row) => moveOf(env, row)['partner_id'] ?? false,
    }),
    balance: monetary('Balance', { compute: balanceOf }),
    debit: monetary('Debit', { compute: (env, row) => Math.max(0, balanceOf(env, row)) }),
    credit: monetary('Credit', { compute: (env, row) => Math.max(0, -balanceOf(env, row)) }),
    price_subtotal: monetary('Subtotal', { compute: (env, row) => lineAmounts(env, row).untaxed }),
    price_total: monetary('Total', { compute: (env, row) => lineAmounts(env, row).total }),
    amount_residual: monetary('Residual Amount', { compute: residual }),
    reconciled: boolean('Reconciled', {
      compute: (env, row) =>
        row['display_type'] === 'payment_term' &&
        moveOf(env, row)['state'] === 'posted' &&
        residual(env, row) === 0,
    }),
  },
};

/** A product line of a move, from a line of an order or of another move. */
export function addProductLine(
  env: Env,
  move: Row,
  from: Row,
  quantity: number,
  saleLine: Row['id'] | false,
): void {
  env.insert(LINE, {
    move_id: move.id,
    display_type: 'product',
    account_id: ACCOUNTS['product'],
    name: from['name'],
    product_id: from['product_id'],
    quantity,
    price_unit: from['price_unit'],
    discount: from['discount'] || 0,
    tax_ids: from['tax_ids'] || [],
    _sale_line: saleLine,
  });
}
