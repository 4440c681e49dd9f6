import { minus } from '../orm/decimal.ts';
import type { Env } from '../orm/env.ts';
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
} from '../orm/field.ts';
import type { Row } from '../orm/field.ts';
import type { ModelDefinition } from '../orm/model.ts';
import { stockOf } from '../stock/availability.ts';
import {
  insertLine,
  linesOf,
  releaseDownTo,
  removeLine,
  reserveFor,
  setLineQuantity,
  setPicked,
} from '../stock/lines.ts';
import { enterDone, enteredOf, reservedOf } from '../stock/entered.ts';
import { needsNoStock, setMoveQuantity } from '../stock/reserve.ts';
import { isOpen, refreshMove, refreshPicking } from '../stock/states.ts';

export const MOVE_STATES = [
  ['draft', 'New'],
  ['waiting', 'Waiting Another Move'],
  ['confirmed', 'Waiting'],
  ['partially_available', 'Partially Available'],
  ['assigned', 'Available'],
  ['done', 'Done'],
  ['cancel', 'Cancelled'],
] as const;

const MOVE_STATES_18 = MOVE_STATES.map(
  ([state, label]) => [state, state === 'confirmed' ? 'Waiting Availability' : label] as const,
);

/** What 16 has no fields for is kept in columns all the same. */
function withColumns(env: Env, row: Row): void {
  const model = 'product_uom_qty' in row ? 'stock.move' : 'stock.move.line';
  if (row['quantity'] === undefined) env.patch(model, row, { quantity: 0, picked: false });
}

const place = (env: Env, id: unknown) => String(env.find('stock.location', id)?.['name'] ?? '');

/** `S00025/HAM-401794: Stock>Customers`, from the picking's origin, the article and both places. */
function displayName(env: Env, row: Row): string {
  const picking = env.find('stock.picking', row['picking_id']);
  const origin = picking?.['origin'] ? `${String(picking['origin'])}/` : '';
  const code = env.find('product.product', row['product_id'])?.['default_code'];
  const article = code ? `${String(code)}: ` : '';
  return `${origin}${article}${place(env, row['location_id'])}>${place(env, row['location_dest_id'])}`;
}

const pickingOf = (env: Env, row: Row) => env.find('stock.picking', row['picking_id']);

function refreshAround(env: Env, move: Row): void {
  refreshMove(env, move);
  const picking = pickingOf(env, move);
  if (picking) refreshPicking(env, picking);
}

/** Reserved lines are replaced by one line per lot. */
function setLots(env: Env, move: Row, value: unknown): void {
  const lots =
    Array.isArray(value) && Array.isArray(value[0]) ? (value[0][2] as number[]) : (value as number[]);
  for (const line of linesOf(env, move)) removeLine(env, line);
  const each = lots.length > 0 ? Number(move['product_uom_qty']) / lots.length : 0;
  for (const lot of lots) {
    const line = insertLine(env, move, { location: move['location_id'], lot }, each, 0);
    reserveFor(env, line, each);
    if (env.major < 17) env.patch('stock.move.line', line, { qty_done: each });
  }
  refreshAround(env, move);
}

const move: ModelDefinition = {
  name: 'stock.move',
  label: 'Stock Move',
  order: 'sequence, id',
  displayName,
  unknownFieldIsValueError: true,
  ownIndexes: ['_open_product'],
  fields: {
    sequence: integer('Sequence', { default: 10 }),
    name: char('Description', { until: 18 }),
    product_id: many2one('Product', 'product.product', { required: true, indexed: true }),
    product_uom: many2one('Unit', 'uom.uom', { required: true, default: 1, before19: { string: 'UoM' } }),
    product_uom_qty: float('Demand', { default: 0 }),
    quantity: float('Quantity', {
      since: 17,
      assign: (env, row, value) => writeQuantity(env, row, Number(value)),
    }),
    quantity_done: float('Quantity Done', {
      until: 16,
      compute: enteredOf,
      assign: (env, row, value) => enterDone(env, row, Number(value)),
    }),
    reserved_availability: float('Quantity Reserved', {
      until: 16,
      compute: (_env, row) => reservedOf(row, row['state']),
    }),
    picked: boolean('Picked', {
      since: 17,
      default: false,
      assign: (env, row, value) => setPicked(env, row, value === true),
    }),
    state: selection('Status', MOVE_STATES, {
      readonly: true,
      default: 'draft',
      indexed: true,
      before19: { selection: MOVE_STATES_18 },
    }),
    picking_id: many2one('Transfer', 'stock.picking', { indexed: true }),
    picking_type_id: many2one('Operation Type', 'stock.picking.type'),
    sale_line_id: many2one('Sale Line', 'sale.order.line', { indexed: true }),
    partner_id: many2one('Destination Address ', 'res.partner'),
    location_id: many2one('Source Location', 'stock.location', { required: true }),
    location_dest_id: many2one('Intermediate Location', 'stock.location', { required: true }),
    location_final_id: many2one('Final Location', 'stock.location'),
    date: datetime('Date Scheduled', { default: (env) => env.now }),
    origin: char('Source Document'),
    reference: char('Reference'),
    procure_method: selection(
      'Supply Method',
      [
        ['make_to_stock', 'Default: Take From Stock'],
        ['make_to_order', 'Advanced: Apply Procurement Rules'],
      ],
      { required: true, default: 'make_to_stock' },
    ),
    is_inventory: boolean('Inventory', { default: false, indexed: true }),
    to_refund: boolean('Update quantities on SO/PO', { default: false }),
    origin_returned_move_id: many2one('Origin return move', 'stock.move', { indexed: true }),
    move_orig_ids: many2many('Original Move', 'stock.move'),
    move_dest_ids: many2many('Destination Moves', 'stock.move'),
    move_line_ids: one2many('Move Line', 'stock.move.line', 'move_id'),
    company_id: many2one('Company', 'res.company', { default: 1 }),
    lot_ids: many2many('Serial Numbers', 'stock.lot', {
      compute: (env, row) =>
        linesOf(env, row)
          .map((line) => line['lot_id'])
          .filter((lot): lot is number => typeof lot === 'number'),
      assign: setLots,
    }),
    availability: float('Forecasted Quantity', { compute: availability }),
    forecast_availability: float('Forecast Availability', {
      compute: (_env, row) => (isOpen(row) ? (row['quantity'] ?? 0) : 0),
    }),
  },
  prepare: (_env, values) => {
    values['_open_product'] = 0;
  },
  created: withColumns,
  written: (env, row, values) => {
    if ('move_line_ids' in values || 'product_uom_qty' in values) refreshAround(env, row);
  },
};

