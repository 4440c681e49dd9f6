import type { Env } from '../orm/env.ts';
import { validationError } from '../orm/errors.ts';
import { char, datetime, float, integer, many2one, one2many, selection } from '../orm/field.ts';
import type { Row } from '../orm/field.ts';
import { active } from '../orm/model.ts';
import type { ModelDefinition } from '../orm/model.ts';

const pricelist: ModelDefinition = {
  name: 'product.pricelist',
  label: 'Pricelist',
  order: 'sequence, id',
  displayName: (env, row) => {
    const currency = env.find('res.currency', row['currency_id']);
    return `${String(row['name'])} (${String(currency?.['name'] ?? '')})`;
  },
  fields: {
    name: char('Pricelist Name', { required: true }),
    sequence: integer('Sequence', { default: 16 }),
    currency_id: many2one('Currency', 'res.currency', { required: true, default: 1 }),
    item_ids: one2many('Pricelist Rules', 'product.pricelist.item', 'pricelist_id'),
    active,
  },
};

const pricelistItem: ModelDefinition = {
  name: 'product.pricelist.item',
  label: 'Pricelist Rule',
  order: 'min_quantity desc, id desc',
  fields: {
    pricelist_id: many2one('Pricelist', 'product.pricelist', { indexed: true }),
    applied_on: selection(
      'Apply On',
      [
        ['3_global', 'All Products'],
        ['2_product_category', 'Product Category'],
        ['1_product', 'Product'],
        ['0_product_variant', 'Product Variant'],
      ],
      { default: '3_global', required: true },
    ),
    product_id: many2one('Variant', 'product.product'),
    product_tmpl_id: many2one('Product', 'product.template'),
    compute_price: selection(
      'Compute Price',
      [
        ['percentage', 'Discount'],
        ['formula', 'Formula'],
        ['fixed', 'Fixed Price'],
      ],
      { default: 'fixed', required: true },
    ),
    fixed_price: float('Fixed Price'),
    percent_price: float('Percentage Price'),
    min_quantity: float('Min. Quantity'),
    date_start: datetime('Start Date'),
    date_end: datetime('End Date'),
  },
  created: refuseEndBeforeStart,
  written: refuseEndBeforeStart,
};

function refuseEndBeforeStart(env: Env, row: Row): void {
  const [start, end] = [row['date_start'], row['date_end']];
  if (typeof start !== 'string' || typeof end !== 'string' || start < end) return;
  const shown = (moment: string) => localMoment(env, moment);
  throw validationError(
    `${ruleName(env, row)}: end date (${shown(end)}) should be after start date (${shown(start)})`,
  );
}

function ruleName(env: Env, row: Row): string {
  if (row['product_id'])
    return `Variant: ${env.displayName('product.product', env.get('product.product', row['product_id']))}`;
  if (row['product_tmpl_id'])
    return `Product: ${env.displayName('product.template', env.get('product.template', row['product_tmpl_id']))}`;
  return 'All Products';
}

/** A moment as the series writes it for an American user. */
function localMoment(env: Env, utc: string): string {
  const v18 = env.series === '18.0';
  const shown = new Intl.DateTimeFormat('en-US', {
    timeZone: env.user.tz || 'UTC',
    year: 'numeric',
    month: v18 ? 'short' : '2-digit',
    day: v18 ? 'numeric' : '2-digit',
    hour: v18 ? 'numeric' : '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(Date.parse(`${utc.replace(' ', 'T')}Z`));
  return (v18 ? shown : shown.replace(',', '')).replaceAll('\u202f', ' ');
}

export const pricelistModels = [pricelist, pricelistItem];

/** The list's price for a quantity: the rule with the highest minimum that fits, else the product's own. */
export function priceOf(env: Env, pricelistId: number, article: Row, quantity: number): number {
  const template = env.get('product.template', article['product_tmpl_id']);
  const rules = env
    .having('product.pricelist.item', 'pricelist_id', pricelistId)
    .filter((rule) => Number(rule['min_quantity']) <= quantity)
    .filter((rule) => !rule['date_start'] || String(rule['date_start']) <= env.now)
    .filter((rule) => !rule['date_end'] || env.now <= String(rule['date_end']))
    .filter((rule) => !rule['product_id'] || rule['product_id'] === article.id)
    .filter((rule) => !rule['product_tmpl_id'] || rule['product_tmpl_id'] === template.id)
    .sort((a, b) => Number(b['min_quantity']) - Number(a['min_quantity']) || b.id - a.id);
  const rule = rules.find((each) => each['compute_price'] === 'fixed');
  return Number(rule ? rule['fixed_price'] : template['list_price']);
}
