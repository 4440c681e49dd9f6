import { sum } from '../orm/decimal.ts';
import type { Env } from '../orm/env.ts';
import { validationError } from '../orm/errors.ts';
import {
  boolean,
  char,
  datetime,
  float,
  integer,
  many2many,
  many2one,
  one2many,
  selection,
  text,
} from '../orm/field.ts';
import type { Field, Row, Value, Values } from '../orm/field.ts';
import { active } from '../orm/model.ts';
import type { ModelDefinition } from '../orm/model.ts';
import { createRecord } from '../orm/write.ts';
import { demandOf, stockOf } from '../stock/availability.ts';

const uom: ModelDefinition = {
  name: 'uom.uom',
  label: 'Product Unit of Measure',
  order: 'id',
  fields: {
    name: char('Unit Name', { required: true, indexed: true, before19: { string: 'Unit of Measure' } }),
    factor: float('Absolute Quantity', { default: 1, before19: { string: 'Ratio' } }),
    relative_factor: float('Contains', { default: 1, since: 19 }),
    relative_uom_id: many2one('Reference Unit', 'uom.uom', { since: 19 }),
    rounding: float('Rounding Precision', { default: 0.01 }),
    active,
  },
  created: byReference,
  written: (env, row, values) => {
    if ('relative_factor' in values) byReference(env, row);
  },
};

function byReference(env: Env, row: Row): void {
  const reference = env.find('uom.uom', row['relative_uom_id']);
  if (reference)
    env.patch('uom.uom', row, { factor: Number(row['relative_factor']) * Number(reference['factor']) });
}

const category: ModelDefinition = {
  name: 'product.category',
  label: 'Product Category',
  order: 'complete_name',
  displayName: (env, row) => pathName(env, row),
  fields: {
    name: char('Name', { required: true }),
    complete_name: char('Complete Name', { compute: pathName }),
    parent_id: many2one('Parent Category', 'product.category', { indexed: true }),
  },
  written: touchBelow,
};

function pathName(env: Env, row: Row): string {
  const parent = env.find('product.category', row['parent_id']);
  return `${parent ? `${pathName(env, parent)} / ` : ''}${String(row['name'])}`;
}

/** The complete names of those below are stored, so a change of one bumps them. */
function touchBelow(env: Env, row: Row): void {
  for (const below of env.having('product.category', 'parent_id', row.id)) {
    env.touch('product.category', below);
    touchBelow(env, below);
  }
}

const KINDS_17 = [
  ['consu', 'Consumable'],
  ['service', 'Service'],
  ['product', 'Storable Product'],
] as const;

/** What a variant shares with its template; writing it on either bumps both (recording 16). */
const shared: Record<string, Field> = {
  name: char('Name', { required: true, indexed: true }),
  type: selection(
    'Product Type',
    [
      ['consu', 'Goods'],
      ['service', 'Service'],
      ['combo', 'Combo'],
    ],
    {
      default: 'consu',
      required: true,
      before18: {
        selection: KINDS_17,
        required: false,
        compute: (_env, row) => row['detailed_type'] ?? 'consu',
      },
    },
  ),
  detailed_type: selection('Product Type', KINDS_17, { until: 17, default: 'consu', required: true }),
  is_storable: boolean('Track Inventory', { default: false, since: 18 }),
  tracking: selection(
    'Tracking',
    [
      ['serial', 'By Unique Serial Number'],
      ['lot', 'By Lots'],
      ['none', 'By Quantity'],
    ],
    { default: 'none', required: true },
  ),
  use_expiration_date: boolean('Use Expiration Date', { default: false }),
  expiration_time: integer('Expiration Date', { default: 0 }),
  uom_ids: many2many('Packagings', 'uom.uom', { since: 19 }),
  uom_id: many2one('Unit', 'uom.uom', {
    required: true,
    default: 1,
    before19: { string: 'Unit of Measure' },
  }),
  list_price: float('Sales Price', { default: 1 }),
  categ_id: many2one('Product Category', 'product.category', { indexed: true, default: 1 }),
  invoice_policy: selection(
    'Invoicing Policy',
    [
      ['order', 'Ordered quantities'],
      ['delivery', 'Delivered quantities'],
    ],
    { default: 'order' },
  ),
  sale_ok: boolean('Sales', { default: true }),
  purchase_ok: boolean('Purchase', { default: true }),
  taxes_id: many2many('Sales Taxes', 'account.tax', { default: [1] }),
  description_sale: text('Sales Description'),
  sale_delay: integer('Customer Lead Time', { default: 0 }),
};

