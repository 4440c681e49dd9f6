import { classifyOdooError, unknownAfter } from '../../error-classification.ts';
import { OdooError } from '../../errors.ts';
import type { Odoo } from '../../external-ids.ts';
import { fieldsOf } from '../../field-catalogue.ts';
import { type Failure, type Outcome, rejected } from '../../outcome.ts';
import { onRecord } from '../../refused-record.ts';
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
 * Sees to it that all that was delivered of orders is invoiced and posted: read, one wizard for all, read, one posting, read. Odoo counts
 * what is invoiced per line, drafts too, so the same again finds nothing to invoice and adopts the newest posted invoice.
 * An order occurs once in a batch. @returns one outcome per order, in order
 */
export async function issueInvoices(
  odoo: Odoo,
  orders: readonly InvoiceToIssue[],
  signal?: AbortSignal,
): Promise<InvoiceOutcome[]> {
  const outcomes = new Map<number, InvoiceOutcome>();
  const refuse = (id: number, failure: Failure) =>
    outcomes.set(id, onRecord(odoo, failure, 'sale.order', id));
  try {
    const ids = orders.map(({ orderId }) => orderId);
    const states = await readOrderStates(odoo, ids, signal);
    const before = await invoicesOf(odoo, states, signal);
    const drafts = new Map<number, readonly Invoice[]>();
    const making: number[] = [];
    for (const order of orders) {
      const decided = decide(order, states.get(order.orderId), before.get(order.orderId) ?? []);
      if (decided === 'make') making.push(order.orderId);
      else if ('drafts' in decided) drafts.set(order.orderId, decided.drafts);
      else if (decided.kind === 'succeeded') outcomes.set(order.orderId, decided);
      else refuse(order.orderId, decided);
    }
    const made = await make(odoo, making, before, signal);
    for (const [id, one] of made)
      if ('kind' in one) refuse(id, one);
      else drafts.set(id, one);
    await post(odoo, drafts, outcomes, signal);
  } catch (error) {
    const failure = classifyOdooError(error);
    for (const { orderId } of orders) if (!outcomes.has(orderId)) outcomes.set(orderId, failure);
  }
  return orders.map(
    ({ orderId }) => outcomes.get(orderId) ?? { kind: 'retry', message: 'Not invoiced yet.' },
  );
}

