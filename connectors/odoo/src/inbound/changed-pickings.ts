import type { Odoo } from '../external-ids.ts';
import { externalIdsOf } from '../external-ids.ts';
import type { Picking } from '../picking-reader.ts';
import { readPickings } from '../picking-reader.ts';
import { datetimeToOdoo } from '../values.ts';

/** Where the next page begins. `seen` are the transfers of the second `since` that were delivered already. */
export interface PickingCursor {
  /** RFC 3339, whole seconds. */
  readonly since: string;
  readonly seen: readonly number[];
}

export interface ChangedPicking extends Picking {
  readonly order: {
    readonly id: number;
    /** Odoo's number, `S00042`. */
    readonly name: string;
    /** External id without its module; null for an order that was entered in Odoo. */
    readonly externalId: string | null;
    readonly customerReference: string | null;
    readonly state: string;
    readonly warehouseId: number | null;
  } | null;
}

export interface ChangedPickings {
  readonly pickings: readonly ChangedPicking[];
  /** For the next page, and after the last one for the next poll. */
  readonly next: PickingCursor;
  readonly more: boolean;
}

/**
 * Outgoing transfers that changed since a cursor, oldest change first. The first page of a poll goes back by
 * `overlapSeconds`, because Odoo stamps a change with the start of its transaction: a row of a 9-second
 * call appeared with a stamp 9 seconds old (recording 21). So a transfer comes again within the overlap;
 * the receiver takes it once per id and content. The pages that follow take `next` with no overlap.
 *
 * A change of a move's quantity alone does not touch its transfer's stamp; state changes and validation do.
 * A page follows by the second and the ids seen in it, since `write_date` sorts by microseconds and reads back in seconds.
 *
 * @throws OdooError
 */
export async function readChangedPickings(
  odoo: Odoo,
  { cursor, overlapSeconds, limit }: { cursor: PickingCursor; overlapSeconds: number; limit: number },
  signal?: AbortSignal,
): Promise<ChangedPickings> {
  const position = overlapSeconds === 0 ? cursor : moveBack(cursor, overlapSeconds);
  const pickings = await readPickings(
    odoo,
    {
      domain: [
        ['picking_type_id.code', '=', 'outgoing'],
        ['write_date', '>=', datetimeToOdoo(position.since)],
        ...(position.seen.length === 0 ? [] : [['id', 'not in', position.seen]]),
      ],
      order: 'write_date, id',
      limit,
    },
    signal,
  );
  return {
    pickings: await withOrders(odoo, pickings, signal),
    next: positionAfter(position, pickings) ?? cursor,
    more: pickings.length === limit,
  };
}

function moveBack({ since }: PickingCursor, seconds: number): PickingCursor {
  return { since: new Date(Date.parse(since) - seconds * 1000).toISOString(), seen: [] };
}

/** @returns null when the page was empty: an overlap without rows must not move the cursor back */
function positionAfter(position: PickingCursor, pickings: readonly Picking[]): PickingCursor | null {
  const last = pickings.at(-1)?.changedAt;
  if (last === undefined) return null;
  const ofThatSecond = pickings.filter(({ changedAt }) => changedAt === last).map(({ id }) => id);
  const before = Date.parse(last) === Date.parse(position.since) ? position.seen : [];
  return { since: last, seen: [...before, ...ofThatSecond] };
}

/** Transfers by database id, with their orders; those that are gone are absent. @throws OdooError */
export async function readPickingsById(
  odoo: Odoo,
  ids: readonly number[],
  signal?: AbortSignal,
): Promise<readonly ChangedPicking[]> {
  if (ids.length === 0) return [];
  const domain = [['id', 'in', ids]];
  return withOrders(
    odoo,
    await readPickings(odoo, { domain, order: 'write_date, id', limit: ids.length }, signal),
    signal,
  );
}

async function withOrders(
  odoo: Odoo,
  pickings: readonly Picking[],
  signal?: AbortSignal,
): Promise<readonly ChangedPicking[]> {
  const orders = await readOrdersOf(odoo, pickings, signal);
  return pickings.map((picking) => ({
    ...picking,
    order: picking.orderId === null ? null : (orders.get(picking.orderId) ?? null),
  }));
}

interface OrderRow {
  readonly id: number;
  readonly name: string;
  readonly state: string;
  readonly client_order_ref: string | false;
  readonly warehouse_id: [number, string] | false;
}

async function readOrdersOf(
  odoo: Odoo,
  pickings: readonly Picking[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, NonNullable<ChangedPicking['order']>>> {
  const ids = [...new Set(pickings.map(({ orderId }) => orderId).filter((id) => id !== null))];
  if (ids.length === 0) return new Map();
  const rows = await odoo.client.call<OrderRow[]>(
    'sale.order',
    'read',
    { ids, fields: ['name', 'state', 'client_order_ref', 'warehouse_id'] },
    { signal },
  );
  const names = await externalIdsOf(odoo, 'sale.order', ids, signal);
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        name: row.name,
        externalId: names.get(row.id) ?? null,
        customerReference: row.client_order_ref === false ? null : row.client_order_ref,
        state: row.state,
        warehouseId: row.warehouse_id === false ? null : row.warehouse_id[0],
      },
    ]),
  );
}
