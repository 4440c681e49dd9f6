import type { FieldCatalogue } from '../../src/field-catalogue.ts';

/** A part of two models, as `fields_get` of 19.0 states them. */
export const smallCatalogues: ReadonlyMap<string, FieldCatalogue> = new Map<string, FieldCatalogue>([
  [
    'sale.order',
    {
      id: { type: 'integer', readonly: true, store: true, string: 'ID' },
      name: { type: 'char', required: true, store: true, string: 'Order Reference' },
      state: {
        type: 'selection',
        readonly: true,
        store: true,
        string: 'Status',
        selection: [
          ['draft', 'Quotation'],
          ['sent', 'Quotation Sent'],
          ['sale', 'Sales Order'],
          ['cancel', 'Cancelled'],
        ],
      },
      client_order_ref: { type: 'char', store: true, string: 'Customer Reference' },
      partner_id: {
        type: 'many2one',
        required: true,
        store: true,
        string: 'Customer',
        relation: 'res.partner',
      },
      user_id: { type: 'many2one', store: true, string: 'Salesperson', relation: 'res.users' },
      amount_total: { type: 'monetary', readonly: true, store: true, string: 'Total' },
      locked: { type: 'boolean', store: true, string: 'Locked' },
      date_order: { type: 'datetime', required: true, store: true, string: 'Order Date' },
      commitment_date: {
        type: 'datetime',
        store: true,
        string: 'Delivery Date',
        help: 'What the customer was told.',
      },
      validity_date: { type: 'date', store: true, string: 'Expiration' },
      order_line: { type: 'one2many', store: true, string: 'Order Lines', relation: 'sale.order.line' },
      tag_ids: { type: 'many2many', store: true, string: 'Tags', relation: 'crm.tag' },
      has_archived_products: {
        type: 'boolean',
        readonly: true,
        store: false,
        string: 'Has Archived Products',
      },
    },
  ],
  [
    'sale.order.line',
    {
      product_uom_qty: { type: 'float', required: true, store: true, string: 'Quantity', digits: [16, 2] },
      price_unit: { type: 'float', required: true, store: true, string: 'Unit Price', digits: [16, 2] },
      customer_lead: { type: 'float', required: true, store: true, string: 'Lead Time', digits: false },
    },
  ],
  [
    'res.partner',
    {
      name: { type: 'char', store: true, string: 'Name' },
      color: { type: 'integer', store: true, string: 'Color Index' },
      active: { type: 'boolean', store: true, string: 'Active' },
      email: { type: 'char', store: true, string: 'Email' },
      country_id: { type: 'many2one', store: true, string: 'Country', relation: 'res.country' },
    },
  ],
]);
