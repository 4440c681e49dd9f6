import { Decimal } from 'decimal.js';
import { classifyOdooError, unknownAfter } from '../../error-classification.ts';
import { OdooError } from '../../errors.ts';
import type { Odoo } from '../../external-ids.ts';
import { type Failure, type Outcome, rejected } from '../../outcome.ts';
import type { DecimalString, Many2one } from '../../values.ts';
import { decimalFromOdoo, decimalToOdoo, isDecimal, sameDecimal } from '../../values.ts';
import { differencesOf } from '../../version-differences.ts';
import { PAYING } from '../touches.ts';
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
 * Registers payments on posted invoices through Odoo's wizard, one by one. The reference goes in with the payment itself, in one
 * transaction, so a payment whose answer was lost is known by it. More than is left to pay is refused: Odoo takes it and leaves the
 * rest open on the customer. @returns one outcome per payment, in order
 */
export async function registerPayments(
  odoo: Odoo,
  payments: readonly PaymentToRegister[],
  signal?: AbortSignal,
): Promise<PaymentOutcome[]> {
  const outcomes: PaymentOutcome[] = [];
  for (const payment of payments) {
    try {
      outcomes.push(await registerPayment(odoo, payment, signal));
    } catch (error) {
      outcomes.push(classifyOdooError(error));
    }
  }
  return outcomes;
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

async function registerPayment(
  odoo: Odoo,
  wanted: PaymentToRegister,
  signal?: AbortSignal,
): Promise<PaymentOutcome> {
  const [invoice] = await readInvoices(odoo, [['id', '=', wanted.invoiceId]], signal);
  const found = (await findPayments(odoo, [wanted.reference], signal)).get(wanted.reference);
  const refusal = refusalOf(wanted, invoice, found);
  if (refusal !== null) return refusal;
  if (invoice === undefined) return { kind: 'retry', message: 'The invoice was not read.' };
  if (found !== undefined) return { kind: 'succeeded', payment: found, invoice, adopted: true };
  const failure = await runWizard(odoo, wanted, signal);
  try {
    const payment = (await findPayments(odoo, [wanted.reference], signal)).get(wanted.reference);
    const [after] = await readInvoices(odoo, [['id', '=', wanted.invoiceId]], signal);
    if (payment !== undefined && after !== undefined)
      return { kind: 'succeeded', payment, invoice: after, adopted: false };
  } catch (error) {
    if (!(error instanceof OdooError)) throw error;
    return unknownAfter(error);
  }
  return (
    failure ??
    rejected(
      'odoo-payment-not-made',
      `Odoo took the payment of ${invoice.number} and shows none with the memo ${wanted.reference}.`,
      'Look at the invoice in Odoo: a customisation may rewrite the memo of payments.',
    )
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
