import { Decimal } from 'decimal.js';
import { type Rejected, rejected } from '../../outcome.ts';
import type { DecimalString } from '../../values.ts';
import { isDecimal } from '../../values.ts';
import type { Invoice, InvoiceLine } from './invoice-reader.ts';

export interface CreditNoteToIssue {
  /** Ours; it ends the credit note's reference, by which the same one is recognised. */
  readonly reference: string;
  readonly invoiceId: number;
  /** Left out: all of it that is not credited yet. */
  readonly lines?: readonly CreditedLine[];
}

export interface CreditedLine {
  readonly orderLineExternalId?: string;
  readonly sku: string;
  readonly quantity: DecimalString;
}

/** By order line where the invoice line has one of ours, else by product: what a credit note's line and its invoice's share. */
export function lineKey(line: InvoiceLine): string {
  return line.orderLineExternalId ?? `sku ${line.sku}`;
}

const mend = 'Compare the credit with the invoice and its credit notes in Odoo.';

/**
 * The quantities to credit by line key. Pure. Odoo credits an invoice as often as it is asked to: what other credit notes hold is
 * taken off here.
 */
export function planCreditNote(
  { lines, invoiceId }: CreditNoteToIssue,
  invoice: Invoice | undefined,
  invoiced: readonly InvoiceLine[],
  credited: readonly InvoiceLine[],
): ReadonlyMap<string, DecimalString> | Rejected {
  if (invoice === undefined)
    return rejected('odoo-record-missing', `Odoo has no invoice ${invoiceId}.`, mend);
  if (invoice.state !== 'posted')
    return rejected('odoo-credit-exceeds', `Invoice ${invoiceId} is "${invoice.state}", not posted.`, mend);
  const left = quantitiesOf(invoiced);
  for (const [key, quantity] of quantitiesOf(credited))
    left.set(key, (left.get(key) ?? new Decimal(0)).minus(quantity));
  const wanted = new Map<string, Decimal>();
  if (lines === undefined) for (const [key, quantity] of left) wanted.set(key, Decimal.max(0, quantity));
  for (const line of lines ?? []) {
    const found = invoiced.find(
      (one) =>
        (line.orderLineExternalId !== undefined && one.orderLineExternalId === line.orderLineExternalId) ||
        (one.orderLineExternalId === null && one.sku === line.sku),
    );
    if (!isDecimal(line.quantity) || !(Number(line.quantity) > 0))
      return rejected('odoo-credit-exceeds', `"${line.quantity}" is no quantity.`, mend, 'quantity');
    if (found === undefined)
      return rejected('odoo-credit-exceeds', `${invoice.number} has no line for ${line.sku}.`, mend);
    const key = lineKey(found);
    const total = (wanted.get(key) ?? new Decimal(0)).plus(line.quantity);
    const rest = left.get(key) ?? new Decimal(0);
    if (total.greaterThan(rest))
      return rejected(
        'odoo-credit-exceeds',
        `${invoice.number}: ${total.toFixed()} of ${line.sku} are more than the ${rest.toFixed()} that are invoiced and not credited.`,
        mend,
        'quantity',
      );
    wanted.set(key, total);
  }
  const positive = [...wanted].filter(([, quantity]) => quantity.greaterThan(0));
  if (positive.length === 0)
    return rejected('odoo-credit-exceeds', `Nothing of ${invoice.number} is left to credit.`, mend);
  return new Map(positive.map(([key, quantity]) => [key, quantity.toFixed()]));
}

function quantitiesOf(lines: readonly InvoiceLine[]): Map<string, Decimal> {
  const totals = new Map<string, Decimal>();
  for (const line of lines)
    totals.set(lineKey(line), (totals.get(lineKey(line)) ?? new Decimal(0)).plus(line.quantity));
  return totals;
}
