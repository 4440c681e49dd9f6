import { Decimal } from 'decimal.js';
import { classifyOdooError, unknownAfter } from '../../error-classification.ts';
import { OdooError } from '../../errors.ts';
import type { Odoo } from '../../external-ids.ts';
import { type Failure, type Outcome, rejected } from '../../outcome.ts';
import type { DecimalString, Many2one } from '../../values.ts';
import { decimalFromOdoo, decimalToOdoo, isDecimal, sameDecimal } from '../../values.ts';
import { differencesOf } from '../../version-differences.ts';
import { roundsBy } from '../rounds.ts';
import { PAYING } from '../touches.ts';
import { onRecord } from '../../refused-record.ts';
import { type Invoice, readInvoices } from './invoice-reader.ts';

export interface PaymentToRegister {
  /** The provider's own, one per payment: it becomes the payment's memo, by which the same one is recognised. */
  readonly reference: string;
  readonly invoiceId: number;
  readonly amount: DecimalString;
  /** ISO 4217. */
  readonly currency: string;
  /** `YYYY-MM-DD`. */
  readonly paidOn: string;
}

export interface Payment {
  readonly id: number;
  readonly name: string;
  readonly amount: DecimalString;
  readonly reference: string;
}

export type PaymentOutcome = Outcome<{
  readonly payment: Payment;
  readonly invoice: Invoice;
  readonly adopted: boolean;
}>;

/**
 * Registers payments on posted invoices through Odoo's wizard, which takes one at a time; what is read before and after goes together, and
 * several on one invoice go in turn. The reference goes in with the payment itself, in one
 * transaction, so a payment whose answer was lost is known by it. More than is left to pay is refused: Odoo takes it and leaves the
 * rest open on the customer. @returns one outcome per payment, in order
 */
export async function registerPayments(
  odoo: Odoo,
  payments: readonly PaymentToRegister[],
  signal?: AbortSignal,
): Promise<PaymentOutcome[]> {
  const outcomes = new Map<PaymentToRegister, PaymentOutcome>();
  for (const round of roundsBy(payments, ({ invoiceId }) => invoiceId)) {
    try {
      await registerRound(odoo, round, outcomes, signal);
    } catch (error) {
      const failure = classifyOdooError(error);
      for (const payment of round) if (!outcomes.has(payment)) outcomes.set(payment, failure);
    }
  }
  return payments.map(
    (payment) => outcomes.get(payment) ?? { kind: 'retry', message: 'Not registered yet.' },
  );
}