const throughTemplate = Object.fromEntries(
  Object.entries(shared).map(
    ([name, { default: _default, required: _required, before18: _before, ...field }]) => [
      name,
      { ...field, through: 'product_tmpl_id' },
    ],
  ),
);

const variantsOf = (env: Env, row: Row) => env.having('product.product', 'product_tmpl_id', row.id);

/** A column of the only variant, shown and written on the template. */
const ofOnlyVariant = (field: Field, name: string): Field => ({
  ...field,
  indexed: false,
  compute: (env, row) => variantsOf(env, row)[0]?.[name] ?? false,
  assign: (env, row, value) => {
    for (const variant of variantsOf(env, row))
      env.patch('product.product', variant, { [name]: value as string });
  },
});

const titled = (code: Value | undefined, name: Value | undefined) =>
  code ? `[${String(code)}] ${String(name)}` : String(name || '');

const template: ModelDefinition = {
  name: 'product.template',
  label: 'Product',
  order: 'name, id',
  displayName: (env, row) => titled(variantsOf(env, row)[0]?.['default_code'], row['name']),
  fields: {
    ...shared,
    default_code: ofOnlyVariant(char('Internal Reference'), 'default_code'),
    barcode: ofOnlyVariant(char('Barcode'), 'barcode'),
    standard_price: ofOnlyVariant(float('Cost'), 'standard_price'),
    product_variant_ids: one2many('Products', 'product.product', 'product_tmpl_id'),
    product_variant_id: many2one('Product', 'product.product', {
      compute: (env, row) => variantsOf(env, row)[0]?.id ?? false,
    }),
    active,
  },
  created: (env, row, values) => {
    if (env.context['create_product_product'] === false) return;
    const own = pick(values, ['default_code', 'barcode', 'standard_price']);
    createRecord(env, 'product.product', { product_tmpl_id: row.id, ...own });
  },
  written: (env, row) => {
    for (const variant of variantsOf(env, row)) env.touch('product.product', variant);
  },
};

function pick(values: Values, names: readonly string[]): Values {
  return Object.fromEntries(names.filter((name) => name in values).map((name) => [name, values[name]]));
}

const quantity = (label: string, count: (env: Env, row: Row) => number): Field =>
  float(label, { readonly: true, compute: count });

const ofCompany = (label: string): Field =>
  many2one(label, 'res.currency', {
    readonly: true,
    compute: (env) => env.get('res.company', 1)['currency_id'] ?? false,
  });