function writeQuantity(env: Env, row: Row, quantity: number): void {
  setMoveQuantity(env, row, quantity);
  const picking = pickingOf(env, row);
  if (picking) refreshPicking(env, picking);
}

function availability(env: Env, row: Row): number {
  if (!isOpen(row)) return Number(row['product_uom_qty']);
  if (needsNoStock(env, row)) return Number(row['product_uom_qty']);
  const free = stockOf(env.withContext({ location: row['location_id'] }), row['product_id'] as number).free;
  return Math.min(Number(row['product_uom_qty']), Math.max(0, minus(free, -Number(row['quantity']))));
}

const moveLine: ModelDefinition = {
  name: 'stock.move.line',
  label: 'Product Moves (Stock Move Line)',
  order: 'id',
  ownIndexes: ['_reserved_product'],
  displayName: (env, row) =>
    env.displayName('product.product', env.get('product.product', row['product_id'])),
  fields: {
    move_id: many2one('Stock Operation', 'stock.move', { indexed: true }),
    picking_id: many2one('Transfer', 'stock.picking', { indexed: true }),
    product_id: many2one('Product', 'product.product', { indexed: true }),
    product_uom_id: many2one('Unit', 'uom.uom', { default: 1, before19: { string: 'Unit of Measure' } }),
    quantity: float('Quantity', {
      since: 17,
      assign: (env, row, value) => setLineQuantity(env, row, Number(value)),
    }),
    qty_done: float('Done', { until: 16 }),
    reserved_uom_qty: float('Reserved', {
      until: 16,
      compute: (env, row) => reservedOf(row, env.find('stock.move', row['move_id'])?.['state']),
    }),
    picked: boolean('Picked', { default: false, since: 17 }),
    lot_id: many2one('Lot/Serial Number', 'stock.lot'),
    lot_name: char('Lot/Serial Number Name'),
    expiration_date: datetime('Expiration Date'),
    location_id: many2one('From', 'stock.location', { required: true }),
    location_dest_id: many2one('To', 'stock.location', { required: true }),
    package_id: many2one('Source Package', 'stock.package', {
      before19: { relation: 'stock.quant.package' },
    }),
    result_package_id: many2one('Destination Package', 'stock.package', {
      before19: { relation: 'stock.quant.package' },
    }),
    company_id: many2one('Company', 'res.company', { default: 1 }),
    state: selection('Status', MOVE_STATES, {
      readonly: true,
      before19: { selection: MOVE_STATES_18 },
      compute: (env, row) => env.find('stock.move', row['move_id'])?.['state'] ?? false,
    }),
  },
  prepare: (_env, values) => {
    values['_reserved'] = 0;
    values['_reserved_product'] = 0;
  },
  created: (env, row) => {
    withColumns(env, row);
    const parent = env.find('stock.move', row['move_id']);
    if (parent) refreshAround(env, parent);
  },
  beforeUnlink: (env, row) => releaseDownTo(env, row, 0),
  beforeWrite: (env, row, values) => {
    // A line that changes its lot gives back what it held on the old one.
    if (!('lot_id' in values) || values['lot_id'] === row['lot_id']) return;
    const quantity = Number(row['quantity']);
    setLineQuantity(env, row, 0);
    if (env.major >= 17) values['quantity'] ??= quantity;
  },
  written: (env, row) => {
    const parent = env.find('stock.move', row['move_id']);
    if (parent && isOpen(parent)) refreshAround(env, parent);
  },
};

export const moveModels = [move, moveLine];
