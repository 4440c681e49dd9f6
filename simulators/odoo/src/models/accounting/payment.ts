import { minus } from '../../orm/decimal.ts';
import type { Env } from '../../orm/env.ts';
import { userError } from '../../orm/errors.ts';
import { boolean, char, date, many2many, many2one, monetary, selection } from '../../orm/field.ts';
import type { Row } from '../../orm/field.ts';
import type { ModelDefinition } from '../../orm/model.ts';
import { residualOf } from './amounts.ts';
import { nextNumber, today } from './invoice.ts';

/** The seeded bank journal and its one method. */
const BANK = 6;
const MANUAL = 1;

/** A payment's own entry, which carries its number. */
function book(env: Env, payment: Row): void {
  const name = nextNumber(env, 'PBNK1');
  const move = env.insert('account.move', {
    name,
    state: 'posted',
    move_type: 'entry',
    ref: payment['memo'] ?? false,
    date: payment['date'] ?? today(env),
    invoice_date: false,
    partner_id: payment['partner_id'] ?? false,
    journal_id: BANK,
    currency_id: 1,
    company_id: 1,
    reversed_entry_id: false,
    _amount: payment['amount'],
  });
  env.patch('account.payment', payment, { name, move_id: move.id });
}

export const payment: ModelDefinition = {
  name: 'account.payment',
  label: 'Payments',
  order: 'date desc, name desc',
  ownIndexes: ['_invoice'],
  fields: {
    name: char('Number'),
    state: selection(
      'State',
      [
        ['draft', 'Draft'],
        ['in_process', 'In Process'],
        ['paid', 'Paid'],
        ['canceled', 'Canceled'],
        ['rejected', 'Rejected'],
      ],
      { required: true, default: 'draft' },
    ),
    payment_type: selection(
      'Payment Type',
      [
        ['outbound', 'Send'],
        ['inbound', 'Receive'],
      ],
      { required: true, default: 'inbound' },
    ),
    partner_type: selection(
      'Partner Type',
      [
        ['customer', 'Customer'],
        ['supplier', 'Vendor'],
      ],
      { required: true, default: 'customer' },
    ),
    partner_id: many2one('Customer/Vendor', 'res.partner', { indexed: true }),
    amount: monetary('Amount'),
    date: date('Date', { required: true, default: today }),
    memo: char('Memo', { indexed: true, since: 18 }),
    ref: char('Memo', { until: 17, column: 'memo' }),
    move_id: many2one('Journal Entry', 'account.move'),
    journal_id: many2one('Journal', 'account.journal', { required: true, default: BANK }),
    payment_method_line_id: many2one('Payment Method', 'account.payment.method.line', { default: MANUAL }),
    currency_id: many2one('Currency', 'res.currency', { default: 1 }),
    company_id: many2one('Company', 'res.company', { required: true, default: 1 }),
    reconciled_invoice_ids: many2many('Reconciled Invoices', 'account.move', {
      compute: (_env, row) => (typeof row['_invoice'] === 'number' ? [row['_invoice']] : []),
    }),
    is_reconciled: boolean('Is Reconciled', { compute: (_env, row) => typeof row['_invoice'] === 'number' }),
    is_matched: boolean('Is Matched With a Bank Statement', { compute: () => false }),
  },
  methods: {
    action_post: {
      on: 'records',
      run: (env, ids) => {
        for (const row of env.browse('account.payment', ids)) {
          env.patch('account.payment', row, { state: 'in_process' });
          book(env, row);
        }
        return undefined;
      },
    },
  },
};

const REGISTER = 'account.payment.register';

const invoicesOf = (env: Env, wizard: Row) =>
  env.browse('account.move', (wizard['_invoices'] as number[]) || []);

const NOTHING_19 =
  "There's nothing left to pay for the selected journal items, so no payment registration is necessary. You've got your finances under control like a boss!";
const NOTHING_18 =
  "You can't register a payment because there is nothing left to pay on the selected journal items.";

export const paymentRegister: ModelDefinition = {
  name: REGISTER,
  label: 'Pay',
  fields: {
    amount: monetary('Amount'),
    payment_date: date('Payment Date', { required: true, default: today }),
    communication: char('Memo'),
    journal_id: many2one('Journal', 'account.journal', { default: BANK }),
    payment_method_line_id: many2one('Payment Method', 'account.payment.method.line', { default: MANUAL }),
    currency_id: many2one('Currency', 'res.currency', { default: 1 }),
    payment_difference: monetary('Payment Difference', {
      compute: (env, row) => {
        const [invoice] = invoicesOf(env, row);
        return invoice ? minus(residualOf(env, invoice), Number(row['amount'])) : 0;
      },
    }),
  },
  prepare: (env, values) => {
    const ids = env.context['active_model'] === 'account.move' ? env.context['active_ids'] : [];
    const invoices = env.browse('account.move', (ids as number[] | undefined) ?? []);
    const [invoice] = invoices;
    if (invoices.some((one) => one['state'] !== 'posted'))
      throw userError('You can only register payment for posted journal entries.');
    if (!invoice || residualOf(env, invoice) === 0) throw userError(env.major < 19 ? NOTHING_18 : NOTHING_19);
    values['_invoices'] = invoices.map((one) => one.id);
    values['amount'] ??= residualOf(env, invoice);
    values['communication'] ??= invoice['name'];
  },
  methods: {
    action_create_payments: {
      on: 'records',
      run: (env, ids) => env.browse(REGISTER, ids).map((wizard) => pay(env, wizard))[0],
    },
  },
};

function pay(env: Env, wizard: Row): unknown {
  const [invoice] = invoicesOf(env, wizard);
  if (!invoice) throw userError('There is no invoice to pay.');
  const made = env.insert('account.payment', {
    name: false,
    state: 'paid',
    payment_type: invoice['move_type'] === 'out_refund' ? 'outbound' : 'inbound',
    partner_type: 'customer',
    partner_id: invoice['partner_id'],
    amount: wizard['amount'],
    date: wizard['payment_date'],
    memo: wizard['communication'] ?? false,
    journal_id: wizard['journal_id'],
    payment_method_line_id: wizard['payment_method_line_id'],
    currency_id: invoice['currency_id'],
    company_id: 1,
    _invoice: invoice.id,
  });
  book(env, made);
  env.touch('account.move', invoice);
  return {
    name: 'Payments',
    type: 'ir.actions.act_window',
    res_model: 'account.payment',
    context: { create: false },
    view_mode: 'form',
    res_id: made.id,
  };
}
