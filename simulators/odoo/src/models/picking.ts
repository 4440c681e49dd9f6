import { minus } from '../orm/decimal.ts';
import type { Env } from '../orm/env.ts';
import { userError } from '../orm/errors.ts';
import {
  boolean,
  char,
  datetime,
  float,
  html,
  many2many,
  many2one,
  one2many,
  selection,
} from '../orm/field.ts';
import type { Row } from '../orm/field.ts';
import type { Method, ModelDefinition } from '../orm/model.ts';
import { outsideLocation, stockOf } from '../stock/availability.ts';
import { cancelMove, nextPickingName } from '../stock/done.ts';
import { enterReserved } from '../stock/entered.ts';
import { assignMoves, needsNoStock, unreserveMoves } from '../stock/reserve.ts';
import { isOpen, movesOf, refreshPicking } from '../stock/states.ts';
import { buttonValidate, confirmPicking } from '../stock/validate.ts';

const eachPicking = (result: true | undefined, run: (env: Env, picking: Row) => void): Method => ({
  on: 'records',
  run: (env, ids) => {
    for (const picking of env.browse('stock.picking', ids)) run(env, picking);
    return result;
  },
});

export function cancelPicking(env: Env, picking: Row): void {
  const moves = movesOf(env, picking);
  if (moves.some((move) => move['state'] === 'done'))
    throw userError(
      "You cannot cancel a stock move that has been set to 'Done'. Create a return in order to reverse the moves which took place.",
    );
  for (const move of moves) if (isOpen(move)) cancelMove(env, move);
  if (moves.length === 0) env.patch('stock.picking', picking, { state: 'cancel' });
  refreshPicking(env, picking);
}

/** `available`, or `late` when stock doesn't cover the open demand; nothing once done. */
function availabilityState(env: Env, picking: Row): string | false {
  if (!['waiting', 'confirmed', 'assigned'].includes(String(picking['state']))) return false;
  const short = movesOf(env, picking)
    .filter((move) => isOpen(move) && !needsNoStock(env, move))
    .some((move) => {
      const missing = minus(Number(move['product_uom_qty']), Number(move['quantity']));
      const place = env.withContext({ location: picking['location_id'] });
      return missing > 0 && missing > stockOf(place, move['product_id'] as number).free;
    });
  return short ? 'late' : 'available';
}

const picking: ModelDefinition = {
  name: 'stock.picking',
  label: 'Transfer',
  order: 'priority desc, scheduled_date, id desc',
  fields: {
    name: char('Reference', { readonly: true, indexed: true }),
    origin: char('Source Document', { indexed: true }),
    note: html('Notes'),
    priority: selection(
      'Priority',
      [
        ['0', 'Normal'],
        ['1', 'Urgent'],
      ],
      { default: '0' },
    ),
    state: selection(
      'Status',
      [
        ['draft', 'Draft'],
        ['waiting', 'Waiting Another Operation'],
        ['confirmed', 'Waiting'],
        ['assigned', 'Ready'],
        ['done', 'Done'],
        ['cancel', 'Cancelled'],
      ],
      { readonly: true, default: 'draft', indexed: true },
    ),
    move_type: selection(
      'Shipping Policy',
      [
        ['direct', 'As soon as possible'],
        ['one', 'When all products are ready'],
      ],
      { required: true, default: 'direct' },
    ),
    partner_id: many2one('Contact', 'res.partner', { indexed: true }),
    company_id: many2one('Company', 'res.company', { default: 1 }),
    picking_type_id: many2one('Operation Type', 'stock.picking.type', { required: true, indexed: true }),
    picking_type_code: selection(
      'Type of Operation',
      [
        ['incoming', 'Receipt'],
        ['outgoing', 'Delivery'],
        ['internal', 'Internal Transfer'],
      ],
      {
        readonly: true,
        compute: (env, row) => env.find('stock.picking.type', row['picking_type_id'])?.['code'] ?? false,
      },
    ),
    location_id: many2one('Source Location', 'stock.location', { required: true }),
    location_dest_id: many2one('Destination Location', 'stock.location', { required: true }),
    scheduled_date: datetime('Scheduled Date', { default: (env) => env.now }),
    date_deadline: datetime('Deadline', { readonly: true }),
    date_done: datetime('Date of Transfer', { readonly: true }),
    sale_id: many2one('Sales Order', 'sale.order', { indexed: true }),
    backorder_id: many2one('Back Order of', 'stock.picking', { indexed: true, readonly: true }),
    backorder_ids: one2many('Back Orders', 'stock.picking', 'backorder_id'),
    return_id: many2one('Return of', 'stock.picking', { indexed: true, readonly: true }),
    move_ids: one2many('Stock Moves', 'stock.move', 'picking_id'),
    move_line_ids: one2many('Operations', 'stock.move.line', 'picking_id'),
    carrier_id: many2one('Carrier', 'delivery.carrier'),
    carrier_tracking_ref: char('Tracking Reference', { indexed: true }),
    carrier_price: float('Shipping Cost'),
    weight: float('Weight', { compute: () => 0 }),
    shipping_weight: float('Weight for Shipping'),
    products_availability_state: selection(
      'Products Availability State',
      [
        ['available', 'Available'],
        ['expected', 'Expected'],
        ['late', 'Late'],
      ],
      { compute: availabilityState },
    ),
  },
  prepare: (env, values) => {
    const type = env.find('stock.picking.type', values['picking_type_id']);
    if (!type) return;
    const warehouse = env.find('stock.warehouse', type['warehouse_id']);
    const customers = outsideLocation(env, 'customer');
    const stock = warehouse?.['lot_stock_id'] ?? false;
    values['location_id'] ??= type['code'] === 'incoming' ? customers : stock;
    values['location_dest_id'] ??= type['code'] === 'outgoing' ? customers : stock;
    values['name'] = nextPickingName(env, type.id);
  },
  created: (env, row) => refreshPicking(env, row),
  methods: {
    button_validate: {
      on: 'records',
      run: (env, ids) => buttonValidate(env, env.browse('stock.picking', ids)),
    },
    action_confirm: eachPicking(true, confirmPicking),
    action_assign: {
      on: 'records',
      run: (env, ids) => {
        const pickings = env.browse('stock.picking', ids);
        const moves = pickings.flatMap((each) => movesOf(env, each)).filter(isOpen);
        if (moves.length === 0 && pickings.length > 0)
          throw userError('Nothing to check the availability for.');
        assignMoves(env, moves);
        return true;
      },
    },
    do_unreserve: eachPicking(undefined, (env, row) => {
      unreserveMoves(env, movesOf(env, row));
      refreshPicking(env, row);
    }),
    action_cancel: eachPicking(true, cancelPicking),
  },
};

