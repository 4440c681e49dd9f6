import type { Env } from '../orm/env.ts';
import { char, float, integer, many2one, one2many, selection } from '../orm/field.ts';
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
  },
};

export const pricelistModels = [pricelist, pricelistItem];

/** The list's price for a quantity: the rule with the highest minimum that fits, else the product's own. */
export function priceOf(env: Env, pricelistId: number, article: Row, quantity: number): number {
  const template = env.get('product.template', article['product_tmpl_id']);
  const rules = env
    .having('product.pricelist.item', 'pricelist_id', pricelistId)
    .filter((rule) => Number(rule['min_quantity']) <= quantity)
    .filter((rule) => !rule['product_id'] || rule['product_id'] === article.id)
    .filter((rule) => !rule['product_tmpl_id'] || rule['product_tmpl_id'] === template.id)
    .sort((a, b) => Number(b['min_quantity']) - Number(a['min_quantity']) || b.id - a.id);
  const rule = rules.find((each) => each['compute_price'] === 'fixed');
  return Number(rule ? rule['fixed_price'] : template['list_price']);
}
