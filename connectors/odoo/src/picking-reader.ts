import type { Odoo } from './external-ids.ts';
import { externalIdsOf } from './external-ids.ts';
import { fieldsOf } from './field-catalogue.ts';
import type { DecimalString, Many2one } from './values.ts';
import { datetimeFromOdoo, decimalFromOdoo, idOf, textOf } from './values.ts';
import type { VersionDifferences } from './version-differences.ts';
import { differencesOf } from './version-differences.ts';

/** A line of a transfer. */
export interface Move {
  readonly id: number;
  readonly pickingId: number;
  /** RFC 3339: the start of the transaction that changed it last, in whole seconds. Its transfer may have an older stamp. */
  readonly changedAt: string;
  /** draft, waiting, confirmed, partially_available, assigned, done, cancel. */
  readonly state: string;
  readonly productId: number;
  /** The product's internal reference; null where it has none. */
  readonly sku: string | null;
  readonly demand: DecimalString;
  /** What is reserved while the move is open, what moved when it is done. */
  readonly quantity: DecimalString;
  /** The moves that bring its goods, in deliveries of several steps and where goods are made or bought for the order. */
  readonly originIds: readonly number[];
  readonly orderLineId: number | null;
  /** External id of the order line, without its module; null for a line that we did not make. */
  readonly orderLineExternalId: string | null;
}

/** A transfer with its moves, as it stands. */
export interface Picking {
  readonly id: number;
  /** `WH/OUT/00042`. */
  readonly name: string;
  /** draft, waiting, confirmed, assigned, done, cancel. `assigned` may still lack stock for some moves. */
  readonly state: string;
  readonly orderId: number | null;
  readonly partnerId: number | null;
  readonly pickingTypeId: number | null;
  /** The transfer whose rest this one is. */
  readonly backorderOf: number | null;
  readonly backorderIds: readonly number[];
  readonly trackingNumber: string | null;
  /** RFC 3339, as the next three. */
  readonly scheduledAt: string | null;
  readonly doneAt: string | null;
  /** The start of the transaction that changed it last, in whole seconds. */
  readonly changedAt: string;
  readonly moves: readonly Move[];
}

export interface PickingRow {
  readonly id: number;
  readonly name: string;
  readonly state: string;
  readonly sale_id?: Many2one;
  readonly partner_id: Many2one;
  readonly picking_type_id: Many2one;
  readonly backorder_id: Many2one;
  readonly backorder_ids: readonly number[];
  readonly carrier_tracking_ref?: string | false;
  readonly scheduled_date: string | false;
  readonly date_done: string | false;
  readonly write_date: string;
}

interface MoveRow {
  readonly id: number;
  readonly write_date: string;
  readonly picking_id: Many2one;
  readonly state: string;
  readonly product_id: [number, string];
  readonly product_uom_qty: number;
  readonly move_orig_ids?: readonly number[];
  readonly quantity?: number;
  readonly quantity_done?: number;
  readonly reserved_availability?: number;
  readonly sale_line_id?: Many2one;
}

export interface PickingQuery {
  readonly domain: readonly unknown[];
  readonly order?: string;
  readonly limit?: number;
}

/**
 * Reads transfers with their moves, SKUs and the external ids of their order lines: at most four calls,
 * whatever the number of transfers.
 *
 * @throws OdooError
 */
export async function readPickings(
  odoo: Odoo,
  query: PickingQuery,
  signal?: AbortSignal,
): Promise<Picking[]> {
  return completePickings(odoo, await readPickingRows(odoo, query, signal), signal);
}

/** The transfers' own fields, in one call. @throws OdooError */
export async function readPickingRows(
  odoo: Odoo,
  query: PickingQuery,
  signal?: AbortSignal,
): Promise<PickingRow[]> {
  const available = await fieldsOf(odoo, 'stock.picking');
  const optional = ['sale_id', 'carrier_tracking_ref'].filter((field) => available.has(field));
  return odoo.client.call<PickingRow[]>(
    'stock.picking',
    'search_read',
    {
      ...query,
      fields: [
        'name',
        'state',
        'partner_id',
        'picking_type_id',
        'backorder_id',
        'backorder_ids',
        'scheduled_date',
        'date_done',
        'write_date',
        ...optional,
      ],
    },
    { signal },
  );
}

/** Adds the moves as they are now. @throws OdooError */
export async function completePickings(
  odoo: Odoo,
  rows: readonly PickingRow[],
  signal?: AbortSignal,
): Promise<Picking[]> {
  const moves = await readMoves(odoo, ['picking_id', 'in', rows.map(({ id }) => id)], signal);
  const byPicking = Map.groupBy(moves, ({ pickingId }) => pickingId);
  return rows.map((row) => pickingOf(row, byPicking.get(row.id) ?? []));
}

export type PickingState = Pick<Picking, 'id' | 'name' | 'state' | 'doneAt' | 'backorderIds'>;

