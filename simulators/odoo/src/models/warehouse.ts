import type { Env } from '../orm/env.ts';
import { boolean, char, integer, many2one, selection } from '../orm/field.ts';
import type { Row } from '../orm/field.ts';
import { active } from '../orm/model.ts';
import type { ModelDefinition } from '../orm/model.ts';

const warehouse: ModelDefinition = {
  name: 'stock.warehouse',
  label: 'Warehouse',
  order: 'sequence, id',
  searchNames: ['code'],
  fields: {
    name: char('Warehouse', { required: true, indexed: true }),
    code: char('Short Name', { required: true, indexed: true }),
    sequence: integer('Sequence', { default: 10 }),
    company_id: many2one('Company', 'res.company', { required: true, default: 1 }),
    partner_id: many2one('Address', 'res.partner'),
    view_location_id: many2one('View Location', 'stock.location'),
    lot_stock_id: many2one('Location Stock', 'stock.location'),
    wh_output_stock_loc_id: many2one('Output Location', 'stock.location'),
    in_type_id: many2one('In Type', 'stock.picking.type'),
    wh_pack_stock_loc_id: many2one('Packing Location', 'stock.location'),
    pack_type_id: many2one('Pack Type', 'stock.picking.type'),
    out_type_id: many2one('Out Type', 'stock.picking.type'),
    pick_type_id: many2one('Pick Type', 'stock.picking.type'),
    int_type_id: many2one('Internal Type', 'stock.picking.type'),
    delivery_steps: selection(
      'Outgoing Shipments',
      [
        ['ship_only', 'Deliver (1 step)'],
        ['pick_ship', 'Pick then Deliver (2 steps)'],
        ['pick_pack_ship', 'Pick, Pack, then Deliver (3 steps)'],
      ],
      { default: 'ship_only', required: true },
    ),
    reception_steps: selection(
      'Incoming Shipments',
      [
        ['one_step', 'Receive and Store (1 step)'],
        ['two_steps', 'Receive then Store (2 steps)'],
        ['three_steps', 'Receive, Quality Control, then Store (3 steps)'],
      ],
      { default: 'one_step', required: true },
    ),
    active,
  },
  created: (env, row) => {
    if (!row['lot_stock_id']) layOutWarehouse(env, row);
  },
  written: (env, row) => {
    for (const [column, steps] of [
      ['pick_type_id', ['pick_ship', 'pick_pack_ship']],
      ['pack_type_id', ['pick_pack_ship']],
    ] as const) {
      const type = env.find('stock.picking.type', row[column]);
      const active = steps.some((name) => name === row['delivery_steps']);
      if (type) env.patch('stock.picking.type', type, { active });
    }
  },
};

const TYPES = [
  ['in_type_id', 'Receipts', 'incoming', 'IN', 1],
  ['out_type_id', 'Delivery Orders', 'outgoing', 'OUT', 5],
  ['pick_type_id', 'Pick', 'internal', 'PICK', 3],
  ['pack_type_id', 'Pack', 'internal', 'PACK', 4],
  ['int_type_id', 'Internal Transfers', 'internal', 'INT', 2],
] as const;

/** Gives a new warehouse its locations and operation types. Which ones are active follows its steps. */
export function layOutWarehouse(env: Env, row: Row): void {
  const code = String(row['code']);
  const location = (name: string, usage: string, parent: number | false, archived = false) =>
    env.insert('stock.location', {
      name,
      usage,
      location_id: parent,
      warehouse_id: row.id,
      company_id: 1,
      active: !archived,
    });
  const view = location(code, 'view', false);
  const stock = location('Stock', 'internal', view.id);
  const output = location('Output', 'internal', view.id);
  const packing = location('Packing Zone', 'internal', view.id);
  const types = Object.fromEntries(
    TYPES.map(([column, name, kind, sequenceCode, sequence]) => {
      const type = env.insert('stock.picking.type', {
        name,
        code: kind,
        sequence_code: sequenceCode,
        sequence: row.id * 10 + sequence,
        warehouse_id: row.id,
        create_backorder: 'ask',
        reservation_method: 'at_confirm',
        // The recorded 19 server had it on the first warehouse's deliveries too, which is why a lot only named went out there.
        use_create_lots: kind === 'incoming' || (kind === 'outgoing' && code === 'WH' && env.major >= 19),
        use_existing_lots: kind !== 'incoming',
        active:
          (sequenceCode !== 'PICK' || row['delivery_steps'] !== 'ship_only') &&
          (sequenceCode !== 'PACK' || row['delivery_steps'] === 'pick_pack_ship'),
        company_id: 1,
      });
      return [column, type.id];
    }),
  );
  env.patch('stock.warehouse', row, {
    ...types,
    view_location_id: view.id,
    lot_stock_id: stock.id,
    wh_output_stock_loc_id: output.id,
    wh_pack_stock_loc_id: packing.id,
  });
}

