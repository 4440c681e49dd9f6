import { Decimal } from 'decimal.js';
import { classifyOdooError, unknownAfter } from '../../error-classification.ts';
import { OdooError } from '../../errors.ts';
import type { Odoo } from '../../external-ids.ts';
import { type Failure, type Outcome, rejected } from '../../outcome.ts';
import type { DecimalString } from '../../values.ts';
import { decimalToOdoo, sameDecimal } from '../../values.ts';
import { differencesOf } from '../../version-differences.ts';
import { type CreditNoteToIssue, lineKey, planCreditNote } from './credit-note-plan.ts';
import { roundsBy } from '../rounds.ts';
import { POSTING } from '../touches.ts';
import { onRecord } from '../../refused-record.ts';
import { type Invoice, type InvoiceLine, readInvoiceLines, readInvoices } from './invoice-reader.ts';
import { postInvoices } from './post-invoices.ts';

export type CreditNoteOutcome = Outcome<{ readonly creditNote: Invoice; readonly adopted: boolean }>;

/**
 * Credits invoices through Odoo's reversal wizard. Our reference goes in as the reason, which Odoo puts into the credit
 * note's own reference within the same transaction: so a credit note whose answer was lost is known by it, draft or posted.
 *
 * A wizard takes one reason, so each credit note has a reversal of its own; what is before and after it goes together. The wizard credits
 * the whole invoice; a part is made of it by lowering the draft's lines before it is posted. Several of one invoice go in turn.
 * @returns one outcome per credit note, in order
 */
