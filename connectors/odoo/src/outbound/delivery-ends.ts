import type { Odoo } from '../external-ids.ts';
import { idOf, type Many2one } from '../values.ts';
import { readPickingStates } from '../picking-reader.ts';
import { deliveryTypes } from './delivery-types.ts';
import { readFollowing } from './following-steps.ts';

/** How far a delivery came. */
export interface DeliveryEnd {
  /** The last transfer that is done; where something waits on the way, the first that waits. */
  readonly pickingId: number;
  readonly name: string;
  /** Whether all that was picked went on to the customer. */
  readonly through: boolean;
}

/** Pick, pack, ship: what comes after the first step, and a look that finds nothing more. */
export const STEPS_AFTER_FIRST = 3;

/** How far deliveries came whose first step is done, by reading alone; absent for transfers of one step. @throws OdooError */
export async function readEnds(
  odoo: Odoo,
  firsts: readonly { readonly id: number; readonly pickingTypeId: number | null }[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, DeliveryEnd>> {
  const types = firsts.map(({ pickingTypeId }) => pickingTypeId);
  const { pick } = await deliveryTypes(odoo, types, signal);
  let at = firsts
    .filter(({ pickingTypeId }) => pick.has(pickingTypeId ?? 0))
    .map(({ id }) => ({ first: id, ids: [id] as readonly number[] }));
  const ends = new Map(at.map(({ first }) => [first, { pickingId: first, through: true }]));
  for (let step = 0; step < STEPS_AFTER_FIRST && at.length > 0; step += 1) {
    const following = await readFollowing(
      odoo,
      at.map(({ ids }) => ids),
      signal,
    );
    at = at.flatMap(({ first }, index) => {
      const next = following[index];
      const [waiting] = next?.open.keys() ?? [];
      const last = next?.done.at(-1);
      if (waiting !== undefined) ends.set(first, { pickingId: waiting, through: false });
      else if (last !== undefined) ends.set(first, { pickingId: last, through: true });
      return waiting === undefined && last !== undefined ? [{ first, ids: next?.done ?? [] }] : [];
    });
  }
  const ids = [...new Set([...ends.values()].map(({ pickingId }) => pickingId))];
  const states = await readPickingStates(odoo, ids, signal);
  return new Map(
    [...ends].map(([first, end]) => [first, { ...end, name: states.get(end.pickingId)?.name ?? '' }]),
  );
}

/** The transfers that goods of a plan left by: in warehouses of several steps not the plan itself. @throws OdooError */
export async function leftBy(
  odoo: Odoo,
  planIds: readonly number[],
  signal?: AbortSignal,
): Promise<(planId: number) => number> {
  const rows = await odoo.client.call<{ id: number; picking_type_id: Many2one }[]>(
    'stock.picking',
    'search_read',
    {
      domain: [
        ['id', 'in', planIds],
        ['state', '=', 'done'],
      ],
      fields: ['picking_type_id'],
    },
    { signal },
  );
  const firsts = rows.map(({ id, picking_type_id }) => ({ id, pickingTypeId: idOf(picking_type_id) }));
  const ends = await readEnds(odoo, firsts, signal);
  return (planId) => ends.get(planId)?.pickingId ?? planId;
}
