import { boolean, char, date, float, integer, many2many, many2one, selection, text } from '../orm/field.ts';
import { active } from '../orm/model.ts';
import type { ModelDefinition } from '../orm/model.ts';

const country: ModelDefinition = {
  name: 'res.country',
  label: 'Country',
  order: 'name, id',
  searchNames: ['code'],
  fields: {
    name: char('Country Name', { required: true, indexed: true }),
    code: char('Country Code', { required: true, indexed: true }),
    phone_code: integer('Country Calling Code'),
    currency_id: many2one('Currency', 'res.currency'),
  },
};

const state: ModelDefinition = {
  name: 'res.country.state',
  label: 'Country state',
  order: 'code, id',
  searchNames: ['code'],
  fields: {
    name: char('State Name', { required: true }),
    code: char('State Code', { required: true, indexed: true }),
    country_id: many2one('Country', 'res.country', { required: true, indexed: true }),
  },
};

const currency: ModelDefinition = {
  name: 'res.currency',
  label: 'Currency',
  order: 'active desc, name',
  fields: {
    name: char('Currency', { required: true, indexed: true }),
    full_name: char('Name'),
    symbol: char('Symbol', { required: true }),
    decimal_places: integer('Decimal Places', { default: 2, readonly: true }),
    // Per unit of the company's currency, and since when; on a server both come of a table of rates.
    rate: float('Current Rate', { default: 1 }),
    date: date('Date'),
    position: selection('Symbol Position', [
      ['after', 'After Amount'],
      ['before', 'Before Amount'],
    ]),
    active,
  },
};

const company: ModelDefinition = {
  name: 'res.company',
  label: 'Companies',
  order: 'sequence, name',
  fields: {
    name: char('Company Name', { required: true }),
    sequence: integer('Sequence', { default: 10 }),
    partner_id: many2one('Partner', 'res.partner'),
    currency_id: many2one('Currency', 'res.currency', { required: true }),
    country_id: many2one('Country', 'res.country'),
    active,
  },
};

const users: ModelDefinition = {
  name: 'res.users',
  label: 'User',
  order: 'name, login',
  fields: {
    name: char('Name'),
    login: char('Login', { required: true, indexed: true }),
    // Never readable: the server answers '' for it (recording 15).
    password: char('Password', { compute: () => '' }),
    partner_id: many2one('Related Partner', 'res.partner'),
    email: char('Email', { through: 'partner_id' }),
    company_id: many2one('Company', 'res.company'),
    company_ids: many2many('Companies', 'res.company'),
    lang: char('Language', { default: 'en_US' }),
    tz: char('Timezone'),
    active,
  },
  methods: {
    context_get: {
      on: 'model',
      run: (env) => ({ lang: 'en_US', tz: env.user.tz, uid: env.user.uid }),
    },
  },
};

const modules: ModelDefinition = {
  name: 'ir.module.module',
  label: 'Module',
  order: 'application desc, sequence, name',
  fields: {
    name: char('Technical Name', { readonly: true, required: true, indexed: true }),
    shortdesc: char('Module Name', { readonly: true }),
    state: selection(
      'Status',
      [
        ['uninstallable', 'Uninstallable'],
        ['uninstalled', 'Not Installed'],
        ['installed', 'Installed'],
        ['to upgrade', 'To be upgraded'],
        ['to remove', 'To be removed'],
        ['to install', 'To be installed'],
      ],
      { readonly: true, indexed: true },
    ),
    latest_version: char('Installed Version', { readonly: true }),
    application: boolean('Application', { readonly: true }),
    sequence: integer('Sequence', { default: 100 }),
  },
};

const modelData: ModelDefinition = {
  name: 'ir.model.data',
  label: 'Model Data',
  order: 'module, model, name',
  displayName: (_env, row) => String(row['complete_name']),
  fields: {
    name: char('External Identifier', { required: true, indexed: true }),
    module: char('Module', { required: true, default: '' }),
    complete_name: char('Complete ID', { readonly: true, indexed: true }),
    model: char('Model Name', { required: true }),
    res_id: integer('Record ID'),
    reference: char('Reference', { readonly: true, indexed: true }),
    noupdate: boolean('Non Updatable', { default: false }),
  },
  prepare: (_env, values) => {
    values['complete_name'] = `${String(values['module'])}.${String(values['name'])}`;
    values['reference'] = `${String(values['model'])},${String(values['res_id'])}`;
  },
};

const tax: ModelDefinition = {
  name: 'account.tax',
  label: 'Tax',
  order: 'sequence, id',
  fields: {
    name: char('Tax Name', { required: true }),
    amount: float('Amount'),
    sequence: integer('Sequence', { default: 1 }),
    type_tax_use: selection('Tax Type', [
      ['sale', 'Sales'],
      ['purchase', 'Purchases'],
      ['none', 'None'],
    ]),
    active,
  },
};

const fiscalPosition: ModelDefinition = {
  name: 'account.fiscal.position',
  label: 'Fiscal Position',
  order: 'sequence',
  fields: {
    name: char('Fiscal Position', { required: true }),
    sequence: integer('Sequence', { default: 1 }),
    note: text('Notes'),
  },
};

const carrier: ModelDefinition = {
  name: 'delivery.carrier',
  label: 'Delivery Methods',
  order: 'sequence, id',
  fields: {
    name: char('Delivery Method', { required: true }),
    sequence: integer('Sequence', { default: 10 }),
    delivery_type: selection(
      'Provider',
      [
        ['base_on_rule', 'Based on Rules'],
        ['fixed', 'Fixed Price'],
      ],
      { default: 'fixed', required: true },
    ),
    product_id: many2one('Delivery Product', 'product.product'),
    fixed_price: float('Fixed Price'),
    active,
  },
};

const archivable = (model: ModelDefinition): ModelDefinition => ({
  ...model,
  fields: { ...model.fields, active },
});

const named = (name: string, label: string, nameLabel = 'Name'): ModelDefinition => ({
  name,
  label,
  fields: { name: char(nameLabel, { required: true }) },
});

const menu: ModelDefinition = {
  name: 'ir.ui.menu',
  label: 'Menu',
  order: 'id',
  fields: {
    name: char('Menu', { required: true }),
    complete_name: char('Full Path', { readonly: true }),
  },
};

/** Known by name alone, because other records point to them. */
const pointedTo = [
  archivable(named('account.payment.term', 'Payment Terms', 'Payment Terms')),
  named('crm.team', 'Sales Team'),
  { ...named('stock.package', 'Package'), since: 19 },
  { ...named('stock.quant.package', 'Packages'), until: 18 },
];

export const baseModels = [
  ...pointedTo,
  country,
  state,
  currency,
  company,
  users,
  modules,
  menu,
  modelData,
  tax,
  fiscalPosition,
  carrier,
];