const USAGES = [
  ['supplier', 'Vendor'],
  ['view', 'Virtual'],
  ['internal', 'Internal'],
  ['customer', 'Customer'],
  ['inventory', 'Inventory Loss'],
  ['production', 'Production'],
  ['transit', 'Transit'],
] as const;

const LABELS_18: Record<string, string> = {
  supplier: 'Vendor Location',
  view: 'View',
  internal: 'Internal Location',
  customer: 'Customer Location',
  transit: 'Transit Location',
};

const USAGES_18 = USAGES.map(([usage, label]) => [usage, LABELS_18[usage] ?? label] as const);

const location: ModelDefinition = {
  name: 'stock.location',
  label: 'Inventory Locations',
  order: 'name, id',
  displayName: (env, row) => completeName(env, row),
  fields: {
    name: char('Location Name', { required: true }),
    complete_name: char('Full Location Name', {
      readonly: true,
      compute: (env, row) => completeName(env, row),
    }),
    usage: selection('Location Type', USAGES, {
      default: 'internal',
      required: true,
      indexed: true,
      before19: { selection: USAGES_18 },
    }),
    location_id: many2one('Parent Location', 'stock.location', { indexed: true }),
    warehouse_id: many2one('Warehouse', 'stock.warehouse', { indexed: true }),
    company_id: many2one('Company', 'res.company'),
    active,
  },
};

function completeName(env: Env, row: Row): string {
  const parent = env.find('stock.location', row['location_id']);
  return parent ? `${completeName(env, parent)}/${String(row['name'])}` : String(row['name']);
}

const pickingType: ModelDefinition = {
  name: 'stock.picking.type',
  label: 'Picking Type',
  order: 'sequence, id',
  displayName: (env, row) => {
    const owner = env.find('stock.warehouse', row['warehouse_id']);
    return owner ? `${String(owner['name'])}: ${String(row['name'])}` : String(row['name']);
  },
  fields: {
    name: char('Operation Type', { required: true }),
    code: selection(
      'Type of Operation',
      [
        ['incoming', 'Receipt'],
        ['outgoing', 'Delivery'],
        ['internal', 'Internal Transfer'],
      ],
      { required: true, default: 'incoming' },
    ),
    sequence_code: char('Sequence Prefix', { required: true }),
    sequence: integer('Sequence'),
    warehouse_id: many2one('Warehouse', 'stock.warehouse', { indexed: true }),
    create_backorder: selection(
      'Create Backorder',
      [
        ['ask', 'Ask'],
        ['always', 'Always'],
        ['never', 'Never'],
      ],
      { required: true, default: 'ask' },
    ),
    reservation_method: selection(
      'Reservation Method',
      [
        ['at_confirm', 'At Confirmation'],
        ['manual', 'Manually'],
        ['by_date', 'Before scheduled date'],
      ],
      { required: true, default: 'at_confirm' },
    ),
    use_create_lots: boolean('Create New Lots/Serial Numbers', { default: true }),
    use_existing_lots: boolean('Use Existing Lots/Serial Numbers', { default: true }),
    company_id: many2one('Company', 'res.company', { required: true, default: 1 }),
    active,
  },
};

export const warehouseModels = [warehouse, location, pickingType];
