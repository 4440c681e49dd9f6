import { type Feature, featureNeeds } from './feature-needs.ts';
import { fieldName } from '../versions/lookup.ts';

export type Operation = 'read' | 'create' | 'write';

/** What the connector uses of one model, for the flows named. */
export interface ModelNeed {
  readonly model: string;
  /** The app or module that brings the model, as its technical name. */
  readonly module: string;
  /** Flows that fail without it. */
  readonly flows: readonly string[];
  /** Field to the types that it may have. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly operations: readonly Operation[];
  /** Given for every record that is created, or filled by Odoo from what is: a required field beyond these must have a default. */
  readonly given?: readonly string[];
}

/** A group that the service account needs, and where in Odoo it is given. */
export interface Right {
  readonly model: string;
  readonly operation: Operation;
  /** What to choose on the user's form, by version where it differs. */
  readonly choose: string;
}

const text = ['char', 'text'];
const number = ['float', 'monetary', 'integer'];
const one = ['many2one'];
const many = ['one2many', 'many2many'];
const moment = ['datetime', 'date'];
const choice = ['selection'];

const PARTNERS: readonly ModelNeed[] = [
  {
    model: 'res.partner',
    module: 'base',
    flows: ['customer-sync', 'order-acceptance'],
    fields: {
      name: text,
      parent_id: one,
      type: choice,
      is_company: ['boolean'],
      ref: text,
      email: text,
      phone: text,
      street: text,
      street2: text,
      city: text,
      zip: text,
      country_id: one,
      state_id: one,
      vat: text,
      property_payment_term_id: one,
    },
    operations: ['read', 'create', 'write'],
    given: ['name'],
  },
  {
    model: 'account.payment.term',
    module: 'account',
    flows: ['customer-sync'],
    fields: { name: text },
    operations: ['read'],
  },
  {
    model: 'res.country',
    module: 'base',
    flows: ['customer-sync', 'order-acceptance'],
    fields: { code: text },
    operations: ['read'],
  },
  {
    model: 'res.country.state',
    module: 'base',
    flows: ['customer-sync', 'order-acceptance'],
    fields: { code: text, country_id: one },
    operations: ['read'],
  },
  {
    model: 'product.product',
    module: 'product',
    flows: ['order-acceptance', 'order-release', 'fulfilment-events'],
    fields: { default_code: text },
    operations: ['read'],
  },
];

const ORDERS: readonly ModelNeed[] = [
  {
    model: 'sale.order',
    module: 'sale_management',
    flows: ['order-acceptance'],
    fields: {
      name: text,
      state: choice,
      partner_id: one,
      partner_shipping_id: one,
      partner_invoice_id: one,
      client_order_ref: text,
      date_order: moment,
      commitment_date: moment,
      order_line: many,
    },
    operations: ['read', 'create', 'write'],
    given: ['partner_id', 'partner_shipping_id', 'partner_invoice_id'],
  },
  {
    model: 'sale.order',
    module: 'sale_stock',
    flows: ['order-acceptance', 'order-release'],
    fields: { picking_ids: many, warehouse_id: one },
    operations: [],
  },
  {
    model: 'sale.order.line',
    module: 'sale_management',
    flows: ['order-acceptance'],
    fields: { product_id: one, product_uom_qty: number, price_unit: number, qty_delivered_method: choice },
    operations: ['read', 'create', 'write'],
    given: ['order_id', 'name', 'product_uom_qty', 'price_unit'],
  },
];

const WAREHOUSES: readonly ModelNeed[] = [
  {
    model: 'stock.warehouse',
    module: 'stock',
    flows: ['order-release', 'fulfilment-events'],
    fields: { code: text, lot_stock_id: one, pick_type_id: one, pack_type_id: one },
    operations: ['read'],
  },
  {
    model: 'stock.picking.type',
    module: 'stock',
    flows: ['order-release', 'fulfilment-events'],
    fields: { code: choice },
    operations: ['read'],
  },
];

function transfers(major: number): readonly ModelNeed[] {
  const processed = fieldName(major, 'stock.move', 'processed');
  const reserved = fieldName(major, 'stock.move', 'reserved');
  return [
    {
      model: 'stock.picking',
      module: 'stock',
      flows: ['order-release', 'fulfilment-events'],
      fields: {
        name: text,
        state: choice,
        partner_id: one,
        picking_type_id: one,
        backorder_id: one,
        backorder_ids: many,
        scheduled_date: moment,
        date_done: moment,
        write_date: moment,
      },
      operations: ['read', 'write'],
    },
    {
      model: 'stock.picking',
      module: 'sale_stock',
      flows: ['order-release', 'fulfilment-events'],
      fields: { sale_id: one },
      operations: [],
    },
    {
      model: 'stock.move',
      module: 'stock',
      flows: ['order-release', 'fulfilment-events'],
      fields: {
        picking_id: one,
        state: choice,
        product_id: one,
        product_uom_qty: number,
        write_date: moment,
        move_orig_ids: many,
        origin_returned_move_id: one,
        [processed]: number,
        [reserved]: number,
      },
      operations: ['read', 'write'],
    },
    {
      model: 'stock.move',
      module: 'sale_stock',
      flows: ['order-release', 'fulfilment-events'],
      fields: { sale_line_id: one },
      operations: [],
    },
  ];
}

