import { classifyOdooError } from '../../error-classification.ts';
import type { Odoo } from '../../external-ids.ts';
import { type Failure, rejected } from '../../outcome.ts';
import { asked } from '../question.ts';
import { POSTING } from '../touches.ts';
import { type Invoice, readInvoices } from './invoice-reader.ts';

/**
 * Posts drafts: act, re-read, where only the re-read counts (`action_post` answers `false` when it has posted, recording 10).
 *
 * @returns the posted invoices, or why one of them is not
 * @throws OdooError when the re-read fails
 */
export async function postInvoices(
  odoo: Odoo,
  ids: readonly number[],
  signal?: AbortSignal,
): Promise<readonly Invoice[] | Failure> {
  let failure: Failure | null = null;
  try {
    const answer = await odoo.client.call<unknown>(
      'account.move',
      'action_post',
      { ids },
      { signal, touches: POSTING },
    );
    failure = asked(answer, 'posting the invoice');
  } catch (error) {
    failure = classifyOdooError(error);
  }
  const after = await readInvoices(odoo, [['id', 'in', ids]], signal);
  const open = after.find(({ state }) => state !== 'posted');
  if (open === undefined && after.length === ids.length) return after;
  return (
    failure ??
    rejected(
      'odoo-invoice-not-posted',
      `Odoo took the posting of invoice ${open?.id ?? ids.join(', ')} and left it "${open?.state ?? 'deleted'}".`,
      'Look at the draft in Odoo: a setting or customisation holds it there. Post it there, then retry.',
    )
  );
}