const asked = (env: Env): Row[] => {
  const ids = env.context['button_validate_picking_ids'];
  return Array.isArray(ids) ? env.browse('stock.picking', ids as number[]) : [];
};

/**
 * The window that a partial validation returns. It acts on the pickings of the returned context; without that context
 * `process` answers `true` and does nothing (recording 07).
 */
const backorderConfirmation: ModelDefinition = {
  name: 'stock.backorder.confirmation',
  label: 'Backorder Confirmation',
  fields: {
    pick_ids: many2many('Pick', 'stock.picking'),
    show_transfers: boolean('Show Transfers'),
    backorder_confirmation_line_ids: one2many(
      'Backorder Confirmation Lines',
      'stock.backorder.confirmation.line',
      'backorder_confirmation_id',
    ),
  },
  created: (env, row) => {
    for (const id of row['pick_ids'] as number[])
      env.insert('stock.backorder.confirmation.line', {
        backorder_confirmation_id: row.id,
        picking_id: id,
        to_backorder: true,
      });
  },
  methods: {
    process: {
      on: 'records',
      run: (env, ids) => {
        const left = env
          .browse('stock.backorder.confirmation', ids)
          .flatMap((wizard) =>
            env.having('stock.backorder.confirmation.line', 'backorder_confirmation_id', wizard.id),
          )
          .filter((line) => line['to_backorder'] === false)
          .map((line) => line['picking_id'] as number);
        const context = { skip_backorder: true, picking_ids_not_to_backorder: left };
        return buttonValidate(env.withContext(context), asked(env));
      },
    },
    process_cancel_backorder: {
      on: 'records',
      run: (env, ids) => {
        const all = env
          .browse('stock.backorder.confirmation', ids)
          .flatMap((wizard) => wizard['pick_ids'] as number[]);
        const context = { skip_backorder: true, picking_ids_not_to_backorder: all };
        return buttonValidate(env.withContext(context), asked(env));
      },
    },
  },
};

/** 16: ships what is reserved. */
const immediateTransfer: ModelDefinition = {
  name: 'stock.immediate.transfer',
  label: 'Immediate Transfer',
  until: 16,
  fields: {
    pick_ids: many2many('Pick', 'stock.picking'),
    show_transfers: boolean('Show Transfers'),
  },
  methods: {
    process: {
      on: 'records',
      run: (env, ids) => {
        for (const wizard of env.browse('stock.immediate.transfer', ids))
          for (const picked of env.browse('stock.picking', wizard['pick_ids'] as number[]))
            enterReserved(env, picked);
        return buttonValidate(env.withContext({ skip_immediate: true }), asked(env));
      },
    },
  },
};

const backorderLine: ModelDefinition = {
  name: 'stock.backorder.confirmation.line',
  label: 'Backorder Confirmation Line',
  fields: {
    backorder_confirmation_id: many2one('Immediate Transfer', 'stock.backorder.confirmation', {
      indexed: true,
    }),
    picking_id: many2one('Transfer', 'stock.picking'),
    to_backorder: boolean('To Backorder'),
  },
};

const expiryConfirmation: ModelDefinition = {
  name: 'expiry.picking.confirmation',
  label: 'Confirm Expiry',
  fields: {
    picking_ids: many2many('Picking', 'stock.picking'),
    lot_ids: many2many('Lot', 'stock.lot'),
  },
  methods: {
    process: {
      on: 'records',
      run: (env) => buttonValidate(env.withContext({ skip_expired: true }), asked(env)),
    },
  },
};

export const pickingModels = [
  picking,
  backorderConfirmation,
  backorderLine,
  immediateTransfer,
  expiryConfirmation,
];
