import type { ModelNeed } from './needs.ts';

/** What the connector can do beyond the flows' orders and deliveries; asked for only where something uses it. */
export type Feature = 'won-leads' | 'adjustments' | 'returns' | 'invoicing' | 'products' | 'price-lists';

export const FEATURES: readonly Feature[] = [
  'won-leads',
  'adjustments',
  'returns',
  'invoicing',
  'products',
  'price-lists',
];

const text = ['char', 'text'];
const number = ['float', 'monetary'];
const one = ['many2one'];
const many = ['one2many', 'many2many'];
const choice = ['selection'];

const LEADS: readonly ModelNeed[] = [
  {
    model: 'crm.lead',
    module: 'crm',
    flows: ['order-acceptance'],
    fields: { name: text, partner_id: one, stage_id: one, write_date: ['datetime'] },
    operations: ['read'],
  },
];

const ADJUSTMENTS: readonly ModelNeed[] = [
  {
    model: 'stock.quant',
    module: 'stock',
    flows: ['inventory-adjustments'],
    fields: {
      product_id: one,
      location_id: one,
      lot_id: one,
      quantity: number,
      inventory_quantity: number,
      inventory_diff_quantity: number,
    },
    operations: ['read', 'create', 'write'],
  },
  {
    model: 'product.product',
    module: 'stock',
    flows: ['inventory-adjustments'],
    fields: { tracking: choice },
    operations: [],
  },
];

const RETURNS: readonly ModelNeed[] = [
  {
    model: 'stock.return.picking',
    module: 'stock',
    flows: [],
    fields: { picking_id: one },
    operations: ['read', 'create', 'write'],
  },
];

const INVOICING: readonly ModelNeed[] = [
  {
    model: 'account.move',
    module: 'account',
    flows: [],
    fields: {
      name: text,
      state: choice,
      move_type: choice,
      payment_state: choice,
      ref: text,
      partner_id: one,
      currency_id: one,
      amount_residual: number,
      reversed_entry_id: one,
      invoice_line_ids: many,
    },
    operations: ['read', 'create', 'write'],
  },
  {
    model: 'account.move.reversal',
    module: 'account',
    flows: [],
    fields: { move_ids: many },
    operations: ['create'],
  },
  {
    model: 'account.payment.register',
    module: 'account',
    flows: [],
    fields: { amount: number, payment_date: ['date'], communication: text },
    operations: ['create'],
  },
  {
    model: 'account.payment',
    module: 'account',
    flows: [],
    fields: { amount: number },
    operations: ['read', 'create'],
  },
  {
    model: 'sale.advance.payment.inv',
    module: 'sale_management',
    flows: [],
    fields: { advance_payment_method: choice },
    operations: ['create'],
  },
];

const PRODUCTS: readonly ModelNeed[] = [
  {
    model: 'product.product',
    module: 'product',
    flows: [],
    fields: {
      name: text,
      active: ['boolean'],
      barcode: text,
      tracking: choice,
      uom_id: one,
      product_tmpl_id: one,
      product_template_attribute_value_ids: many,
      lst_price: number,
      currency_id: one,
      categ_id: one,
      write_date: ['datetime'],
    },
    operations: ['read'],
  },
  {
    model: 'product.template.attribute.value',
    module: 'product',
    flows: [],
    fields: { product_attribute_value_id: one, write_date: ['datetime'] },
    operations: ['read'],
  },
  {
    model: 'product.attribute.value',
    module: 'product',
    flows: [],
    fields: { write_date: ['datetime'] },
    operations: ['read'],
  },
  {
    model: 'product.category',
    module: 'product',
    flows: [],
    fields: { parent_id: one, write_date: ['datetime'] },
    operations: ['read'],
  },
  {
    model: 'uom.uom',
    module: 'uom',
    flows: [],
    fields: { name: text, factor: number, write_date: ['datetime'] },
    operations: ['read'],
  },
];

const PRICE_LISTS: readonly ModelNeed[] = [
  {
    model: 'product.pricelist',
    module: 'product',
    flows: [],
    fields: { name: text, active: ['boolean'], currency_id: one, write_date: ['datetime'] },
    operations: ['read'],
  },
  {
    model: 'product.pricelist.item',
    module: 'product',
    flows: [],
    fields: {
      pricelist_id: one,
      applied_on: choice,
      product_id: one,
      product_tmpl_id: one,
      categ_id: one,
      min_quantity: number,
      compute_price: choice,
      fixed_price: number,
      percent_price: number,
      base: choice,
      base_pricelist_id: one,
      price_discount: number,
      price_round: number,
      price_surcharge: number,
      price_min_margin: number,
      price_max_margin: number,
      date_start: ['datetime'],
      date_end: ['datetime'],
      write_date: ['datetime'],
    },
    operations: ['read'],
  },
  {
    model: 'res.currency',
    module: 'base',
    flows: [],
    fields: { name: text, rate: number, date: ['date'] },
    operations: ['read'],
  },
];

const BY_FEATURE: Readonly<Record<Feature, readonly ModelNeed[]>> = {
  'won-leads': LEADS,
  adjustments: ADJUSTMENTS,
  returns: RETURNS,
  invoicing: INVOICING,
  products: PRODUCTS,
  'price-lists': PRICE_LISTS,
};

export function featureNeeds(features: readonly Feature[]): readonly ModelNeed[] {
  return features.flatMap((feature) => BY_FEATURE[feature]);
}