/** Payments by our references, cancelled ones left out. @throws OdooError */
export async function findPayments(
  odoo: Odoo,
  references: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Payment>> {
  const { paymentMemo } = differencesOf((await odoo.client.server({ signal })).major);
  const rows = await odoo.client.call<
    { id: number; name: string | false; amount: number; ref?: string; memo?: string; move_id?: Many2one }[]
  >(
    'account.payment',
    'search_read',
    {
      domain: [
        [paymentMemo, 'in', references],
        ['state', 'not in', ['canceled', 'cancel', 'rejected']],
      ],
      fields: ['name', 'amount', paymentMemo],
      order: 'id desc',
    },
    { signal },
  );
  return new Map(
    rows.map((row) => {
      const reference = row[paymentMemo] ?? '';
      const name = row.name === false ? String(row.id) : row.name;
      return [reference, { id: row.id, name, amount: decimalFromOdoo(row.amount), reference }];
    }),
  );
}

async function registerRound(
  odoo: Odoo,
  payments: readonly PaymentToRegister[],
  outcomes: Map<PaymentToRegister, PaymentOutcome>,
  signal?: AbortSignal,
): Promise<void> {
  const before = await readRound(odoo, payments, signal);
  const open: PaymentToRegister[] = [];
  for (const wanted of payments) {
    const { invoice, found } = before(wanted);
    const refusal = refusalOf(wanted, invoice, found);
    if (refusal !== null) outcomes.set(wanted, onRecord(odoo, refusal, 'account.move', wanted.invoiceId));
    else if (found !== undefined && invoice !== undefined)
      outcomes.set(wanted, { kind: 'succeeded', payment: found, invoice, adopted: true });
    else open.push(wanted);
  }
  if (open.length === 0) return;
  const failures = new Map<PaymentToRegister, Failure | null>();
  for (const wanted of open) failures.set(wanted, await runWizard(odoo, wanted, signal));
  try {
    const after = await readRound(odoo, open, signal);
    for (const wanted of open) {
      const { invoice, found } = after(wanted);
      if (found !== undefined && invoice !== undefined)
        outcomes.set(wanted, { kind: 'succeeded', payment: found, invoice, adopted: false });
      else {
        const failure = failures.get(wanted) ?? notMade(wanted, invoice);
        outcomes.set(wanted, onRecord(odoo, failure, 'account.move', wanted.invoiceId));
      }
    }
  } catch (error) {
    if (!(error instanceof OdooError)) throw error;
    for (const wanted of open) outcomes.set(wanted, unknownAfter(error));
  }
}

/** Each payment's invoice, and the payment where it stands there; two calls for all. @throws OdooError */
async function readRound(
  odoo: Odoo,
  payments: readonly PaymentToRegister[],
  signal?: AbortSignal,
): Promise<(wanted: PaymentToRegister) => { invoice: Invoice | undefined; found: Payment | undefined }> {
  const ids = payments.map(({ invoiceId }) => invoiceId);
  const invoices = await readInvoices(odoo, [['id', 'in', ids]], signal);
  const references = payments.map(({ reference }) => reference);
  const found = await findPayments(odoo, references, signal);
  const byId = new Map(invoices.map((invoice) => [invoice.id, invoice]));
  return ({ invoiceId, reference }) => ({ invoice: byId.get(invoiceId), found: found.get(reference) });
}

function notMade({ reference, invoiceId }: PaymentToRegister, invoice: Invoice | undefined): Failure {
  return rejected(
    'odoo-payment-not-made',
    `Odoo took the payment of ${invoice?.number ?? `invoice ${invoiceId}`} and shows none with the memo ${reference}.`,
    'Look at the invoice in Odoo: a customisation may rewrite the memo of payments.',
  );
}

function refusalOf(
  { reference, amount, currency, invoiceId }: PaymentToRegister,
  invoice: Invoice | undefined,
  found: Payment | undefined,
): Failure | null {
  const mend = 'Compare the payment with the invoice in Odoo.';
  if (!isDecimal(amount) || !(Number(amount) > 0))
    return rejected('odoo-payment-exceeds', `"${amount}" is no amount.`, mend, 'amount');
  if (invoice === undefined)
    return rejected('odoo-record-missing', `Odoo has no invoice ${invoiceId}.`, mend);
  if (found !== undefined)
    return sameDecimal(found.amount, amount)
      ? null
      : rejected(
          'odoo-payment-exceeds',
          `${reference} stands in Odoo as ${found.name} with ${found.amount}, not ${amount}.`,
          mend,
        );
  if (invoice.state !== 'posted')
    return rejected('odoo-payment-exceeds', `Invoice ${invoiceId} is "${invoice.state}", not posted.`, mend);
  if (invoice.currency !== currency)
    return rejected(
      'odoo-payment-exceeds',
      `${invoice.number} is in ${invoice.currency}, the payment in ${currency}.`,
      mend,
      'currency_id',
    );
  if (new Decimal(amount).greaterThan(invoice.residual))
    return rejected(
      'odoo-payment-exceeds',
      `${amount} are more than the ${invoice.residual} that are left to pay of ${invoice.number}.`,
      mend,
      'amount',
    );
  return null;
}

async function runWizard(
  odoo: Odoo,
  { reference, invoiceId, amount, paidOn }: PaymentToRegister,
  signal?: AbortSignal,
): Promise<Failure | null> {
  const context = { active_model: 'account.move', active_id: invoiceId, active_ids: [invoiceId] };
  try {
    const vals_list = [{ amount: decimalToOdoo(amount), payment_date: paidOn, communication: reference }];
    const [wizard] = await odoo.client.call<number[]>(
      'account.payment.register',
      'create',
      { vals_list, context },
      { signal },
    );
    const args = { ids: [wizard ?? 0], context };
    await odoo.client.call('account.payment.register', 'action_create_payments', args, {
      signal,
      touches: PAYING,
    });
    return null;
  } catch (error) {
    return classifyOdooError(error);
  }
}
