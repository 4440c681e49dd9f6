import { type Odoo, externalIdsOf } from '../../external-ids.ts';
import type { DecimalString, Many2one } from '../../values.ts';
import { decimalFromOdoo, idOf, textOf } from '../../values.ts';

/** A customer invoice or credit note, as it stands. */
export interface Invoice {
  readonly id: number;
  /** Null while it is a draft: 18 writes `/`, 19 nothing. */
  readonly number: string | null;
  /** draft, posted, cancel. */
  readonly state: string;
  readonly type: string;
  readonly paymentState: string;
  readonly total: DecimalString;
  readonly residual: DecimalString;
  readonly currency: string;
  readonly issuedOn: string | null;
  readonly dueOn: string | null;
  readonly journalId: number;
  readonly ref: string | null;
  readonly reverses: number | null;
}

interface InvoiceRow {
  readonly id: number;
  readonly name: string | false;
  readonly state: string;
  readonly move_type: string;
  readonly payment_state: string | false;
  readonly amount_total: number;
  readonly amount_residual: number;
  readonly currency_id: [number, string];
  readonly invoice_date: string | false;
  readonly invoice_date_due: string | false;
  readonly journal_id: [number, string];
  readonly ref: string | false;
  readonly reversed_entry_id: Many2one;
}

const FIELDS = [
  'name',
  'state',
  'move_type',
  'payment_state',
  'amount_total',
  'amount_residual',
  'currency_id',
  'invoice_date',
  'invoice_date_due',
  'journal_id',
  'ref',
  'reversed_entry_id',
];

/** Oldest first. @throws OdooError */
export async function readInvoices(
  odoo: Odoo,
  domain: readonly unknown[],
  signal?: AbortSignal,
): Promise<Invoice[]> {
  const rows = await odoo.client.call<InvoiceRow[]>(
    'account.move',
    'search_read',
    { domain, fields: FIELDS, order: 'id' },
    { signal },
  );
  return rows.map((row) => ({
    id: row.id,
    number: row.name === '/' ? null : textOf(row.name),
    state: row.state,
    type: row.move_type,
    paymentState: row.payment_state === false ? '' : row.payment_state,
    total: decimalFromOdoo(row.amount_total),
    residual: decimalFromOdoo(row.amount_residual),
    currency: row.currency_id[1],
    issuedOn: textOf(row.invoice_date),
    dueOn: textOf(row.invoice_date_due),
    journalId: row.journal_id[0],
    ref: textOf(row.ref),
    reverses: idOf(row.reversed_entry_id),
  }));
}

export interface InvoiceLine {
  readonly id: number;
  readonly invoiceId: number;
  readonly sku: string | null;
  /** External id of the order line that it invoices, without its module. */
  readonly orderLineExternalId: string | null;
  readonly quantity: DecimalString;
}

interface LineRow {
  readonly id: number;
  readonly move_id: [number, string];
  readonly product_id: Many2one;
  readonly quantity: number;
  readonly sale_line_ids: readonly number[];
}

/** The lines with products of invoices and credit notes. @throws OdooError */
export async function readInvoiceLines(
  odoo: Odoo,
  invoiceIds: readonly number[],
  signal?: AbortSignal,
): Promise<InvoiceLine[]> {
  if (invoiceIds.length === 0) return [];
  const rows = await odoo.client.call<LineRow[]>(
    'account.move.line',
    'search_read',
    {
      domain: [
        ['move_id', 'in', invoiceIds],
        ['display_type', '=', 'product'],
      ],
      fields: ['move_id', 'product_id', 'quantity', 'sale_line_ids'],
      order: 'id',
    },
    { signal },
  );
  const products = [...new Set(rows.map(({ product_id }) => idOf(product_id)).filter((id) => id !== null))];
  const skus = new Map(
    products.length === 0
      ? []
      : (
          await odoo.client.call<{ id: number; default_code: string | false }[]>(
            'product.product',
            'read',
            { ids: products, fields: ['default_code'] },
            { signal },
          )
        ).map(({ id, default_code }) => [id, textOf(default_code)]),
  );
  const lineIds = [...new Set(rows.flatMap(({ sale_line_ids }) => sale_line_ids))];
  const names = await externalIdsOf(odoo, 'sale.order.line', lineIds, signal);
  return rows.map((row) => ({
    id: row.id,
    invoiceId: row.move_id[0],
    sku: skus.get(idOf(row.product_id) ?? 0) ?? null,
    orderLineExternalId: names.get(row.sale_line_ids[0] ?? 0) ?? null,
    quantity: decimalFromOdoo(row.quantity),
  }));
}
