import { createHash } from 'node:crypto';
import type { IncomingMessage, JsonValue, Polled, Poller } from '@trunkline/messaging';
import type { Odoo } from '../external-ids.ts';
import { PICKING_DOCUMENT, type PickingDocument } from '../translators/picking.ts';
import { datetimeFromOdoo, datetimeToOdoo } from '../values.ts';
import {
  type ChangedPicking,
  type PickingCursor,
  readChangedPickings,
  readPickingsById,
} from './changed-pickings.ts';

/** Pickings of one poll at most; their moves come in one more call. */
const PAGE = 200;

export interface PickingPollerOptions {
  readonly system: string;
  readonly odoo: Odoo;
  readonly intervalMs: number;
  readonly overlapSeconds: number;
  /** RFC 3339: pickings before it are none of ours. */
  readonly from: string;
}

/**
 * Polls outgoing pickings by write_date. Every poll reads forward from the cursor. Because write_date is its transaction's start
 * (recording 21) and reads back in whole seconds, what changed within `overlapSeconds` is looked at again: a sweep of ids and
 * stamps every few seconds, and a full read of what is new, differs, or was read only once so far. Sweeps end when
 * nothing has come for the overlap, so that an idle hub asks one cheap question per poll.
 */
export function createPickingPoller(options: PickingPollerOptions): Poller {
  const { system, odoo, overlapSeconds } = options;
  const recent = new RecentPickings();
  let lastNewMs = performance.now();
  let sweptMs = Number.NEGATIVE_INFINITY;
  return {
    stream: 'outgoing-pickings',
    intervalMs: options.intervalMs,
    async poll(cursor: JsonValue | undefined, signal: AbortSignal): Promise<Polled> {
      const from = (cursor as PickingCursor | undefined) ?? { since: options.from, seen: [] };
      const page = await readChangedPickings(odoo, { cursor: from, overlapSeconds: 0, limit: PAGE }, signal);
      const pickings = [...page.pickings];
      const nowMs = performance.now();
      if (pickings.length > 0) lastNewMs = nowMs;
      const unsettled = nowMs - lastNewMs <= (overlapSeconds + 2) * 1000;
      if (!page.more && unsettled && nowMs - sweptMs >= SWEEP_EVERY_MS) {
        sweptMs = nowMs;
        pickings.push(...(await sweep(odoo, recent, page.next.since, overlapSeconds, nowMs, signal)));
      }
      const messages = pickings.flatMap((picking) => {
        recent.note(picking, nowMs);
        return toMessage(system, picking) ?? [];
      });
      return { messages, cursor: page.next as unknown as JsonValue, more: page.more };
    },
  };
}

const SWEEP_EVERY_MS = 3000;
/** Ids and stamps of one sweep at most: 15 s at 300 pickings a second. */
const SWEPT_AT_MOST = 5000;
/** A second read this much later has seen every transaction that shared the stamp's second. */
const SETTLED_AFTER_MS = 2000;

async function sweep(
  odoo: Odoo,
  recent: RecentPickings,
  newest: string,
  overlapSeconds: number,
  nowMs: number,
  signal: AbortSignal,
): Promise<readonly ChangedPicking[]> {
  const from = new Date(Date.parse(newest) - overlapSeconds * 1000).toISOString();
  const rows = await odoo.client.call<{ id: number; write_date: string }[]>(
    'stock.picking',
    'search_read',
    {
      domain: [
        ['picking_type_id.code', '=', 'outgoing'],
        ['write_date', '>=', datetimeToOdoo(from)],
      ],
      fields: ['write_date'],
      order: 'write_date desc, id desc',
      limit: SWEPT_AT_MOST,
    },
    { signal },
  );
  const again = rows.filter((row) => !recent.settled(row.id, datetimeFromOdoo(row.write_date), nowMs));
  const found: ChangedPicking[] = [];
  for (let at = 0; at < again.length; at += PAGE) {
    found.push(
      ...(await readPickingsById(
        odoo,
        again.slice(at, at + PAGE).map((row) => row.id),
        signal,
      )),
    );
  }
  return found;
}

/** What was read lately: a picking is settled when it was read twice with one stamp, far enough apart. */
class RecentPickings {
  readonly #read = new Map<
    number,
    { readonly changedAt: string; readonly firstMs: number; lastMs: number }
  >();

  note({ id, changedAt }: ChangedPicking, nowMs: number): void {
    const known = this.#read.get(id);
    if (known?.changedAt === changedAt) {
      known.lastMs = nowMs;
      return;
    }
    this.#read.delete(id);
    this.#read.set(id, { changedAt, firstMs: nowMs, lastMs: nowMs });
    if (this.#read.size <= REMEMBERED) return;
    const oldest = this.#read.keys().next();
    if (!oldest.done) this.#read.delete(oldest.value);
  }

  settled(id: number, changedAt: string | null, nowMs: number): boolean {
    const known = this.#read.get(id);
    if (known === undefined || known.changedAt !== changedAt) return false;
    return known.lastMs - known.firstMs >= SETTLED_AFTER_MS || nowMs - known.firstMs < SETTLED_AFTER_MS;
  }
}

const REMEMBERED = 10_000;

/** Undefined for a picking of an order that this hub did not place: Odoo's own business. */
function toMessage(system: string, picking: ChangedPicking): IncomingMessage | undefined {
  const key = picking.order?.externalId;
  if (picking.order === null || key === null || key === undefined || !key.startsWith('so_')) return undefined;
  const document: PickingDocument = {
    id: picking.id,
    name: picking.name,
    state: picking.state,
    backorderOf: picking.backorderOf,
    orderNumber: picking.order.name,
    warehouse: null,
    moves: picking.moves.map((move) => ({
      state: move.state,
      sku: move.sku,
      line: lineOf(key, move.orderLineExternalId),
      demand: move.demand,
      quantity: move.quantity,
    })),
  };
  const content = createHash('sha1').update(JSON.stringify(document)).digest('base64url');
  return {
    source: system,
    sourceId: `stock.picking:${picking.id}:${content}`,
    key,
    type: PICKING_DOCUMENT,
    payload: document,
  };
}

/** An order line's external id is `<order>_l<line>`. */
function lineOf(order: string, externalId: string | null): string | null {
  return externalId?.startsWith(`${order}_l`) ? externalId.slice(order.length + 2) : null;
}