const product: ModelDefinition = {
  name: 'product.product',
  label: 'Product Variant',
  order: 'default_code, name, id',
  displayName: (env, row) =>
    titled(row['default_code'], env.find('product.template', row['product_tmpl_id'])?.['name']),
  searchNames: ['default_code', 'barcode'],
  fields: {
    ...throughTemplate,
    write_date: datetime('Write Date', { readonly: true }),
    product_tmpl_id: many2one('Product Template', 'product.template', { required: true, indexed: true }),
    default_code: char('Internal Reference', { indexed: true }),
    barcode: char('Barcode', { indexed: true }),
    standard_price: float('Cost', { companyDependent: true }),
    currency_id: ofCompany('Currency'),
    cost_currency_id: ofCompany('Cost Currency'),
    product_template_attribute_value_ids: many2many('Attribute Values', 'product.template.attribute.value'),
    packaging_ids: one2many('Product Packages', 'product.packaging', 'product_id', { until: 18 }),
    product_uom_ids: one2many('Unit Barcode', 'product.uom', 'product_id', { since: 19 }),
    weight: float('Weight'),
    volume: float('Volume'),
    lst_price: float('Sales\u00a0Price', {
      compute: (env, row) => env.find('product.template', row['product_tmpl_id'])?.['list_price'] ?? 0,
    }),
    qty_available: quantity('Quantity On Hand', (env, row) => stockOf(env, row.id).quantity),
    free_qty: quantity('Free To Use Quantity ', (env, row) => stockOf(env, row.id).free),
    incoming_qty: quantity('Incoming', (env, row) => demandOf(env, row.id).incoming),
    outgoing_qty: quantity('Outgoing', (env, row) => demandOf(env, row.id).outgoing),
    virtual_available: quantity('Forecasted Quantity', (env, row) => {
      const { incoming, outgoing } = demandOf(env, row.id);
      return sum([stockOf(env, row.id).quantity, incoming, -outgoing]);
    }),
    active,
  },
  prepare: (env, values) => {
    if (values['product_tmpl_id']) return;
    const own = pick(values, Object.keys(shared));
    for (const name of Object.keys(own)) delete values[name];
    const bare = env.withContext({ create_product_product: false });
    const created = createRecord(bare, 'product.template', { ...own, active: values['active'] ?? true });
    values['product_tmpl_id'] = created.id;
  },
  created: checkBarcode,
  written: (env, row, _values, before) => {
    if (row['barcode'] !== before['barcode']) checkBarcode(env, row);
    const parent = env.find('product.template', row['product_tmpl_id']);
    if (parent) env.touch('product.template', parent);
  },
};

function checkBarcode(env: Env, row: Row): void {
  if (!row['barcode']) return;
  const holders = env.having('product.product', 'barcode', row['barcode']);
  if (holders.length < 2) return;
  const names = holders.map((holder) => env.displayName('product.product', holder)).join(' and ');
  throw validationError(
    `Barcode(s) already assigned:\n\n- Barcode "${String(row['barcode'])}" already assigned to product(s): ${names}\n\nNote: products that you don't have access to will not be shown above.`,
  );
}

/** 16 to 18: what holds several. */
const packaging: ModelDefinition = {
  name: 'product.packaging',
  label: 'Product Packaging',
  until: 18,
  order: 'id',
  fields: {
    name: char('Product Packaging', { required: true }),
    product_id: many2one('Product', 'product.product', { required: true, indexed: true }),
    qty: float('Contained Quantity', { default: 1 }),
    barcode: char('Barcode'),
  },
};

/** 19: the barcode of a product in a unit that holds several. */
const barcodeOfUnit: ModelDefinition = {
  name: 'product.uom',
  label: 'Link between products and their UoMs',
  since: 19,
  order: 'id',
  fields: {
    product_id: many2one('Product', 'product.product', { required: true, indexed: true }),
    uom_id: many2one('Unit', 'uom.uom', { required: true }),
    barcode: char('Barcode', { required: true }),
  },
};

const attribute: ModelDefinition = {
  name: 'product.attribute',
  label: 'Product Attribute',
  order: 'id',
  fields: { name: char('Attribute', { required: true }) },
};

const attributeValue: ModelDefinition = {
  name: 'product.attribute.value',
  label: 'Attribute Value',
  order: 'id',
  fields: {
    name: char('Value', { required: true }),
    attribute_id: many2one('Attribute', 'product.attribute', { required: true }),
  },
};

/** A value as the variants of one template have it, named after its value. */
const templateValue: ModelDefinition = {
  name: 'product.template.attribute.value',
  label: 'Product Template Attribute Value',
  order: 'id',
  displayName: (env, row) => {
    const value = env.find('product.attribute.value', row['product_attribute_value_id']);
    const of = env.find('product.attribute', value?.['attribute_id']);
    return `${String(of?.['name'] ?? '')}: ${String(value?.['name'] ?? '')}`;
  },
  fields: {
    product_attribute_value_id: many2one('Attribute Value', 'product.attribute.value', { required: true }),
    product_tmpl_id: many2one('Product Template', 'product.template'),
  },
};

export const productModels = [
  uom,
  category,
  template,
  product,
  packaging,
  barcodeOfUnit,
  attribute,
  attributeValue,
  templateValue,
];