/** Posted customer invoices and drafts by order, oldest first; no entry for an order without one. @throws OdooError */
export async function invoicesOf(
  odoo: Odoo,
  orders: ReadonlyMap<number, OrderState>,
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, readonly Invoice[]>> {
  const ids = [...orders.values()].flatMap(({ invoiceIds }) => invoiceIds);
  if (ids.length === 0) return new Map();
  const domain = [
    ['id', 'in', ids],
    ['move_type', '=', 'out_invoice'],
    ['state', '!=', 'cancel'],
  ];
  const invoices = await readInvoices(odoo, domain, signal);
  return new Map(
    [...orders.values()].map(({ id, invoiceIds }) => [
      id,
      invoices.filter((invoice) => invoiceIds.includes(invoice.id)),
    ]),
  );
}

type Decision = InvoiceOutcome | { readonly drafts: readonly Invoice[] } | 'make';

/** What an order needs, as it stands. Pure. */
function decide(
  { orderId, triedBefore }: InvoiceToIssue,
  order: OrderState | undefined,
  invoices: readonly Invoice[],
): Decision {
  if (order === undefined)
    return rejected('odoo-record-missing', `Odoo has no order ${orderId}.`, 'It was deleted in Odoo.');
  const drafts = invoices.filter(({ state }) => state === 'draft');
  if (drafts.length > 0 && !triedBefore)
    return rejected(
      'odoo-invoice-draft',
      `${order.name} has a draft invoice (${drafts.map(({ id }) => id).join(', ')}) in Odoo that somebody is at work on.`,
      'Post or delete the draft in Odoo, then retry.',
    );
  if (drafts.length > 0) return { drafts };
  if (order.lines.some(({ toInvoice }) => Number(toInvoice) > 0)) return 'make';
  const newest = invoices.findLast(({ state }) => state === 'posted');
  if (newest !== undefined) return { kind: 'succeeded', invoice: newest, adopted: true };
  return rejected(
    'odoo-nothing-to-invoice',
    `Nothing of ${order.name} can be invoiced (${blockersOf(order, false).join(', ') || order.invoiceStatus}).`,
    'Wait until goods have left, or set the products to be invoiced by ordered quantities in Odoo.',
  );
}

/** The window that the wizard opens says nothing: the drafts that were not there before are its work. */
async function make(
  odoo: Odoo,
  ids: readonly number[],
  before: ReadonlyMap<number, readonly Invoice[]>,
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, readonly Invoice[] | Failure>> {
  if (ids.length === 0) return new Map();
  const failures = await runWizards(odoo, ids, signal);
  let now: ReadonlyMap<number, readonly Invoice[]>;
  try {
    now = await invoicesOf(odoo, await readOrderStates(odoo, ids, signal), signal);
  } catch (error) {
    if (!(error instanceof OdooError)) throw error;
    return new Map(ids.map((id) => [id, unknownAfter(error)]));
  }
  return new Map(
    ids.map((id) => {
      const known = new Set((before.get(id) ?? []).map((invoice) => invoice.id));
      const made = (now.get(id) ?? []).filter((invoice) => !known.has(invoice.id));
      return [id, made.length > 0 ? made : (failures.get(id) ?? notMade(id))];
    }),
  );
}

/**
 * One call for all where the wizard can be told to make an invoice for each order (17 and later); 16 would join orders of one customer,
 * so there one by one. Refused together nothing was done, and each goes alone. @returns the failure of each order that has one
 */
async function runWizards(
  odoo: Odoo,
  ids: readonly number[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, Failure>> {
  const failures = new Map<number, Failure>();
  const together = (await fieldsOf(odoo, 'sale.advance.payment.inv')).has('consolidated_billing');
  if (together || ids.length === 1) {
    const joint = await runWizard(odoo, ids, together, signal);
    if (joint === null) return failures;
    if (joint.kind !== 'rejected' || ids.length === 1) return new Map(ids.map((id) => [id, joint]));
  }
  for (const id of ids) {
    const failure = await runWizard(odoo, [id], together, signal);
    if (failure !== null) failures.set(id, failure);
  }
  return failures;
}

async function runWizard(
  odoo: Odoo,
  ids: readonly number[],
  together: boolean,
  signal?: AbortSignal,
): Promise<Failure | null> {
  const context = { active_model: 'sale.order', active_id: ids[0], active_ids: ids };
  const values = {
    advance_payment_method: 'delivered',
    ...(together ? { consolidated_billing: false } : {}),
  };
  try {
    const [wizard] = await odoo.client.call<number[]>(
      'sale.advance.payment.inv',
      'create',
      { vals_list: [values], context },
      { signal },
    );
    const args = { ids: [wizard ?? 0], context };
    await odoo.client.call('sale.advance.payment.inv', 'create_invoices', args, { signal });
    return null;
  } catch (error) {
    return classifyOdooError(error);
  }
}

function notMade(orderId: number): Failure {
  return rejected(
    'odoo-invoice-not-posted',
    `Odoo made no invoice of order ${orderId}.`,
    'Invoice the order in Odoo.',
  );
}

/** An order with several drafts is invoiced when all are posted; its invoice is the newest. */
async function post(
  odoo: Odoo,
  drafts: ReadonlyMap<number, readonly Invoice[]>,
  outcomes: Map<number, InvoiceOutcome>,
  signal?: AbortSignal,
): Promise<void> {
  try {
    const ids = [...drafts.values()].flat().map(({ id }) => id);
    const posted = await postInvoices(odoo, ids, signal);
    for (const [orderId, own] of drafts) {
      const results = own.flatMap(({ id }) => posted.get(id) ?? []);
      const last = results.find(({ kind }) => kind !== 'succeeded') ?? results.at(-1);
      if (last !== undefined)
        outcomes.set(orderId, last.kind === 'succeeded' ? { ...last, adopted: false } : last);
    }
  } catch (error) {
    if (!(error instanceof OdooError)) throw error;
    for (const orderId of drafts.keys()) outcomes.set(orderId, unknownAfter(error));
  }
}
