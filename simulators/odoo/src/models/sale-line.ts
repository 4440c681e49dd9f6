import { minus } from '../orm/decimal.ts';
import type { Env } from '../orm/env.ts';
import { userError } from '../orm/errors.ts';
import { float, integer, many2many, many2one, monetary, one2many, selection, text } from '../orm/field.ts';
import type { Row, Values } from '../orm/field.ts';
import type { ModelDefinition } from '../orm/model.ts';
import { deliveredOf } from '../stock/delivered.ts';
import { invoicedOf, invoiceLinesOf, lineInvoiceStatus, toInvoiceOf } from './accounting/sale-invoicing.ts';
import { priceOf } from './pricelist.ts';
import { lineAmounts } from './sale-amounts.ts';
import { isConfirmed, isLocked, ORDER_STATES, ORDER_STATES_16 } from './sale-states.ts';
import { changeDemand, isGoods } from './sale-procure.ts';

const orderOf = (env: Env, line: Row) => env.find('sale.order', line['order_id']);

function displayName(env: Env, row: Row): string {
  const order = orderOf(env, row);
  const reference = env.find('res.partner', order?.['partner_id'])?.['ref'];
  const name = String(row['name'] || '').split('\n')[0];
  return `${String(order?.['name'] ?? '')} - ${name}${reference ? ` (${String(reference)})` : ''}`;
}

function fillIn(env: Env, values: Values): void {
  const product = env.find('product.product', values['product_id']);
  const order = env.find('sale.order', values['order_id']);
  if (!product || !order) return;
  const template = env.get('product.template', product['product_tmpl_id']);
  const unit = env.major < 19 ? 'product_uom' : 'product_uom_id';
  const taxes = env.major < 19 ? 'tax_id' : 'tax_ids';
  values['name'] ||= env.displayName('product.product', product);
  values[unit] ||= template['uom_id'];
  values['price_unit'] ??= priceOf(
    env,
    Number(order['pricelist_id']),
    product,
    Number(values['product_uom_qty']),
  );
  values[taxes] ??= order['fiscal_position_id'] ? [EXEMPT_TAX] : template['taxes_id'];
}

const EXEMPT_TAX = 3;

const PROTECTED: Record<string, string> = {
  product_id: 'Product',
  name: 'Description',
  price_unit: 'Unit Price',
  product_uom: 'Unit',
  product_uom_id: 'Unit',
  product_uom_qty: 'Quantity',
  tax_id: 'Taxes',
  tax_ids: 'Taxes',
};

function refuseLocked(env: Env, row: Row, values: Values): void {
  const order = orderOf(env, row);
  if (order === undefined || !isLocked(order)) return;
  const touched = Object.keys(PROTECTED).filter((field) => field in values);
  if (touched.length > 0)
    throw userError(
      `It is forbidden to modify the following fields in a locked order:\n${touched.map((field) => PROTECTED[field]).join('\n')}`,
    );
}

/** Stored totals of the order follow these, so writing one bumps the order too (recording 16). */
const PRICED = ['price_unit', 'product_uom_qty', 'discount', 'tax_ids', 'tax_id', 'product_id'];

const DISPLAY_TYPES = [
  ['line_section', 'Section'],
  ['line_subsection', 'Subsection'],
  ['line_note', 'Note'],
] as const;

export const saleLine: ModelDefinition = {
  name: 'sale.order.line',
  label: 'Sales Order Line',
  order: 'order_id, sequence, id',
  displayName,
  fields: {
    order_id: many2one('Order Reference', 'sale.order', { required: true, indexed: true }),
    sequence: integer('Sequence', { default: 10 }),
    product_id: many2one('Product', 'product.product', { indexed: true }),
    name: text('Description', { required: true }),
    product_uom_qty: float('Quantity', { required: true, default: 1 }),
    product_uom_id: many2one('Unit', 'uom.uom', { since: 19 }),
    product_uom: many2one('Unit of Measure', 'uom.uom', { until: 18, column: 'product_uom_id' }),
    price_unit: float('Unit Price', { required: true }),
    discount: float('Discount (%)', { default: 0 }),
    tax_ids: many2many('Taxes', 'account.tax', { since: 19 }),
    tax_id: many2many('Taxes', 'account.tax', { until: 18, column: 'tax_ids' }),
    display_type: selection('Display Type', DISPLAY_TYPES, {
      before19: { selection: DISPLAY_TYPES.filter(([type]) => type !== 'line_subsection') },
    }),
    customer_lead: float('Lead Time', { default: 0 }),
    state: selection('Order Status', ORDER_STATES, {
      before17: { selection: ORDER_STATES_16 },
      compute: (env, row) => orderOf(env, row)?.['state'] ?? false,
    }),
    currency_id: many2one('Currency', 'res.currency', {
      compute: (env, row) => orderOf(env, row)?.['currency_id'] ?? false,
    }),
    company_id: many2one('Company', 'res.company', { default: 1 }),
    move_ids: one2many('Stock Moves', 'stock.move', 'sale_line_id'),
    qty_delivered: float('Delivery Quantity', { compute: deliveredOf }),
    qty_delivered_method: selection(
      'Method to update delivered qty',
      [
        ['manual', 'Manual'],
        ['analytic', 'Analytic From Expenses'],
        ['stock_move', 'Stock Moves'],
      ],
      { compute: (env, row) => (isGoods(env, row) ? 'stock_move' : 'manual') },
    ),
    qty_to_deliver: float('Qty To Deliver', {
      compute: (env, row) => minus(Number(row['product_uom_qty']), deliveredOf(env, row)),
    }),
    invoice_lines: many2many('Invoice Lines', 'account.move.line', {
      compute: (env, row) => invoiceLinesOf(env, row).map((line) => line.id),
    }),
    qty_invoiced: float('Invoiced Quantity', { compute: invoicedOf }),
    qty_to_invoice: float('Quantity To Invoice', { compute: toInvoiceOf }),
    price_subtotal: monetary('Subtotal', { compute: (env, row) => lineAmounts(env, row).untaxed }),
    price_tax: float('Total Tax', { compute: (env, row) => lineAmounts(env, row).tax }),
    price_total: monetary('Total', { compute: (env, row) => lineAmounts(env, row).total }),
    invoice_status: selection(
      'Invoice Status',
      [
        ['upselling', 'Upselling Opportunity'],
        ['invoiced', 'Fully Invoiced'],
        ['to invoice', 'To Invoice'],
        ['no', 'Nothing to Invoice'],
      ],
      { compute: lineInvoiceStatus },
    ),
  },
  prepare: fillIn,
  created: (env, row) => {
    const order = orderOf(env, row);
    if (order) env.touch('sale.order', order);
    changeDemand(env, row, 0);
  },
  beforeWrite: refuseLocked,
  written: (env, row, values, before) => {
    const order = orderOf(env, row);
    if (order && PRICED.some((field) => field in values)) env.touch('sale.order', order);
    if (row['product_uom_qty'] !== before['product_uom_qty'])
      changeDemand(env, row, Number(before['product_uom_qty']));
  },
  beforeUnlink: (env, row) => {
    const order = orderOf(env, row);
    if (order !== undefined && isConfirmed(order))
      throw userError(
        "Once a sales order is confirmed, you can't remove one of its lines (we need to track if something gets invoiced or delivered).\n                Set the quantity to 0 instead.",
      );
  },
};
