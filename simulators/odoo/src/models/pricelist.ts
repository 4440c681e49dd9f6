import { ancestors } from '../orm/domain.ts';
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
  beforeUnlink: (env, row) => {
    for (const item of env.having('product.pricelist.item', 'pricelist_id', row.id))
      env.remove('product.pricelist.item', item);
  },
};

const pricelistItem: ModelDefinition = {
  name: 'product.pricelist.item',
  label: 'Pricelist Rule',
  order: 'applied_on, min_quantity desc, categ_id desc, id desc',
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
    categ_id: many2one('Category', 'product.category'),
    base: selection(
      'Based on',
      [
        ['list_price', 'Sales Price'],
        ['standard_price', 'Cost'],
        ['pricelist', 'Other Pricelist'],
      ],
      { default: 'list_price', required: true },
    ),
    base_pricelist_id: many2one('Other Pricelist', 'product.pricelist'),
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
    price_discount: float('Price Discount'),
    price_round: float('Price Rounding'),
    price_surcharge: float('Extra Fee'),
    price_min_margin: float('Min. Price Margin'),
    price_max_margin: float('Max. Price Margin'),
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
  const v18 = env.major < 19;
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

const rateOf = (env: Env, list: Row): number => Number(env.get('res.currency', list['currency_id'])['rate']);

/** The list's price for a quantity, in its currency; what products have is in the company's. */
export function priceOf(env: Env, pricelistId: number, article: Row, quantity: number): number {
  const template = env.get('product.template', article['product_tmpl_id']);
  const categories = ancestors(env, 'product.category', template['categ_id']);
  const [rule] = env
    .having('product.pricelist.item', 'pricelist_id', pricelistId)
    .filter((each) => !each['min_quantity'] || Number(each['min_quantity']) <= quantity)
    .filter((each) => !each['date_start'] || String(each['date_start']) <= env.now)
    .filter((each) => !each['date_end'] || env.now <= String(each['date_end']))
    .filter((each) => !each['product_id'] || each['product_id'] === article.id)
    .filter((each) => !each['product_tmpl_id'] || each['product_tmpl_id'] === template.id)
    .filter((each) => !each['categ_id'] || categories.includes(Number(each['categ_id'])))
    .sort(
      (a, b) =>
        String(a['applied_on']).localeCompare(String(b['applied_on'])) ||
        Number(b['min_quantity']) - Number(a['min_quantity']) ||
        categories.indexOf(Number(a['categ_id'])) - categories.indexOf(Number(b['categ_id'])) ||
        b.id - a.id,
    );
  const rate = rateOf(env, env.get('product.pricelist', pricelistId));
  const base = (): number => {
    const other = rule?.['base'] === 'pricelist' && env.find('product.pricelist', rule['base_pricelist_id']);
    if (other) return (priceOf(env, other.id, article, quantity) / rateOf(env, other)) * rate;
    const of = rule?.['base'] === 'standard_price' ? article['standard_price'] : template['list_price'];
    return Number(of) * rate;
  };
  if (rule === undefined) return base();
  if (rule['compute_price'] === 'fixed') return Number(rule['fixed_price']);
  if (rule['compute_price'] === 'percentage') return base() * (1 - Number(rule['percent_price']) / 100);
  return byFormula(base(), rule);
}

function byFormula(base: number, rule: Row): number {
  const [step, low, high] = ['price_round', 'price_min_margin', 'price_max_margin'].map((name) =>
    Number(rule[name]),
  ) as [number, number, number];
  let price = base * (1 - Number(rule['price_discount']) / 100);
  if (step) price = Math.sign(price) * Math.round(Math.abs(price) / step + 1e-9) * step;
  price += Number(rule['price_surcharge']);
  if (low) price = Math.max(price, base + low);
  return high ? Math.min(price, base + high) : price;
}
