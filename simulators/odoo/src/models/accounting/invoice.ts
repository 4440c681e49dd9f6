import type { Env } from '../../orm/env.ts';
import { userError } from '../../orm/errors.ts';
import { char, date, many2many, many2one, monetary, one2many, selection } from '../../orm/field.ts';
import type { Row } from '../../orm/field.ts';
import type { Method, ModelDefinition } from '../../orm/model.ts';
import { linesOf, moveAmounts, paymentsOf, paymentState, productLinesOf, residualOf } from './amounts.ts';
import { balanceInvoice } from './invoice-line.ts';

const STATES = [
  ['draft', 'Draft'],
  ['posted', 'Posted'],
  ['cancel', 'Cancelled'],
] as const;

const TYPES = [
  ['entry', 'Journal Entry'],
  ['out_invoice', 'Customer Invoice'],
  ['out_refund', 'Customer Credit Note'],
  ['in_invoice', 'Vendor Bill'],
  ['in_refund', 'Vendor Credit Note'],
  ['out_receipt', 'Sales Receipt'],
  ['in_receipt', 'Purchase Receipt'],
] as const;

export const today = (env: Env) => env.now.slice(0, 10);

/** `INV/2026/00010`; each kind counts by itself, and a number is only given when the move is posted. */
export function nextNumber(env: Env, prefix: string): string {
  const series = `${prefix}/${today(env).slice(0, 4)}/`;
  return series + String(env.db.nextInSequence(series)).padStart(5, '0');
}

/** In the words of live servers. */
function noCustomer(env: Env): string {
  return env.major < 19
    ? "The field 'Customer' is required, please complete it to validate the Customer Invoice."
    : "The 'Customer' field is required to validate the invoice.\nYou probably don't want to explain to your auditor that you invoiced an invisible man :)";
}

function post(env: Env, moves: readonly Row[]): false {
  for (const move of moves) {
    if (move['state'] !== 'draft')
      throw userError(`The entry ${String(move['name'])} (id ${move.id}) must be in draft.`);
    if (String(move['move_type']).startsWith('out_') && !move['partner_id']) throw userError(noCustomer(env));
  }
  for (const move of moves)
    env.patch('account.move', move, {
      state: 'posted',
      name: move['name'] || nextNumber(env, move['move_type'] === 'out_refund' ? 'RINV' : 'INV'),
      invoice_date: move['invoice_date'] || today(env),
    });
  return false;
}

/** On 18 a draft lets go of its payments, on 19 it keeps them (recording 11). */
function backToDraft(env: Env, moves: readonly Row[]): undefined {
  for (const move of moves) {
    env.patch('account.move', move, { state: 'draft' });
    if (env.major >= 19) continue;
    for (const payment of paymentsOf(env, move)) env.patch('account.payment', payment, { _invoice: false });
  }
  return undefined;
}

const onMoves = (run: (env: Env, moves: Row[]) => unknown): Method => ({
  on: 'records',
  run: (env, ids) => run(env, env.browse('account.move', ids)),
});

function numberOf(env: Env, row: Row): string {
  const ref = row['ref'] ? ` (${String(row['ref'])})` : '';
  return row['state'] === 'draft' ? `Draft Invoice (* ${row.id})` : `${String(row['name'])}${ref}`;
}

export const invoice: ModelDefinition = {
  name: 'account.move',
  label: 'Journal Entry',
  order: 'date desc, name desc, invoice_date desc, id desc',
  displayName: numberOf,
  fields: {
    // 18 shows the name of a draft as `/`, 19 as empty.
    name: char('Number', {
      compute: (env, row) => row['name'] || (env.major < 19 ? '/' : false),
    }),
    state: selection('Status', STATES, { required: true, default: 'draft', indexed: true }),
    move_type: selection('Type', TYPES, { required: true, default: 'entry', indexed: true }),
    ref: char('Reference'),
    date: date('Date', { required: true, default: today }),
    invoice_date: date('Invoice/Bill Date'),
    invoice_date_due: date('Due Date', {
      compute: (env, row) => (row['move_type'] === 'entry' ? false : row['invoice_date'] || today(env)),
    }),
    invoice_origin: char('Origin'),
    partner_id: many2one('Partner', 'res.partner', { indexed: true }),
    journal_id: many2one('Journal', 'account.journal', { required: true, default: 1 }),
    currency_id: many2one('Currency', 'res.currency', { required: true, default: 1 }),
    company_id: many2one('Company', 'res.company', { default: 1 }),
    invoice_payment_term_id: many2one('Payment Terms', 'account.payment.term'),
    reversed_entry_id: many2one('Reversal of', 'account.move', { indexed: true }),
    reversal_move_ids: one2many('Reversal Move', 'account.move', 'reversed_entry_id'),
    line_ids: one2many('Journal Items', 'account.move.line', 'move_id'),
    invoice_line_ids: one2many('Invoice lines', 'account.move.line', 'move_id', {
      compute: (env, row) => productLinesOf(env, row).map((line) => line.id),
    }),
    matched_payment_ids: many2many('Matched Payments', 'account.payment', {
      compute: (env, row) => paymentsOf(env, row).map((one) => one.id),
    }),
    amount_untaxed: monetary('Untaxed Amount', { compute: (env, row) => moveAmounts(env, row).untaxed }),
    amount_tax: monetary('Tax', { compute: (env, row) => moveAmounts(env, row).tax }),
    amount_total: monetary('Total', { compute: (env, row) => moveAmounts(env, row).total }),
    amount_residual: monetary('Amount Due', { compute: residualOf }),
    payment_state: selection(
      'Payment Status',
      [
        ['not_paid', 'Not Paid'],
        ['in_payment', 'In Payment'],
        ['paid', 'Paid'],
        ['partial', 'Partially Paid'],
        ['reversed', 'Reversed'],
        ['blocked', 'Blocked'],
        ['invoicing_legacy', 'Invoicing App Legacy'],
      ],
      { compute: paymentState },
    ),
  },
  created: (env, row) => balanceInvoice(env, row),
  written: (env, row, values) => {
    if ('invoice_line_ids' in values) balanceInvoice(env, row);
  },
  beforeUnlink: (env, row) => {
    if (row['state'] === 'posted')
      throw userError(
        "You can't delete a posted journal item. Don’t play games with your accounting records; reset the journal entry to draft before deleting it.",
      );
    for (const line of linesOf(env, row)) env.remove('account.move.line', line);
  },
  methods: {
    action_post: onMoves(post),
    button_draft: onMoves(backToDraft),
    button_cancel: onMoves((env, moves) => {
      for (const move of moves) env.patch('account.move', move, { state: 'cancel' });
      return undefined;
    }),
  },
};
