import { minus, plus } from '../../orm/decimal.ts';
import type { Env } from '../../orm/env.ts';
import { userError } from '../../orm/errors.ts';
import { boolean, many2many, selection } from '../../orm/field.ts';
import type { Row } from '../../orm/field.ts';
import type { ModelDefinition } from '../../orm/model.ts';
import { deliveredOf } from '../../stock/delivered.ts';
import { linesOfOrder } from '../sale-amounts.ts';
import { LINE } from './amounts.ts';
import { addProductLine, balanceInvoice } from './invoice-line.ts';

export const invoiceLinesOf = (env: Env, saleLine: Row) => env.having(LINE, '_sale_line', saleLine.id);

/** Drafts count; a credit note takes off. */
export function invoicedOf(env: Env, saleLine: Row): number {
  let invoiced = 0;
  for (const line of invoiceLinesOf(env, saleLine)) {
    const move = env.get('account.move', line['move_id']);
    if (move['state'] === 'cancel') continue;
    const quantity = Number(line['quantity']);
    invoiced = move['move_type'] === 'out_refund' ? minus(invoiced, quantity) : plus(invoiced, quantity);
  }
  return invoiced;
}

/** By the product's policy: of what was delivered, or of what was ordered. */
export function toInvoiceOf(env: Env, line: Row): number {
  if (env.find('sale.order', line['order_id'])?.['state'] !== 'sale') return 0;
  const product = env.find('product.product', line['product_id']);
  const policy = env.find('product.template', product?.['product_tmpl_id'])?.['invoice_policy'];
  const due = policy === 'delivery' ? deliveredOf(env, line) : Number(line['product_uom_qty']);
  return minus(due, invoicedOf(env, line));
}

export function lineInvoiceStatus(env: Env, line: Row): string {
  if (env.find('sale.order', line['order_id'])?.['state'] !== 'sale') return 'no';
  if (toInvoiceOf(env, line) !== 0) return 'to invoice';
  return invoicedOf(env, line) >= Number(line['product_uom_qty']) ? 'invoiced' : 'no';
}

/** The invoices and credit notes of an order, oldest first. */
export function invoicesOfOrder(env: Env, order: Row): number[] {
  const ids = linesOfOrder(env, order).flatMap((line) =>
    invoiceLinesOf(env, line).map((one) => Number(one['move_id'])),
  );
  return [...new Set(ids)].sort((a, b) => a - b);
}

const NOTHING =
  "Cannot create an invoice. No items are available to invoice.\n\nTo resolve this issue, please ensure that:\n   \u2022 The products have been delivered before attempting to invoice them.\n   \u2022 The invoicing policy of the product is configured correctly.\n\nIf you want to invoice based on ordered quantities instead:\n   \u2022 For consumable or storable products, open the product, go to the 'General Information' tab and change the 'Invoicing Policy' from 'Delivered Quantities' to 'Ordered Quantities'.\n   \u2022 For services (and other products), change the 'Invoicing Policy' to 'Prepaid/Fixed Price'.\n";

/** One invoice over the orders, which are of one customer. */
function invoiceOrders(env: Env, orders: readonly Row[]): Row | undefined {
  const lines = orders.flatMap((order) =>
    linesOfOrder(env, order).filter((line) => toInvoiceOf(env, line) > 0),
  );
  const [order] = orders;
  if (lines.length === 0 || order === undefined) return undefined;
  const names = orders.map((one) => String(one['name'])).join(', ');
  const references = orders.flatMap((one) => one['client_order_ref'] || []).join(', ');
  const move = env.insert('account.move', {
    name: false,
    state: 'draft',
    move_type: 'out_invoice',
    date: env.now.slice(0, 10),
    invoice_date: false,
    invoice_origin: names,
    // 19 puts the order's number where the customer gave none.
    ref: references || (env.major < 19 ? '' : names),
    partner_id: order['partner_invoice_id'],
    journal_id: 1,
    currency_id: order['currency_id'],
    company_id: 1,
    invoice_payment_term_id: order['payment_term_id'] ?? false,
    reversed_entry_id: false,
  });
  for (const line of lines) addProductLine(env, move, line, toInvoiceOf(env, line), line.id);
  balanceInvoice(env, move);
  return move;
}

/** Orders of one customer share an invoice unless the wizard was told otherwise (code of 17 to 19). */
function createInvoices(env: Env, wizard: Row): unknown {
  const orders = env.browse('sale.order', (wizard['sale_order_ids'] as number[]) || []);
  const shared = (one: Row) =>
    env.major < 17 || wizard['consolidated_billing']
      ? `${String(one['partner_invoice_id'])} ${String(one['currency_id'])}`
      : one.id;
  const made = [...Map.groupBy(orders, shared).values()].flatMap((group) => invoiceOrders(env, group) ?? []);
  const [first] = made;
  const [order] = orders;
  if (!first || !order) throw userError(NOTHING);
  return window(env, first, order, made.length);
}

function window(env: Env, invoice: Row, order: Row, count: number): unknown {
  const v18 = env.major < 19;
  return {
    id: 268,
    display_name: 'Invoices',
    name: 'Invoices',
    type: 'ir.actions.act_window',
    xml_id: 'account.action_move_out_invoice_type',
    path: 'invoicing',
    help: '',
    binding_model_id: false,
    binding_type: 'action',
    binding_view_types: 'list,form',
    view_id: [v18 ? 731 : 759, 'account.out.invoice.list'],
    domain: v18
      ? "[('move_type', 'in', ['out_invoice', 'out_refund'])]"
      : "[('move_type', 'in', ['out_invoice', 'out_refund', 'out_receipt'])]",
    context: {
      default_move_type: 'out_invoice',
      default_partner_id: order['partner_id'],
      default_partner_shipping_id: order['partner_shipping_id'],
      default_invoice_payment_term_id: null,
      ...(v18 ? { default_invoice_origin: order['name'] } : {}),
    },
    ...(count === 1 ? { res_id: invoice.id } : {}),
    res_model: 'account.move',
    target: 'current',
    view_mode: 'list,kanban,form,activity',
    mobile_view_mode: 'kanban',
    views: [
      [v18 ? 738 : 765, 'form'],
      [v18 ? 731 : 759, 'list'],
      [false, 'kanban'],
      [false, 'activity'],
    ],
    limit: 80,
    [v18 ? 'groups_id' : 'group_ids']: [],
    search_view_id: [v18 ? 741 : 768, 'account.invoice.select'],
    embedded_action_ids: [],
    filter: false,
    ...(v18 ? {} : { cache: true }),
  };
}

export const invoiceWizard: ModelDefinition = {
  name: 'sale.advance.payment.inv',
  label: 'Sales Advance Payment Invoice',
  fields: {
    advance_payment_method: selection(
      'Create Invoice',
      [
        ['delivered', 'Regular invoice'],
        ['percentage', 'Down payment (percentage)'],
        ['fixed', 'Down payment (fixed amount)'],
      ],
      { required: true, default: 'delivered' },
    ),
    sale_order_ids: many2many('Sale Order', 'sale.order', {
      default: (env) => (env.context['active_ids'] as number[] | undefined) ?? [],
    }),
    consolidated_billing: boolean('Consolidated Billing', { default: true, since: 17 }),
  },
  methods: {
    create_invoices: {
      on: 'records',
      run: (env, ids) =>
        env.browse('sale.advance.payment.inv', ids).map((row) => createInvoices(env, row))[0],
    },
  },
};