/**
 * Everything that the mappings use of an Odoo of this version, as data: `trunkline check --live` holds it against what the server has
 * and what the account may do. A mapping that uses a further field or model adds it here.
 */
export function needsOf(major: number, features: readonly Feature[] = []): readonly ModelNeed[] {
  return [...PARTNERS, ...ORDERS, ...WAREHOUSES, ...transfers(major), ...featureNeeds(features)];
}

/** As the user's form calls them; 19 names some otherwise. */
const CONTACTS = 'Extra Rights: Contact Creation (19: Contact: Creation)';
const INVOICING = 'Invoicing: Billing (18: Invoicing: Invoicing; 19: Accounting: Invoicing)';

/**
 * The least rights of the service account, each with the place where it is given; setup.md shows the same as a table, and a test holds
 * the two together. The path to the form is the same on all versions: Settings > Users & Companies > Users > (the account).
 */
export const RIGHTS: readonly Right[] = [
  { model: 'res.partner', operation: 'create', choose: CONTACTS },
  { model: 'res.partner', operation: 'write', choose: CONTACTS },
  { model: 'sale.order', operation: 'read', choose: 'Sales: User: All Documents' },
  { model: 'sale.order', operation: 'create', choose: 'Sales: User: All Documents' },
  { model: 'sale.order', operation: 'write', choose: 'Sales: User: All Documents' },
  { model: 'sale.order.line', operation: 'read', choose: 'Sales: User: All Documents' },
  { model: 'sale.order.line', operation: 'create', choose: 'Sales: User: All Documents' },
  { model: 'sale.order.line', operation: 'write', choose: 'Sales: User: All Documents' },
  { model: 'product.product', operation: 'read', choose: 'Sales: User: All Documents' },
  { model: 'stock.picking', operation: 'read', choose: 'Inventory: User' },
  { model: 'stock.picking', operation: 'write', choose: 'Inventory: User' },
  { model: 'stock.move', operation: 'read', choose: 'Inventory: User' },
  { model: 'stock.move', operation: 'write', choose: 'Inventory: User' },
  ...(['read', 'create', 'write'] as const).flatMap((operation) => [
    { model: 'stock.quant', operation, choose: 'Inventory: User' },
    { model: 'stock.return.picking', operation, choose: 'Inventory: User' },
    { model: 'account.move', operation, choose: INVOICING },
  ]),
  { model: 'account.move.reversal', operation: 'create', choose: INVOICING },
  { model: 'account.payment.register', operation: 'create', choose: INVOICING },
  { model: 'account.payment', operation: 'read', choose: INVOICING },
  { model: 'account.payment', operation: 'create', choose: INVOICING },
  { model: 'sale.advance.payment.inv', operation: 'create', choose: 'Sales: User: All Documents' },
  { model: 'crm.lead', operation: 'read', choose: 'Sales: User: All Documents' },
  { model: 'product.pricelist', operation: 'read', choose: 'User type: Internal User' },
  { model: 'product.pricelist.item', operation: 'read', choose: 'User type: Internal User' },
  { model: 'res.currency', operation: 'read', choose: 'User type: Internal User' },
  { model: 'product.attribute.value', operation: 'read', choose: 'User type: Internal User' },
  { model: 'product.category', operation: 'read', choose: 'User type: Internal User' },
  { model: 'product.template.attribute.value', operation: 'read', choose: 'User type: Internal User' },
  { model: 'uom.uom', operation: 'read', choose: 'User type: Internal User' },
  { model: 'stock.warehouse', operation: 'read', choose: 'User type: Internal User' },
  { model: 'stock.picking.type', operation: 'read', choose: 'User type: Internal User' },
  { model: 'res.partner', operation: 'read', choose: 'User type: Internal User' },
  { model: 'account.payment.term', operation: 'read', choose: 'User type: Internal User' },
  { model: 'res.country', operation: 'read', choose: 'User type: Internal User' },
  { model: 'res.country.state', operation: 'read', choose: 'User type: Internal User' },
];

/** People know modules by the name of the app. */
export const APPS: Readonly<Record<string, string>> = {
  sale_management: 'Sales',
  stock: 'Inventory',
  sale_stock: 'Sales and Inventory together (it installs itself beside both)',
  account: 'Invoicing',
  crm: 'CRM',
  product: 'Products (it comes with Sales)',
  base: 'the base',
};
