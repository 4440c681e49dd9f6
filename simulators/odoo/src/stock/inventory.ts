import { minus, plus } from '../orm/decimal.ts';
import type { Env } from '../orm/env.ts';
import { userError, validationError } from '../orm/errors.ts';
import type { Row, Values } from '../orm/field.ts';
import { coerce } from '../orm/coerce.ts';
import { createRecord } from '../orm/write.ts';
import { isStorable, outsideLocation } from './availability.ts';
import { addStock, insertQuant, quantOf } from './quants.ts';
import { freeExcess } from './reserve.ts';

const COUNT_FIELDS = ['inventory_quantity', 'inventory_quantity_auto_apply'];
const ALLOWED = new Set([
  'product_id',
  'location_id',
  'lot_id',
  'package_id',
  'owner_id',
  'user_id',
  'inventory_date',
  'inventory_quantity_set',
  ...COUNT_FIELDS,
]);

/**
 * `stock.quant.create`: in inventory mode an upsert by product, place and lot, so that its result is de-duplicated and
 * not positional (recording 04).
 */
export function createQuants(env: Env, list: readonly Values[]): number[] {
  const ids = new Set<number>();
  for (const values of list) ids.add(createQuant(env, values).id);
  return [...ids];
}

function createQuant(env: Env, values: Values): Row {
  if (values['product_id'] && !isStorable(env, values['product_id']))
    throw validationError('Quants cannot be created for consumables or services.');
  const counting = env.context['inventory_mode'] && COUNT_FIELDS.some((field) => field in values);
  if (!counting) return createRecord(env, 'stock.quant', values);
  if (Object.keys(values).some((field) => !ALLOWED.has(field)))
    throw userError("Quant's creation is restricted, you can't do this operation.");
  const { product_id: product, location_id: location, lot_id: lot = false } = values;
  env.get('product.product', product);
  env.get('stock.location', location);
  const quant = quantOf(env, product, location, lot) ?? insertQuant(env, product, location, lot);
  setCount(env, quant, values);
  return quant;
}

/** Notes or applies the count that values carry; leaves other fields alone. */
export function setCount(env: Env, quant: Row, values: Values): void {
  const number = (name: string) =>
    Number(coerce(env, 'stock.quant', name, { type: 'float', string: name }, values[name]));
  if ('inventory_quantity_auto_apply' in values) {
    applyCount(env, quant, number('inventory_quantity_auto_apply'));
  } else if ('inventory_quantity' in values) {
    const counted = number('inventory_quantity');
    env.patch('stock.quant', quant, {
      inventory_quantity: counted,
      inventory_quantity_set: true,
      inventory_diff_quantity: minus(counted, Number(quant['quantity'])),
    });
  }
}

/** Something moved since the count was taken. */
export const isOutdated = (quant: Row) =>
  quant['inventory_quantity_set'] === true &&
  minus(Number(quant['inventory_quantity']), Number(quant['inventory_diff_quantity'])) !==
    Number(quant['quantity']);

/** Applies counts, or answers with the conflict window and applies none (recording 23). */
export function applyInventory(env: Env, quants: readonly Row[]): unknown {
  const outdated = quants.filter(isOutdated);
  if (outdated.length > 0)
    return {
      name: 'Conflict in Inventory Adjustment',
      type: 'ir.actions.act_window',
      view_mode: 'form',
      views: [[false, 'form']],
      res_model: 'stock.inventory.conflict',
      target: 'new',
      context: {
        default_quant_ids: quants.map((quant) => quant.id),
        default_quant_to_fix_ids: outdated.map((quant) => quant.id),
      },
    };
  const unnamed = env.major < 19 ? quants.filter((quant) => lacksLot(env, quant)) : [];
  if (unnamed.length > 0) return trackingQuestion(quants, unnamed);
  for (const quant of quants)
    if (quant['inventory_quantity_set'] === true) applyCount(env, quant, Number(quant['inventory_quantity']));
  return undefined;
}

const trackingOf = (env: Env, quant: Row) => {
  const product = env.get('product.product', quant['product_id']);
  return env.get('product.template', product['product_tmpl_id'])['tracking'];
};

const lacksLot = (env: Env, quant: Row) => !quant['lot_id'] && trackingOf(env, quant) !== 'none';

/** 18 asks before it counts tracked goods without a lot (recording 05); 19 just does it. */
const trackingQuestion = (quants: readonly Row[], unnamed: readonly Row[]) => ({
  name: 'Tracked Products in Inventory Adjustment',
  type: 'ir.actions.act_window',
  view_mode: 'form',
  views: [[false, 'form']],
  res_model: 'stock.track.confirmation',
  target: 'new',
  context: {
    default_quant_ids: quants.map((quant) => quant.id),
    default_product_ids: [...new Set(unnamed.map((quant) => quant['product_id'] as number))],
  },
});

/** Brings a quant to a count through a stock move from or to the inventory loss location. */
export function applyCount(env: Env, quant: Row, counted: number): void {
  refuseSecondSerial(env, quant, counted);
  const difference = minus(counted, Number(quant['quantity']));
  recordAdjustment(env, quant, difference);
  const loss = lossLocation(env);
  addStock(env, quant['product_id'], loss, quant['lot_id'], -difference);
  env.patch('stock.quant', quant, {
    quantity: plus(Number(quant['quantity']), difference),
    inventory_quantity: 0,
    inventory_diff_quantity: 0,
    inventory_quantity_set: false,
    user_id: false,
    last_count_date: env.now.slice(0, 10),
  });
  freeExcess(env, quant);
}

const lossLocation = (env: Env) => outsideLocation(env, 'inventory');

function refuseSecondSerial(env: Env, quant: Row, counted: number): void {
  const product = env.get('product.product', quant['product_id']);
  if (trackingOf(env, quant) !== 'serial' || !quant['lot_id'] || counted <= 1) return;
  const lot = env.get('stock.lot', quant['lot_id']);
  throw validationError(
    `The serial number has already been assigned: \n Product: ${env.displayName('product.product', product)}, Serial Number: ${String(lot['name'])}`,
  );
}

/** The context's `inventory_name`, which 18 follows by the name of the one assigned to the count (code). */
function referenceOf(env: Env, quant: Row, difference: number): string {
  const given = env.context['inventory_name'];
  if (typeof given !== 'string' || given === '')
    return `Product Quantity ${difference === 0 ? 'Confirmed' : 'Updated'} (${env.user.name})`;
  const assigned = env.major < 19 ? env.find('res.users', quant['user_id']) : undefined;
  return assigned ? `${given} (${String(assigned['name'])})` : given;
}

function recordAdjustment(env: Env, quant: Row, difference: number): void {
  const loss = lossLocation(env);
  const place = quant['location_id'] as number;
  env.insert('stock.move', {
    sequence: 10,
    product_id: quant['product_id'],
    product_uom: 1,
    product_uom_qty: Math.abs(difference),
    quantity: Math.abs(difference),
    picked: true,
    state: 'done',
    is_inventory: true,
    location_id: difference > 0 ? loss : place,
    location_dest_id: difference > 0 ? place : loss,
    reference: referenceOf(env, quant, difference),
    origin: false,
    date: env.now,
    picking_id: false,
    sale_line_id: false,
    _open_product: 0,
  });
}
