import { classifyOdooError } from '../error-classification.ts';
import type { Odoo } from '../external-ids.ts';
import { type Outcome, rejected } from '../outcome.ts';
import { stockOf } from './touches.ts';

export type CancelOutcome = Outcome<{ readonly adopted: boolean }>;

/**
 * Cancels transfers that are still open: read, act, re-read, where only the re-read counts. One that is cancelled already is a
 * success; one that is done is rejected, because what left cannot be taken back by a cancellation.
 */
export async function cancelPickings(
  odoo: Odoo,
  ids: readonly number[],
  signal?: AbortSignal,
): Promise<readonly CancelOutcome[]> {
  if (ids.length === 0) return [];
  try {
    const before = await statesOf(odoo, ids, signal);
    const open = ids.filter(
      (id) => before.has(id) && before.get(id) !== 'cancel' && before.get(id) !== 'done',
    );
    if (open.length > 0) {
      const touches = stockOf(await productsOf(odoo, open, signal));
      await odoo.client.call('stock.picking', 'action_cancel', { ids: open }, { signal, touches });
    }
    const after = open.length > 0 ? await statesOf(odoo, open, signal) : before;
    return ids.map((id): CancelOutcome => {
      const state = after.get(id) ?? before.get(id);
      if (state === 'cancel') return { kind: 'succeeded', adopted: before.get(id) === 'cancel' };
      if (state === 'done')
        return rejected(
          'odoo-refused',
          `Transfer ${id} is done.`,
          'Enter a return in Odoo if goods came back.',
        );
      return rejected(
        'odoo-refused',
        `Transfer ${id} is ${state ?? 'gone'} after its cancellation.`,
        'Look at the transfer in Odoo.',
      );
    });
  } catch (error) {
    const failure = classifyOdooError(error);
    return ids.map(() => failure);
  }
}

async function productsOf(odoo: Odoo, ids: readonly number[], signal?: AbortSignal): Promise<number[]> {
  const rows = await odoo.client.call<{ product_id: [number, string] }[]>(
    'stock.move',
    'search_read',
    { domain: [['picking_id', 'in', ids]], fields: ['product_id'] },
    { signal },
  );
  return rows.map(({ product_id }) => product_id[0]);
}

/** By id; absent where there is none. @throws OdooError */
export async function statesOf(
  odoo: Odoo,
  ids: readonly number[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, string>> {
  const rows = await odoo.client.call<{ id: number; state: string }[]>(
    'stock.picking',
    'search_read',
    { domain: [['id', 'in', ids]], fields: ['state'] },
    { signal },
  );
  return new Map(rows.map((row) => [row.id, row.state]));
}
