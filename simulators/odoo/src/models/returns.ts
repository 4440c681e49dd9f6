import type { Env } from '../orm/env.ts';
import { userError } from '../orm/errors.ts';
import { boolean, float, many2one, one2many } from '../orm/field.ts';
import type { Row } from '../orm/field.ts';
import type { Method, ModelDefinition } from '../orm/model.ts';
import { createRecord } from '../orm/write.ts';
import { nextPickingName } from '../stock/done.ts';
import { assignMoves } from '../stock/reserve.ts';
import { movesOf, refreshPicking } from '../stock/states.ts';

const RETURN = 'stock.return.picking';
const LINE = 'stock.return.picking.line';

const making: Method = {
  on: 'records',
  run: (env, ids) => env.browse(RETURN, ids).map((row) => createReturn(env, row))[0],
};

/** The wizard checks nothing: 99 of 10 is accepted, and so is a picking that is not done (recording 13). */
const wizard: ModelDefinition = {
  name: RETURN,
  label: 'Return Picking',
  fields: {
    picking_id: many2one('Picking', 'stock.picking'),
    product_return_moves: one2many('Moves', LINE, 'wizard_id'),
    // Where the goods go: from 18 on the operation type says it.
    location_id: many2one('Return Location', 'stock.location', { until: 17 }),
    company_id: many2one('Company', 'res.company', { compute: () => 1 }),
  },
  prepare: (env, values) => {
    values['picking_id'] ??=
      env.context['active_model'] === 'stock.picking' ? env.context['active_id'] : false;
  },
  created: (env, row, values) => {
    const picking = env.find('stock.picking', row['picking_id']);
    if ('product_return_moves' in values || !picking) return;
    for (const move of movesOf(env, picking))
      createRecord(env, LINE, {
        wizard_id: row.id,
        product_id: move['product_id'],
        move_id: move.id,
        // 16 and 17 propose all that went.
        quantity: env.major < 18 ? (move['quantity'] ?? 0) : 0,
      });
  },
  methods: {
    create_returns: { ...making, until: 17 },
    action_create_returns: { ...making, since: 18 },
  },
};

function createReturn(env: Env, row: Row): unknown {
  const lines = env.having(LINE, 'wizard_id', row.id).filter((line) => Number(line['quantity']) > 0);
  if (lines.length === 0) throw userError('Please specify at least one non-zero quantity.');
  const source = env.get('stock.picking', row['picking_id']);
  const type = env.get('stock.picking.type', source['picking_type_id']);
  const incoming = env.get('stock.warehouse', type['warehouse_id'])['in_type_id'] as number;
  const { id: _id, ...columns } = source;
  const returned = env.insert('stock.picking', {
    ...columns,
    name: nextPickingName(env, incoming),
    origin: `Return of ${String(source['name'])}`,
    state: 'draft',
    picking_type_id: incoming,
    location_id: source['location_dest_id'],
    location_dest_id: row['location_id'] || source['location_id'],
    scheduled_date: env.major < 19 ? source['scheduled_date'] : env.now,
    date_done: false,
    backorder_id: false,
    return_id: source.id,
    carrier_tracking_ref: false,
  });
  assignMoves(
    env,
    lines.map((line) => returnMove(env, line, returned)),
  );
  refreshPicking(env, returned);
  return {
    name: 'Returned Picking',
    view_mode: 'form',
    res_model: 'stock.picking',
    res_id: returned.id,
    type: 'ir.actions.act_window',
    context: env.context,
  };
}

function returnMove(env: Env, line: Row, picking: Row): Row {
  const { id: _id, ...columns } = env.get('stock.move', line['move_id']);
  return env.insert('stock.move', {
    ...columns,
    picking_id: picking.id,
    picking_type_id: picking['picking_type_id'],
    product_uom_qty: line['quantity'],
    quantity: 0,
    picked: false,
    state: 'confirmed',
    location_id: picking['location_id'],
    location_dest_id: picking['location_dest_id'],
    location_final_id: false,
    origin: picking['origin'],
    reference: picking['name'],
    origin_returned_move_id: line['move_id'],
    to_refund: line['to_refund'],
    move_orig_ids: [],
    move_dest_ids: [],
    _open_product: line['product_id'],
  });
}

const line: ModelDefinition = {
  name: LINE,
  label: 'Return Picking Line',
  fields: {
    wizard_id: many2one('Wizard', RETURN, { indexed: true }),
    product_id: many2one('Product', 'product.product', { required: true }),
    move_id: many2one('Move', 'stock.move'),
    quantity: float('Quantity', { default: 1 }),
    move_quantity: float('Move Quantity', {
      compute: (env, row) => env.find('stock.move', row['move_id'])?.['quantity'] ?? 0,
    }),
    uom_id: many2one('Unit', 'uom.uom', { before19: { string: 'Unit of Measure' }, compute: () => 1 }),
    to_refund: boolean('Update quantities on SO/PO', { default: true }),
  },
};

export const returnModels = [wizard, line];
