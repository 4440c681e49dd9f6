import type { Env } from '../orm/env.ts';
import { userError } from '../orm/errors.ts';
import {
  boolean,
  char,
  date,
  datetime,
  html,
  many2many,
  many2one,
  monetary,
  one2many,
  selection,
  text,
} from '../orm/field.ts';
import type { Row, Values } from '../orm/field.ts';
import type { Method, ModelDefinition } from '../orm/model.ts';
import { deliveredOf } from '../stock/delivered.ts';
import { isOpen } from '../stock/states.ts';
import { creditWarning } from './accounting/credit.ts';
import { invoicesOfOrder, lineInvoiceStatus } from './accounting/sale-invoicing.ts';
import { addressOf } from './partner.ts';
import { cancelPicking } from './picking.ts';
import { linesOfOrder, orderAmounts } from './sale-amounts.ts';
import { isConfirmed, isLocked, ORDER_STATES, ORDER_STATES_16 } from './sale-states.ts';
import { procure } from './sale-procure.ts';

export const pickingsOf = (env: Env, order: Row) => env.having('stock.picking', 'sale_id', order.id);

/** Nothing once all is cancelled, `full` once nothing is open, `started` while only an internal step is done. */
export function deliveryStatus(env: Env, order: Row): string | false {
  const pickings = pickingsOf(env, order);
  if (pickings.every((picking) => picking['state'] === 'cancel')) return false;
  if (!pickings.some(isOpen)) return 'full';
  if (!pickings.some((picking) => picking['state'] === 'done')) return 'pending';
  return linesOfOrder(env, order).some((line) => deliveredOf(env, line) !== 0) ? 'partial' : 'started';
}

function invoiceStatus(env: Env, order: Row): string {
  if (!isConfirmed(order)) return 'no';
  const statuses = linesOfOrder(env, order).map((line) => lineInvoiceStatus(env, line));
  if (statuses.includes('to invoice')) return 'to invoice';
  return statuses.length > 0 && statuses.every((status) => status === 'invoiced') ? 'invoiced' : 'no';
}

function notToConfirm(env: Env, orders: readonly Row[]): string {
  if (env.major < 17) return 'It is not allowed to confirm an order in the following states: done, cancel';
  const names = orders.map((order) => String(order['name'])).join(', ');
  return env.major < 18
    ? `The following orders are not in a state requiring confirmation: ${names}`
    : 'Some orders are not in a state requiring confirmation.';
}

/** 16 lets an order that is confirmed be confirmed again, and does nothing. */
function confirm(env: Env, orders: readonly Row[]): boolean {
  const others = orders.filter((order) => order['state'] !== 'draft' && order['state'] !== 'sent');
  const refused = env.major < 17 ? others.filter((order) => order['state'] !== 'sale') : others;
  if (refused.length > 0) throw userError(notToConfirm(env, refused));
  for (const order of orders) {
    env.patch('sale.order', order, { state: 'sale', date_order: env.now });
    if (!others.includes(order)) procure(env, order);
  }
  return true;
}

/** 19 cancels at once, even a delivered order; 18 asks first for any order that is not a draft (recording 14). */
function cancel(env: Env, orders: readonly Row[]): unknown {
  if (orders.some(isLocked)) throw userError('You cannot cancel a locked order. Please unlock it first.');
  const asks = env.major < 19 && !env.context['disable_cancel_warning'];
  const [first] = orders;
  if (asks && first && orders.some((order) => order['state'] !== 'draft'))
    return {
      name: 'Cancel Sales Order',
      view_mode: 'form',
      res_model: 'sale.order.cancel',
      view_id: 1359,
      type: 'ir.actions.act_window',
      context: {
        default_template_id: 23,
        default_order_id: first.id,
        mark_so_as_canceled: true,
        default_email_layout_xmlid: 'mail.mail_notification_layout_with_responsible_signature',
        model_description: 'Sales Order',
      },
      target: 'new',
    };
  for (const order of orders) {
    for (const picking of pickingsOf(env, order)) if (isOpen(picking)) cancelPicking(env, picking);
    for (const invoice of env.existing('account.move', invoicesOfOrder(env, order)))
      if (invoice['state'] === 'draft') env.patch('account.move', invoice, { state: 'cancel' });
    env.patch('sale.order', order, { state: 'cancel' });
  }
  return true;
}

const onOrders = (run: (env: Env, orders: Row[]) => unknown): Method => ({
  on: 'records',
  run: (env, ids) => run(env, env.browse('sale.order', ids)),
});

const setAll = (patch: Record<string, string | boolean>, result: unknown) =>
  onOrders((env, orders) => {
    for (const order of orders) env.patch('sale.order', order, patch);
    return result;
  });

function fillIn(env: Env, values: Values): void {
  const customer = env.find('res.partner', values['partner_id']);
  if (!customer) return;
  const shipping = addressOf(env, customer, 'delivery');
  values['partner_shipping_id'] ||= shipping.id;
  values['partner_invoice_id'] ||= addressOf(env, customer, 'invoice').id;
  values['fiscal_position_id'] ??= fiscalPosition(env, values['partner_shipping_id'], customer);
  values['pricelist_id'] ||= env.db.table('product.pricelist').rows.keys().next().value;
}