/** The state of transfers alone, in one call; a deleted one is absent. @throws OdooError */
export async function readPickingStates(
  odoo: Odoo,
  ids: readonly number[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, PickingState>> {
  if (ids.length === 0) return new Map();
  const rows = await odoo.client.call<
    Pick<PickingRow, 'id' | 'name' | 'state' | 'date_done' | 'backorder_ids'>[]
  >('stock.picking', 'read', { ids, fields: ['name', 'state', 'date_done', 'backorder_ids'] }, { signal });
  return new Map(
    rows.map(({ id, name, state, date_done, backorder_ids }) => [
      id,
      {
        id,
        name,
        state,
        doneAt: date_done === false ? null : datetimeFromOdoo(date_done),
        backorderIds: backorder_ids,
      },
    ]),
  );
}

function pickingOf(row: PickingRow, moves: readonly Move[]): Picking {
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    orderId: idOf(row.sale_id ?? false),
    partnerId: idOf(row.partner_id),
    pickingTypeId: idOf(row.picking_type_id),
    backorderOf: idOf(row.backorder_id),
    backorderIds: row.backorder_ids,
    trackingNumber: textOf(row.carrier_tracking_ref ?? false),
    scheduledAt: row.scheduled_date === false ? null : datetimeFromOdoo(row.scheduled_date),
    doneAt: row.date_done === false ? null : datetimeFromOdoo(row.date_done),
    changedAt: datetimeFromOdoo(row.write_date),
    moves,
  };
}

/** Moves that match one condition. @throws OdooError */
export async function readMoves(
  odoo: Odoo,
  condition: readonly [string, string, readonly number[]],
  signal?: AbortSignal,
): Promise<Move[]> {
  if (condition[2].length === 0) return [];
  const differences = differencesOf((await odoo.client.server({ signal })).major);
  const available = await fieldsOf(odoo, 'stock.move');
  const quantities = [...new Set([differences.moveQuantity, differences.moveReserved])];
  const optional = available.has('sale_line_id') ? ['sale_line_id'] : [];
  const rows = await odoo.client.call<MoveRow[]>(
    'stock.move',
    'search_read',
    {
      domain: [condition],
      fields: [
        'picking_id',
        'state',
        'product_id',
        'product_uom_qty',
        'write_date',
        'move_orig_ids',
        ...quantities,
        ...optional,
      ],
      order: 'id',
    },
    { signal },
  );
  const skus = await readSkus(odoo, [...new Set(rows.map(({ product_id }) => product_id[0]))], signal);
  const linesAhead = available.has('sale_line_id')
    ? await readLinesAhead(
        odoo,
        rows.filter(({ sale_line_id }) => sale_line_id === false).map(({ id }) => id),
        signal,
      )
    : new Map<number, number>();
  const lineOf = (row: MoveRow) => idOf(row.sale_line_id ?? false) ?? linesAhead.get(row.id) ?? null;
  const lineIds = [...new Set(rows.map(lineOf).filter((id) => id !== null))];
  const lineNames = await externalIdsOf(odoo, 'sale.order.line', lineIds, signal);
  return rows.map((row) => moveOf(row, lineOf(row), differences, skus, lineNames));
}

/**
 * Order lines of moves that have none themselves: on 16 and 17 the first steps of a delivery, whose line stands on the move that
 * leaves. Three steps are two links.
 */
async function readLinesAhead(
  odoo: Odoo,
  moveIds: readonly number[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, number>> {
  const found = new Map<number, number>();
  let behind = new Map(moveIds.map((id) => [id, [id]]));
  for (let link = 0; link < 2 && behind.size > 0; link += 1) {
    const rows = await odoo.client.call<{ id: number; sale_line_id: Many2one; move_orig_ids: number[] }[]>(
      'stock.move',
      'search_read',
      {
        domain: [
          ['move_orig_ids', 'in', [...behind.keys()]],
          ['origin_returned_move_id', '=', false],
        ],
        fields: ['sale_line_id', 'move_orig_ids'],
      },
      { signal },
    );
    const ahead = new Map<number, number[]>();
    for (const { id, sale_line_id, move_orig_ids } of rows) {
      const starts = move_orig_ids.flatMap((origin) => behind.get(origin) ?? []);
      const lineId = idOf(sale_line_id);
      if (lineId === null) ahead.set(id, starts);
      else for (const start of starts) found.set(start, lineId);
    }
    behind = ahead;
  }
  return found;
}

function moveOf(
  row: MoveRow,
  orderLineId: number | null,
  { moveQuantity, moveReserved }: VersionDifferences,
  skus: ReadonlyMap<number, string | null>,
  lineNames: ReadonlyMap<number, string>,
): Move {
  return {
    id: row.id,
    pickingId: idOf(row.picking_id) ?? 0,
    changedAt: datetimeFromOdoo(row.write_date),
    state: row.state,
    productId: row.product_id[0],
    sku: skus.get(row.product_id[0]) ?? null,
    demand: decimalFromOdoo(row.product_uom_qty),
    quantity: decimalFromOdoo((row.state === 'done' ? row[moveQuantity] : row[moveReserved]) ?? 0),
    originIds: row.move_orig_ids ?? [],
    orderLineId,
    orderLineExternalId: orderLineId === null ? null : (lineNames.get(orderLineId) ?? null),
  };
}

async function readSkus(
  odoo: Odoo,
  productIds: readonly number[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, string | null>> {
  if (productIds.length === 0) return new Map();
  const rows = await odoo.client.call<{ id: number; default_code: string | false }[]>(
    'product.product',
    'read',
    { ids: productIds, fields: ['default_code'] },
    { signal },
  );
  return new Map(rows.map(({ id, default_code }) => [id, textOf(default_code)]));
}
