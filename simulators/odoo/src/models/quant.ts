import { minus } from '../orm/decimal.ts';
import type { Env } from '../orm/env.ts';
import { boolean, date, datetime, float, many2many, many2one } from '../orm/field.ts';
import type { Row, Values } from '../orm/field.ts';
import type { ModelDefinition } from '../orm/model.ts';
import { available, isExpired } from '../stock/availability.ts';
import { applyCount, applyInventory, createQuants, isOutdated, setCount } from '../stock/inventory.ts';

const quant: ModelDefinition = {
  name: 'stock.quant',
  label: 'Quants',
  displayName: (env, row) => {
    const place = env.displayName('stock.location', env.get('stock.location', row['location_id']));
    const lot = env.find('stock.lot', row['lot_id']);
    return lot ? `${place} - ${String(lot['name'])}` : place;
  },
  fields: {
    product_id: many2one('Product', 'product.product', { required: true, indexed: true }),
    location_id: many2one('Location', 'stock.location', { required: true, indexed: true }),
    lot_id: many2one('Lot/Serial Number', 'stock.lot', { indexed: true }),
    package_id: many2one('Package', 'stock.package', { before19: { relation: 'stock.quant.package' } }),
    owner_id: many2one('Owner', 'res.partner'),
    user_id: many2one('Assigned To', 'res.users'),
    company_id: many2one('Company', 'res.company', { default: 1 }),
    quantity: float('Quantity'),
    reserved_quantity: float('Reserved Quantity', { readonly: true }),
    available_quantity: float('Available Quantity', {
      readonly: true,
      // 19 takes an expired lot out, 18 does not (recording 05 of both).
      compute: (env, row) => (env.major >= 19 && isExpired(env, row) ? 0 : available(row)),
    }),
    inventory_quantity: float('Counted', {
      before19: { string: 'Counted Quantity' },
      assign: (env, row, value) => setCount(env, row, { inventory_quantity: value }),
    }),
    inventory_quantity_auto_apply: float('Inventoried Quantity', {
      compute: (_env, row) => row['quantity'] ?? 0,
      assign: (env, row, value) => setCount(env, row, { inventory_quantity_auto_apply: value }),
    }),
    inventory_quantity_set: boolean('Inventory Quantity Set', { default: false }),
    inventory_diff_quantity: float('Difference', { readonly: true }),
    inventory_date: date('Scheduled', {
      before19: { string: 'Scheduled Date' },
      compute: (env) => `${env.now.slice(0, 4)}-12-31`,
    }),
    last_count_date: date('Last Count Date', { readonly: true }),
    is_outdated: boolean('Quantity has been moved since last count', {
      compute: (_env, row) => isOutdated(row),
    }),
    in_date: datetime('Incoming Date', { readonly: true }),
  },
  methods: {
    create: {
      on: 'model',
      parameters: ['vals_list'],
      required: 1,
      run: (env, _ids, args) => {
        const given = args['vals_list'];
        return createQuants(env, (Array.isArray(given) ? given : [given]) as Values[]);
      },
    },
    action_apply_inventory: {
      on: 'records',
      run: (env, ids) => applyInventory(env, env.browse('stock.quant', ids)),
    },
    action_clear_inventory_quantity: {
      on: 'records',
      run: (env, ids) => {
        for (const row of env.browse('stock.quant', ids))
          env.patch('stock.quant', row, {
            inventory_quantity: 0,
            inventory_diff_quantity: 0,
            inventory_quantity_set: false,
          });
      },
    },
  },
};

const toFix = (env: Env, ids: readonly number[]): Row[] =>
  env
    .browse('stock.inventory.conflict', ids)
    .flatMap((wizard) => env.browse('stock.quant', wizard['quant_to_fix_ids'] as number[]));

/** The two answers to a count that something moved under: the counted quantity, or the counted difference. */
const conflict: ModelDefinition = {
  name: 'stock.inventory.conflict',
  label: 'Conflict in Inventory',
  fields: {
    quant_ids: many2many('Quants', 'stock.quant'),
    quant_to_fix_ids: many2many('Conflicts', 'stock.quant'),
  },
  methods: {
    action_keep_counted_quantity: {
      on: 'records',
      run: (env, ids) => {
        for (const row of toFix(env, ids)) applyCount(env, row, Number(row['inventory_quantity']));
      },
    },
    action_keep_difference: {
      on: 'records',
      run: (env, ids) => {
        for (const row of toFix(env, ids))
          applyCount(env, row, minus(Number(row['quantity']), -Number(row['inventory_diff_quantity'])));
      },
    },
  },
};

export const quantModels = [quant, conflict];
