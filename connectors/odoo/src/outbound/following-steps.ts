import { Decimal } from 'decimal.js';
import type { Odoo } from '../external-ids.ts';
import type { DecimalString, Many2one } from '../values.ts';
import { decimalFromOdoo, idOf } from '../values.ts';
import { differencesOf } from '../version-differences.ts';
import { deliveryTypes } from './delivery-types.ts';

/** What comes after a transfer that is done: quantities on moves of transfers that are open, and transfers that are done. */
export interface Following {
  readonly open: ReadonlyMap<
    number,
    readonly { readonly moveId: number; readonly quantity: DecimalString }[]
  >;
  readonly done: readonly number[];
}

/** A move of a delivery of several steps. `done` is zero while it is open. */
export interface StepMove {
  readonly id: number;
  readonly pickingId: number;
  readonly open: boolean;
  readonly demand: DecimalString;
  readonly done: DecimalString;
  /** The moves that bring its goods. */
  readonly origins: readonly number[];
}

/**
 * What is to go on after the moves of one delivery's step. What these brought and what already went on say how much is left, because links
 * alone do not: Odoo ties a backorder's move to the same following move, on 16 and 17 before either is done. So a
 * delivery that was taken further, here or by a person, is not taken further twice. Pure.
 */
export function followingOf(moves: readonly StepMove[], all: ReadonlyMap<number, StepMove>): Following {
  const open = new Map<number, { moveId: number; quantity: DecimalString }[]>();
  const done = new Set<number>();
  const given = new Map<number, Decimal>();
  for (const move of moves) {
    const next = [...all.values()].filter(({ origins }) => origins.includes(move.id));
    const origins = new Set(next.flatMap((one) => one.origins));
    const brought = sum([...origins].map((id) => all.get(id)?.done ?? '0'));
    const gone = sum(next.flatMap(({ id, done: quantity }) => [quantity, given.get(id) ?? '0']));
    let left = Decimal.min(move.done, Decimal.max(0, brought.minus(gone)));
    for (const one of next) if (!one.open && !new Decimal(one.done).isZero()) done.add(one.pickingId);
    const takers = next.filter((one) => one.open);
    takers.forEach((taker, index) => {
      const before = given.get(taker.id) ?? new Decimal(0);
      const room = Decimal.max(0, new Decimal(taker.demand).minus(before));
      const part = index === takers.length - 1 ? left : Decimal.min(left, room);
      if (part.isZero()) return;
      left = left.minus(part);
      given.set(taker.id, before.plus(part));
    });
  }
  for (const [moveId, quantity] of given) {
    const pickingId = all.get(moveId)?.pickingId ?? 0;
    open.set(pickingId, [...(open.get(pickingId) ?? []), { moveId, quantity: quantity.toFixed() }]);
  }
  return { open, done: [...done] };
}

const sum = (values: readonly (DecimalString | Decimal)[]): Decimal =>
  values.reduce<Decimal>((total, value) => total.plus(value), new Decimal(0));

/**
 * The following of each delivery's step, which is one transfer or, on 16 and 17, several that were split off each other; in three calls.
 *
 * @throws OdooError
 */
export async function readFollowing(
  odoo: Odoo,
  steps: readonly (readonly number[])[],
  signal?: AbortSignal,
): Promise<readonly Following[]> {
  const { later } = await deliveryTypes(odoo, [], signal);
  const moves = await readStepMoves(
    odoo,
    [
      ['picking_id', 'in', [...new Set(steps.flat())]],
      ['state', '=', 'done'],
    ],
    signal,
  );
  const next = await readStepMoves(
    odoo,
    [
      ['move_orig_ids', 'in', moves.map(({ id }) => id)],
      ['state', '!=', 'cancel'],
      ['picking_type_id', 'in', [...later]],
      ['origin_returned_move_id', '=', false],
    ],
    signal,
  );
  const origins = next.flatMap((move) => move.origins);
  const brought = next.length === 0 ? [] : await readStepMoves(odoo, [['id', 'in', origins]], signal);
  const all = new Map([...brought, ...next].map((move) => [move.id, move]));
  const byPicking = Map.groupBy(moves, ({ pickingId }) => pickingId);
  return steps.map((ids) => {
    const own = ids.flatMap((id) => byPicking.get(id) ?? []);
    return followingOf(own, all);
  });
}

async function readStepMoves(
  odoo: Odoo,
  domain: readonly unknown[],
  signal?: AbortSignal,
): Promise<StepMove[]> {
  const { moveQuantity } = differencesOf((await odoo.client.server({ signal })).major);
  const rows = await odoo.client.call<
    {
      readonly id: number;
      readonly picking_id: Many2one;
      readonly state: string;
      readonly product_uom_qty: number;
      readonly quantity?: number;
      readonly quantity_done?: number;
      readonly move_orig_ids: readonly number[];
    }[]
  >(
    'stock.move',
    'search_read',
    {
      domain,
      fields: ['picking_id', 'state', 'product_uom_qty', 'move_orig_ids', moveQuantity],
      order: 'id',
    },
    { signal },
  );
  return rows.map((row) => ({
    id: row.id,
    pickingId: idOf(row.picking_id) ?? 0,
    open: row.state !== 'done' && row.state !== 'cancel',
    demand: decimalFromOdoo(row.product_uom_qty),
    done: row.state === 'done' ? decimalFromOdoo(row[moveQuantity] ?? 0) : '0',
    origins: row.move_orig_ids,
  }));
}