/** The recorded 19 server maps customers with a country to an exempt position; the 18 one had no positions. */
function fiscalPosition(env: Env, shippingId: unknown, customer: Row): number | false {
  const [position] = env.db.table('account.fiscal.position').rows.keys();
  const country = env.find('res.partner', shippingId)?.['country_id'] || customer['country_id'];
  return position !== undefined && country ? position : false;
}

export const saleOrder: ModelDefinition = {
  name: 'sale.order',
  label: 'Sales Order',
  order: 'date_order desc, id desc',
  searchNames: ['client_order_ref'],
  fields: {
    create_date: datetime('Creation Date', { readonly: true }),
    name: char('Order Reference', { required: true, default: 'New', indexed: true }),
    state: selection('Status', ORDER_STATES, {
      readonly: true,
      default: 'draft',
      indexed: true,
      before17: { selection: ORDER_STATES_16 },
    }),
    locked: boolean('Locked', { default: false, since: 17 }),
    partner_id: many2one('Customer', 'res.partner', { required: true, indexed: true }),
    partner_invoice_id: many2one('Invoice Address', 'res.partner', { required: true, indexed: true }),
    partner_shipping_id: many2one('Delivery Address', 'res.partner', { required: true, indexed: true }),
    client_order_ref: char('Customer Reference', { indexed: true }),
    origin: char('Source Document', { indexed: true }),
    note: html('Terms and conditions'),
    date_order: datetime('Order Date', { required: true, default: (env) => env.now }),
    commitment_date: datetime('Delivery Date'),
    expected_date: datetime('Expected Date', { compute: (_env, row) => row['date_order'] ?? false }),
    validity_date: date('Expiration'),
    picking_policy: selection(
      'Shipping Policy',
      [
        ['direct', 'As soon as possible'],
        ['one', 'When all products are ready'],
      ],
      { required: true, default: 'direct' },
    ),
    warehouse_id: many2one('Warehouse', 'stock.warehouse', {
      required: true,
      default: (env) => env.db.table('stock.warehouse').rows.keys().next().value ?? false,
    }),
    company_id: many2one('Company', 'res.company', { required: true, default: 1 }),
    currency_id: many2one('Currency', 'res.currency', { default: 1 }),
    pricelist_id: many2one('Pricelist', 'product.pricelist'),
    fiscal_position_id: many2one('Fiscal Position', 'account.fiscal.position'),
    payment_term_id: many2one('Payment Terms', 'account.payment.term'),
    user_id: many2one('Salesperson', 'res.users', { default: (env) => env.user.uid }),
    team_id: many2one('Sales Team', 'crm.team'),
    opportunity_id: many2one('Opportunity', 'crm.lead', { indexed: true }),
    carrier_id: many2one('Delivery Method', 'delivery.carrier'),
    order_line: one2many('Order Lines', 'sale.order.line', 'order_id'),
    picking_ids: one2many('Transfers', 'stock.picking', 'sale_id'),
    invoice_ids: many2many('Invoices', 'account.move', { compute: invoicesOfOrder }),
    partner_credit_warning: text('Partner Credit Warning', { compute: creditWarning }),
    amount_untaxed: monetary('Untaxed Amount', { compute: (env, row) => orderAmounts(env, row).untaxed }),
    amount_tax: monetary('Taxes', { compute: (env, row) => orderAmounts(env, row).tax }),
    amount_total: monetary('Total', { compute: (env, row) => orderAmounts(env, row).total }),
    delivery_status: selection(
      'Delivery Status',
      [
        ['pending', 'Not Delivered'],
        ['started', 'Started'],
        ['partial', 'Partially Delivered'],
        ['full', 'Fully Delivered'],
      ],
      { compute: deliveryStatus },
    ),
    invoice_status: selection(
      'Invoice Status',
      [
        ['upselling', 'Upselling Opportunity'],
        ['invoiced', 'Fully Invoiced'],
        ['to invoice', 'To Invoice'],
        ['no', 'Nothing to Invoice'],
      ],
      { compute: invoiceStatus },
    ),
  },
  prepare: (env, values) => {
    fillIn(env, values);
    if (values['name'] === 'New' && values['partner_id'])
      values['name'] = `S${String(env.db.nextInSequence('sale.order')).padStart(5, '0')}`;
  },
  beforeUnlink: (env, row) => {
    if (row['state'] !== 'draft' && row['state'] !== 'cancel')
      throw userError(
        'You can not delete a sent quotation or a confirmed sales order. You must first cancel it.',
      );
    for (const line of linesOfOrder(env, row)) env.remove('sale.order.line', line);
  },
  methods: {
    action_confirm: onOrders(confirm),
    action_cancel: onOrders(cancel),
    action_draft: onOrders((env, orders) => {
      for (const order of orders)
        if (order['state'] === 'cancel' || order['state'] === 'sent')
          env.patch('sale.order', order, { state: 'draft' });
      return true;
    }),
    action_lock: { ...setAll({ locked: true }, undefined), since: 17 },
    action_done: { ...setAll({ state: 'done' }, undefined), until: 16 },
    action_unlock: onOrders((env, orders) => {
      const patch = env.major < 17 ? { state: 'sale' } : { locked: false };
      for (const order of orders) env.patch('sale.order', order, patch);
    }),
  },
};
