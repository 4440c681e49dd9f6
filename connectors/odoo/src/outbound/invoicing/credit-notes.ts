import { Decimal } from 'decimal.js';
import { classifyOdooError, unknownAfter } from '../../error-classification.ts';
import { OdooError } from '../../errors.ts';
import type { Odoo } from '../../external-ids.ts';
import { type Failure, type Outcome, rejected } from '../../outcome.ts';
import type { DecimalString } from '../../values.ts';
import { decimalToOdoo, sameDecimal } from '../../values.ts';
import { differencesOf } from '../../version-differences.ts';
import { type CreditNoteToIssue, lineKey, planCreditNote } from './credit-note-plan.ts';
import { POSTING } from '../touches.ts';
import { type Invoice, type InvoiceLine, readInvoiceLines, readInvoices } from './invoice-reader.ts';
import { postInvoices } from './post-invoices.ts';

export type CreditNoteOutcome = Outcome<{ readonly creditNote: Invoice; readonly adopted: boolean }>;

/**
 * Credits invoices through Odoo's reversal wizard, one by one. Our reference goes in as the reason, which Odoo puts into the credit
 * note's own reference within the same transaction: so a credit note whose answer was lost is known by it, draft or posted.
 *
 * The wizard credits the whole invoice; a part is made of it by lowering the draft's lines before it is posted.
 * @returns one outcome per credit note, in order
 */
export async function issueCreditNotes(
  odoo: Odoo,
  notes: readonly CreditNoteToIssue[],
  signal?: AbortSignal,
): Promise<CreditNoteOutcome[]> {
  const outcomes: CreditNoteOutcome[] = [];
  for (const note of notes) {
    try {
      outcomes.push(await issueCreditNote(odoo, note, signal));
    } catch (error) {
      outcomes.push(classifyOdooError(error));
    }
  }
  return outcomes;
}

/** The credit notes of invoices that are not cancelled. @throws OdooError */
export async function creditNotesOf(
  odoo: Odoo,
  invoiceIds: readonly number[],
  signal?: AbortSignal,
): Promise<Invoice[]> {
  const domain = [
    ['reversed_entry_id', 'in', invoiceIds],
    ['state', '!=', 'cancel'],
  ];
  return invoiceIds.length === 0 ? [] : readInvoices(odoo, domain, signal);
}

/** `Reversal of: INV/2026/00010, RMA-7`: the reason ends it on every version. */
export function carries(note: Invoice, reference: string): boolean {
  return note.ref === reference || (note.ref?.endsWith(`, ${reference}`) ?? false);
}

async function issueCreditNote(
  odoo: Odoo,
  wanted: CreditNoteToIssue,
  signal?: AbortSignal,
): Promise<CreditNoteOutcome> {
  const [invoice] = await readInvoices(odoo, [['id', '=', wanted.invoiceId]], signal);
  const existing = await creditNotesOf(odoo, [wanted.invoiceId], signal);
  const own = existing.find((note) => carries(note, wanted.reference));
  if (own?.state === 'posted') return { kind: 'succeeded', creditNote: own, adopted: true };
  const others = existing.filter((note) => note !== own).map(({ id }) => id);
  const lines = await readInvoiceLines(odoo, [wanted.invoiceId, ...others], signal);
  const plan = planCreditNote(
    wanted,
    invoice,
    lines.filter(({ invoiceId }) => invoiceId === wanted.invoiceId),
    lines.filter(({ invoiceId }) => invoiceId !== wanted.invoiceId),
  );
  if ('kind' in plan) return plan as Failure;
  const quantities = plan as ReadonlyMap<string, DecimalString>;
  if (own !== undefined || invoice === undefined) return finish(odoo, own, quantities, null, signal);
  const failure = await runWizard(odoo, wanted, invoice, signal);
  try {
    const made = (await creditNotesOf(odoo, [wanted.invoiceId], signal)).find((note) =>
      carries(note, wanted.reference),
    );
    return await finish(odoo, made, quantities, failure, signal);
  } catch (error) {
    if (!(error instanceof OdooError)) throw error;
    return unknownAfter(error);
  }
}

async function runWizard(
  odoo: Odoo,
  { reference, invoiceId }: CreditNoteToIssue,
  invoice: Invoice,
  signal?: AbortSignal,
): Promise<Failure | null> {
  const { method, values } = differencesOf((await odoo.client.server({ signal })).major).reverse;
  const context = { active_model: 'account.move', active_id: invoiceId, active_ids: [invoiceId] };
  try {
    const vals_list = [{ journal_id: invoice.journalId, reason: reference, ...values }];
    const [wizard] = await odoo.client.call<number[]>(
      'account.move.reversal',
      'create',
      { vals_list, context },
      { signal },
    );
    const args = { ids: [wizard ?? 0], context };
    await odoo.client.call('account.move.reversal', method, args, { signal, touches: POSTING });
    return null;
  } catch (error) {
    return classifyOdooError(error);
  }
}

/** Lowers the draft's lines to what is wanted and posts it. Whole quantities, so doing it again changes nothing. */
async function finish(
  odoo: Odoo,
  draft: Invoice | undefined,
  quantities: ReadonlyMap<string, DecimalString>,
  failure: Failure | null,
  signal?: AbortSignal,
): Promise<CreditNoteOutcome> {
  if (draft === undefined)
    return (
      failure ??
      rejected('odoo-invoice-not-posted', 'Odoo made no credit note.', 'Credit the invoice in Odoo.')
    );
  try {
    const commands = lineCommands(await readInvoiceLines(odoo, [draft.id], signal), quantities);
    if (commands.length > 0)
      await odoo.client.call(
        'account.move',
        'write',
        { ids: [draft.id], vals: { invoice_line_ids: commands } },
        { signal, touches: POSTING },
      );
    const posted = await postInvoices(odoo, [draft.id], signal);
    if (!Array.isArray(posted)) return posted as Failure;
    const [note] = posted as readonly Invoice[];
    return note === undefined
      ? { kind: 'retry', message: 'The credit note was not read.' }
      : { kind: 'succeeded', creditNote: note, adopted: false };
  } catch (error) {
    if (!(error instanceof OdooError)) throw error;
    const what = classifyOdooError(error);
    return what.kind === 'rejected' ? what : unknownAfter(error);
  }
}

function lineCommands(
  lines: readonly InvoiceLine[],
  quantities: ReadonlyMap<string, DecimalString>,
): unknown[] {
  const left = new Map([...quantities].map(([key, quantity]) => [key, new Decimal(quantity)]));
  return lines.flatMap((line): unknown[] => {
    const rest = left.get(lineKey(line)) ?? new Decimal(0);
    const part = Decimal.min(rest, line.quantity);
    left.set(lineKey(line), rest.minus(part));
    if (part.isZero()) return [[2, line.id, 0]];
    if (sameDecimal(part.toFixed(), line.quantity)) return [];
    return [[1, line.id, { quantity: decimalToOdoo(part.toFixed()) }]];
  });
}
