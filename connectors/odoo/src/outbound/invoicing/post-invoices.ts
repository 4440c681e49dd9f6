import { classifyOdooError } from '../../error-classification.ts';
import type { Odoo } from '../../external-ids.ts';
import { type Failure, type Outcome, rejected } from '../../outcome.ts';
import { onRecord } from '../../refused-record.ts';
import { asked } from '../question.ts';
import { POSTING } from '../touches.ts';
import { type Invoice, readInvoices } from './invoice-reader.ts';

export type PostedInvoice = Outcome<{ readonly invoice: Invoice }>;

/**
 * Posts drafts: act, re-read, where only the re-read counts (`action_post` answers `false` when it has posted, recording 10). Together,
 * which is all or none, and one by one when Odoo refuses them together: then only the guilty stay drafts.
 *
 * @returns the outcome of each id
 * @throws OdooError when the re-read fails
 */
export async function postInvoices(
  odoo: Odoo,
  ids: readonly number[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, PostedInvoice>> {
  if (ids.length === 0) return new Map();
  const joint = await postCall(odoo, ids, signal);
  let after = await readById(odoo, ids, signal);
  const failures = new Map<number, Failure | null>(ids.map((id) => [id, joint]));
  const open = ids.filter((id) => after.get(id)?.state !== 'posted');
  if (open.length > 0 && ids.length > 1 && (joint === null || joint.kind === 'rejected')) {
    for (const id of open) failures.set(id, await postCall(odoo, [id], signal));
    after = new Map([...after, ...(await readById(odoo, open, signal))]);
  }
  return new Map(
    ids.map((id): [number, PostedInvoice] => {
      const invoice = after.get(id);
      if (invoice?.state === 'posted') return [id, { kind: 'succeeded', invoice }];
      return [id, onRecord(odoo, failures.get(id) ?? notPosted(id, invoice), 'account.move', id)];
    }),
  );
}

async function readById(
  odoo: Odoo,
  ids: readonly number[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, Invoice>> {
  const rows = await readInvoices(odoo, [['id', 'in', ids]], signal);
  return new Map(rows.map((invoice) => [invoice.id, invoice]));
}

async function postCall(odoo: Odoo, ids: readonly number[], signal?: AbortSignal): Promise<Failure | null> {
  try {
    const options = { signal, touches: POSTING };
    const answer = await odoo.client.call<unknown>('account.move', 'action_post', { ids }, options);
    return asked(answer, 'posting the invoice');
  } catch (error) {
    return classifyOdooError(error);
  }
}

function notPosted(id: number, draft: Invoice | undefined): Failure {
  return rejected(
    'odoo-invoice-not-posted',
    `Odoo took the posting of invoice ${id} and left it "${draft?.state ?? 'deleted'}".`,
    'Look at the draft in Odoo: a setting or customisation holds it there. Post it there, then retry.',
  );
}