export async function issueCreditNotes(
  odoo: Odoo,
  notes: readonly CreditNoteToIssue[],
  signal?: AbortSignal,
): Promise<CreditNoteOutcome[]> {
  const outcomes = new Map<CreditNoteToIssue, CreditNoteOutcome>();
  for (const round of roundsBy(notes, ({ invoiceId }) => invoiceId)) {
    try {
      await issueRound(odoo, round, outcomes, signal);
    } catch (error) {
      const failure = classifyOdooError(error);
      for (const note of round) if (!outcomes.has(note)) outcomes.set(note, failure);
    }
  }
  return notes.map((note) => outcomes.get(note) ?? { kind: 'retry', message: 'Not credited yet.' });
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

/** A credit note that is to be made, or finished where an earlier try left its draft. */
interface Crediting {
  readonly wanted: CreditNoteToIssue;
  readonly invoice: Invoice;
  readonly draft: Invoice | undefined;
  readonly quantities: ReadonlyMap<string, DecimalString>;
}

async function issueRound(
  odoo: Odoo,
  notes: readonly CreditNoteToIssue[],
  outcomes: Map<CreditNoteToIssue, CreditNoteOutcome>,
  signal?: AbortSignal,
): Promise<void> {
  const open = await plan(odoo, notes, outcomes, signal);
  const failures = new Map<CreditNoteToIssue, Failure>();
  for (const { wanted, invoice, draft } of open) {
    const failure = draft === undefined ? await runWizard(odoo, wanted, invoice, signal) : null;
    if (failure !== null) failures.set(wanted, failure);
  }
  try {
    const ids = open.flatMap(({ wanted, draft }) => (draft === undefined ? [wanted.invoiceId] : []));
    const made = await creditNotesOf(odoo, ids, signal);
    const drafts = new Map<CreditNoteToIssue, Drafted>();
    for (const { wanted, draft, quantities } of open) {
      const note = draft ?? ownOf(wanted, made);
      if (note !== undefined) drafts.set(wanted, { note, quantities });
      else outcomes.set(wanted, onInvoice(odoo, wanted, failures.get(wanted) ?? NOT_MADE));
    }
    await finish(odoo, drafts, outcomes, signal);
  } catch (error) {
    if (!(error instanceof OdooError)) throw error;
    for (const { wanted } of open) if (!outcomes.has(wanted)) outcomes.set(wanted, unknownAfter(error));
  }
}

/** What stands there already is adopted, and what is too much refused. @returns the others */
async function plan(
  odoo: Odoo,
  notes: readonly CreditNoteToIssue[],
  outcomes: Map<CreditNoteToIssue, CreditNoteOutcome>,
  signal?: AbortSignal,
): Promise<Crediting[]> {
  const ids = notes.map(({ invoiceId }) => invoiceId);
  const invoices = await readInvoices(odoo, [['id', 'in', ids]], signal);
  const existing = await creditNotesOf(odoo, ids, signal);
  const lines = await readInvoiceLines(odoo, [...ids, ...existing.map(({ id }) => id)], signal);
  const open: Crediting[] = [];
  for (const wanted of notes) {
    const invoice = invoices.find(({ id }) => id === wanted.invoiceId);
    const draft = ownOf(wanted, existing);
    if (draft?.state === 'posted') {
      outcomes.set(wanted, { kind: 'succeeded', creditNote: draft, adopted: true });
      continue;
    }
    const others = existing.filter((note) => note !== draft && note.reverses === wanted.invoiceId);
    const planned = planCreditNote(
      wanted,
      invoice,
      lines.filter(({ invoiceId }) => invoiceId === wanted.invoiceId),
      lines.filter(({ invoiceId }) => others.some(({ id }) => id === invoiceId)),
    );
    if ('kind' in planned) outcomes.set(wanted, onInvoice(odoo, wanted, planned as Failure));
    else if (invoice !== undefined)
      open.push({ wanted, invoice, draft, quantities: planned as ReadonlyMap<string, DecimalString> });
  }
  return open;
}

function ownOf({ reference, invoiceId }: CreditNoteToIssue, notes: readonly Invoice[]): Invoice | undefined {
  return notes.find((note) => note.reverses === invoiceId && carries(note, reference));
}

function onInvoice(odoo: Odoo, { invoiceId }: CreditNoteToIssue, failure: Failure): Failure {
  return onRecord(odoo, failure, 'account.move', invoiceId);
}

const NOT_MADE = rejected(
  'odoo-invoice-not-posted',
  'Odoo made no credit note.',
  'Credit the invoice in Odoo.',
);

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

interface Drafted {
  readonly note: Invoice;
  readonly quantities: ReadonlyMap<string, DecimalString>;
}

/** Lowers the drafts' lines to what is wanted and posts them. Whole quantities, so doing it again changes nothing. @throws OdooError */
async function finish(
  odoo: Odoo,
  drafts: ReadonlyMap<CreditNoteToIssue, Drafted>,
  outcomes: Map<CreditNoteToIssue, CreditNoteOutcome>,
  signal?: AbortSignal,
): Promise<void> {
  const lines = await readInvoiceLines(
    odoo,
    [...drafts.values()].map(({ note }) => note.id),
    signal,
  );
  const ready = new Map<number, CreditNoteToIssue>();
  for (const [wanted, { note, quantities }] of drafts) {
    const own = lines.filter(({ invoiceId }) => invoiceId === note.id);
    const failure = await lowerLines(odoo, note, lineCommands(own, quantities), signal);
    if (failure === null) ready.set(note.id, wanted);
    else outcomes.set(wanted, onRecord(odoo, failure, 'account.move', note.id));
  }
  const posted = await postInvoices(odoo, [...ready.keys()], signal);
  for (const [id, wanted] of ready) {
    const one = posted.get(id);
    if (one === undefined) continue;
    outcomes.set(
      wanted,
      one.kind === 'succeeded' ? { kind: 'succeeded', creditNote: one.invoice, adopted: false } : one,
    );
  }
}

async function lowerLines(
  odoo: Odoo,
  { id }: Invoice,
  commands: readonly unknown[],
  signal?: AbortSignal,
): Promise<Failure | null> {
  if (commands.length === 0) return null;
  try {
    const args = { ids: [id], vals: { invoice_line_ids: commands } };
    await odoo.client.call('account.move', 'write', args, { signal, touches: POSTING });
    return null;
  } catch (error) {
    if (!(error instanceof OdooError)) throw error;
    const failure = classifyOdooError(error);
    return failure.kind === 'rejected' ? failure : unknownAfter(error);
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
