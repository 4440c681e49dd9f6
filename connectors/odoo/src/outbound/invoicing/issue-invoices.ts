import { classifyOdooError, unknownAfter } from '../../error-classification.ts';
import { OdooError } from '../../errors.ts';
import type { Odoo } from '../../external-ids.ts';
import { type Failure, type Outcome, rejected } from '../../outcome.ts';
import { type OrderState, readOrderStates } from '../order-state.ts';
import { blockersOf } from './assess-invoicing.ts';
import { type Invoice, readInvoices } from './invoice-reader.ts';
import { postInvoices } from './post-invoices.ts';

export interface InvoiceToIssue {
  readonly orderId: number;
  /** An earlier try may have left a draft: then it is posted, where otherwise a draft is a person's work that nobody finishes for them. */
  readonly triedBefore: boolean;
}

export type InvoiceOutcome = Outcome<{ readonly invoice: Invoice; readonly adopted: boolean }>;

/**
 * Sees to it that all that was delivered of orders is invoiced and posted, one order at a time: the wizard makes one invoice for
 * several orders of one customer otherwise. Odoo counts what is invoiced per line, drafts too, so the same again finds nothing to
 * invoice and adopts the newest posted invoice. @returns one outcome per order, in order
 */
export async function issueInvoices(
  odoo: Odoo,
  orders: readonly InvoiceToIssue[],
  signal?: AbortSignal,
): Promise<InvoiceOutcome[]> {
  const outcomes: InvoiceOutcome[] = [];
  for (const order of orders) {
    try {
      outcomes.push(await issueInvoice(odoo, order, signal));
    } catch (error) {
      outcomes.push(classifyOdooError(error));
    }
  }
  return outcomes;
}

/** Posted customer invoices and drafts of an order, oldest first. @throws OdooError */
export async function invoicesOf(odoo: Odoo, order: OrderState, signal?: AbortSignal): Promise<Invoice[]> {
  if (order.invoiceIds.length === 0) return [];
  const domain = [
    ['id', 'in', order.invoiceIds],
    ['move_type', '=', 'out_invoice'],
    ['state', '!=', 'cancel'],
  ];
  return readInvoices(odoo, domain, signal);
}

async function issueInvoice(
  odoo: Odoo,
  { orderId, triedBefore }: InvoiceToIssue,
  signal?: AbortSignal,
): Promise<InvoiceOutcome> {
  const order = (await readOrderStates(odoo, [orderId], signal)).get(orderId);
  if (order === undefined)
    return rejected('odoo-record-missing', `Odoo has no order ${orderId}.`, 'It was deleted in Odoo.');
  const before = await invoicesOf(odoo, order, signal);
  const drafts = before.filter(({ state }) => state === 'draft');
  if (drafts.length > 0 && !triedBefore)
    return rejected(
      'odoo-invoice-draft',
      `${order.name} has a draft invoice (${drafts.map(({ id }) => id).join(', ')}) in Odoo that somebody is at work on.`,
      'Post or delete the draft in Odoo, then retry.',
    );
  if (drafts.length > 0) return post(odoo, drafts, signal);
  if (!order.lines.some(({ toInvoice }) => Number(toInvoice) > 0)) {
    const newest = before.findLast(({ state }) => state === 'posted');
    return newest === undefined
      ? nothingToInvoice(order)
      : { kind: 'succeeded', invoice: newest, adopted: true };
  }
  const failure = await runWizard(odoo, orderId, signal);
  return settle(odoo, orderId, before, failure, signal);
}

function nothingToInvoice(order: OrderState): Failure {
  return rejected(
    'odoo-nothing-to-invoice',
    `Nothing of ${order.name} can be invoiced (${blockersOf(order, false).join(', ') || order.invoiceStatus}).`,
    'Wait until goods have left, or set the products to be invoiced by ordered quantities in Odoo.',
  );
}

async function runWizard(odoo: Odoo, orderId: number, signal?: AbortSignal): Promise<Failure | null> {
  const context = { active_model: 'sale.order', active_id: orderId, active_ids: [orderId] };
  try {
    const vals_list = [{ advance_payment_method: 'delivered' }];
    const [wizard] = await odoo.client.call<number[]>(
      'sale.advance.payment.inv',
      'create',
      { vals_list, context },
      { signal },
    );
    const args = { ids: [wizard ?? 0], context };
    await odoo.client.call('sale.advance.payment.inv', 'create_invoices', args, { signal });
    return null;
  } catch (error) {
    return classifyOdooError(error);
  }
}

/** The window that the wizard opens says nothing: the drafts that were not there before are its work. */
async function settle(
  odoo: Odoo,
  orderId: number,
  before: readonly Invoice[],
  failure: Failure | null,
  signal?: AbortSignal,
): Promise<InvoiceOutcome> {
  const known = new Set(before.map(({ id }) => id));
  try {
    const order = (await readOrderStates(odoo, [orderId], signal)).get(orderId);
    const now = order === undefined ? [] : await invoicesOf(odoo, order, signal);
    const made = now.filter(({ id }) => !known.has(id));
    if (made.length > 0) return await post(odoo, made, signal);
  } catch (error) {
    if (!(error instanceof OdooError)) throw error;
    return unknownAfter(error);
  }
  return (
    failure ??
    rejected(
      'odoo-invoice-not-posted',
      `Odoo made no invoice of order ${orderId}.`,
      'Invoice the order in Odoo.',
    )
  );
}

async function post(odoo: Odoo, drafts: readonly Invoice[], signal?: AbortSignal): Promise<InvoiceOutcome> {
  try {
    const posted = await postInvoices(
      odoo,
      drafts.map(({ id }) => id),
      signal,
    );
    if (!Array.isArray(posted)) return posted as Failure;
    const newest = (posted as readonly Invoice[]).at(-1);
    if (newest !== undefined) return { kind: 'succeeded', invoice: newest, adopted: false };
  } catch (error) {
    if (!(error instanceof OdooError)) throw error;
    return unknownAfter(error);
  }
  return { kind: 'retry', message: 'The invoice was not read.' };
}
