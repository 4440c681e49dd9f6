import type { Env } from '../orm/env.ts';
import { TableConstraint, userError } from '../orm/errors.ts';
import { boolean, char, float, html, many2one, monetary, one2many, selection } from '../orm/field.ts';
import type { Row } from '../orm/field.ts';
import { active } from '../orm/model.ts';
import type { ModelDefinition } from '../orm/model.ts';
import { creditOf, creditToInvoiceOf, invoicedTo } from './accounting/credit.ts';

const TYPES = [
  ['contact', 'Contact'],
  ['invoice', 'Invoice'],
  ['delivery', 'Delivery'],
  ['other', 'Other'],
] as const;

const TYPES_18 = TYPES.map(
  ([type, label]) => [type, type === 'contact' ? label : `${label} Address`] as const,
);

/** The company at the top of a contact's tree. */
export function commercialPartner(env: Env, row: Row): Row {
  const parent = env.find('res.partner', row['parent_id']);
  return parent && row['is_company'] !== true ? commercialPartner(env, parent) : row;
}

/** The address of a kind: a child of that type, else the partner itself (`address_get`). */
export function addressOf(env: Env, partner: Row, type: 'delivery' | 'invoice'): Row {
  if (partner['type'] === type) return partner;
  const children = env.having('res.partner', 'parent_id', partner.id);
  return children.find((child) => child['type'] === type && child['active'] !== false) ?? partner;
}

function displayName(env: Env, row: Row): string {
  const parent = env.find('res.partner', row['parent_id']);
  if (!parent) return String(row['name'] || '');
  const label = TYPES.find(([type]) => type === row['type'])?.[1] ?? '';
  const own = row['name'] || (row['type'] === 'contact' ? '' : label);
  return `${String(parent['name'])}, ${String(own)}`;
}

const usedInOrders = (env: Env, row: Row) =>
  ['partner_id', 'partner_shipping_id', 'partner_invoice_id'].some(
    (column) => env.having('sale.order', column, row.id).length > 0,
  );

export const partner: ModelDefinition = {
  name: 'res.partner',
  label: 'Contact',
  order: 'display_name, id desc',
  displayName,
  searchNames: ['ref', 'email', 'vat'],
  fields: {
    name: char('Name', { indexed: true }),
    complete_name: char('Complete Name', { readonly: true, since: 17, compute: displayName }),
    ref: char('Reference', { indexed: true }),
    email: char('Email', { indexed: true }),
    phone: char('Phone'),
    mobile: char('Mobile', { until: 18 }),
    website: char('Website Link'),
    vat: char('Tax ID', { indexed: true }),
    company_registry: char('Company ID'),
    is_company: boolean('Is a Company', { default: false }),
    type: selection('Address Type', TYPES, { default: 'contact', before19: { selection: TYPES_18 } }),
    parent_id: many2one('Related Company', 'res.partner', { indexed: true }),
    child_ids: one2many('Contact', 'res.partner', 'parent_id'),
    commercial_partner_id: many2one('Commercial Entity', 'res.partner', {
      readonly: true,
      compute: (env, row) => commercialPartner(env, row).id,
    }),
    street: char('Street'),
    street2: char('Street2'),
    city: char('City'),
    zip: char('Zip'),
    state_id: many2one('State', 'res.country.state'),
    country_id: many2one('Country', 'res.country'),
    company_id: many2one('Company', 'res.company'),
    user_id: many2one('Salesperson', 'res.users'),
    lang: selection('Language', [['en_US', 'English (US)']], { default: 'en_US' }),
    comment: html('Notes'),
    function: char('Job Position'),
    credit_limit: float('Credit Limit', { companyDependent: true }),
    use_partner_credit_limit: boolean('Partner Limit', { default: false }),
    show_credit_limit: boolean('Show Credit Limit', { compute: () => true }),
    credit: monetary('Total Receivable', { compute: creditOf }),
    debit: monetary('Total Payable', { compute: () => 0 }),
    credit_to_invoice: monetary('Credit To Invoice', { compute: creditToInvoiceOf }),
    total_invoiced: monetary('Total Invoiced', { compute: invoicedTo }),
    property_payment_term_id: many2one('Customer Payment Terms', 'account.payment.term', {
      companyDependent: true,
    }),
    property_product_pricelist: many2one('Pricelist', 'product.pricelist', {
      default: (env) => env.db.table('product.pricelist').rows.keys().next().value ?? false,
    }),
    active,
  },
  created: checkName,
  written: checkName,
  beforeUnlink: (env, row) => {
    if (usedInOrders(env, row))
      throw userError('The partner cannot be deleted because it is used in Accounting');
  },
};

/** A table constraint of Odoo: an address may be nameless, a contact may not. */
function checkName(env: Env, row: Row): void {
  if (row['type'] === 'contact' && !row['name'])
    throw new TableConstraint(env.major, 'Contacts require a name');
}
