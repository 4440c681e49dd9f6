import { type Odoo, externalIdsOf } from '../external-ids.ts';
import type { DecimalString } from '../values.ts';
import { decimalFromOdoo } from '../values.ts';
import { differencesOf } from '../version-differences.ts';

/** A line of a confirmed order, as it stands. */
export interface LineState {
  readonly id: number;
  /** Without its module; null for a line that was entered in Odoo. */
  readonly externalId: string | null;
  readonly productId: number | null;
  readonly ordered: DecimalString;
  readonly delivered: DecimalString;
  readonly invoiced: DecimalString;
  readonly toInvoice: DecimalString;
  readonly unitPrice: DecimalString;
}

export interface OrderState {
  readonly id: number;
  readonly name: string;
  readonly state: string;
  readonly confirmed: boolean;
  readonly locked: boolean;
  readonly invoiceStatus: string;
  readonly invoiceIds: readonly number[];
  readonly lines: readonly LineState[];
}

interface OrderRow {
  readonly id: number;
  readonly name: string;
  readonly state: string;
  readonly locked?: boolean;
  readonly invoice_status: string;
  readonly invoice_ids: readonly number[];
}

interface LineRow {
  readonly id: number;
  readonly order_id: [number, string];
  readonly product_id: [number, string] | false;
  readonly product_uom_qty: number;
  readonly qty_delivered: number;
  readonly qty_invoiced: number;
  readonly qty_to_invoice: number;
  readonly price_unit: number;
}

/** Orders with their lines, in three calls whatever their number; what is gone is absent. @throws OdooError */
export async function readOrderStates(
  odoo: Odoo,
  ids: readonly number[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, OrderState>> {
  if (ids.length === 0) return new Map();
  const { lockField, confirmedStates } = differencesOf((await odoo.client.server({ signal })).major);
  const fields = [
    'name',
    'state',
    'invoice_status',
    'invoice_ids',
    ...(lockField === null ? [] : [lockField]),
  ];
  const orders = await odoo.client.call<OrderRow[]>(
    'sale.order',
    'search_read',
    { domain: [['id', 'in', [...new Set(ids)]]], fields },
    { signal },
  );
  const rows = await odoo.client.call<LineRow[]>(
    'sale.order.line',
    'search_read',
    {
      domain: [
        ['order_id', 'in', orders.map(({ id }) => id)],
        ['display_type', '=', false],
      ],
      fields: [
        'order_id',
        'product_id',
        'product_uom_qty',
        'qty_delivered',
        'qty_invoiced',
        'qty_to_invoice',
        'price_unit',
      ],
      order: 'id',
    },
    { signal },
  );
  const names = await externalIdsOf(
    odoo,
    'sale.order.line',
    rows.map(({ id }) => id),
    signal,
  );
  const linesOf = Map.groupBy(rows, ({ order_id }) => order_id[0]);
  return new Map(
    orders.map((row) => [
      row.id,
      {
        id: row.id,
        name: row.name,
        state: row.state,
        confirmed: confirmedStates.includes(row.state),
        locked: row.locked === true || row.state === 'done',
        invoiceStatus: row.invoice_status,
        invoiceIds: row.invoice_ids,
        lines: (linesOf.get(row.id) ?? []).map((line) => lineOf(line, names.get(line.id) ?? null)),
      },
    ]),
  );
}

function lineOf(row: LineRow, externalId: string | null): LineState {
  return {
    id: row.id,
    externalId,
    productId: row.product_id === false ? null : row.product_id[0],
    ordered: decimalFromOdoo(row.product_uom_qty),
    delivered: decimalFromOdoo(row.qty_delivered),
    invoiced: decimalFromOdoo(row.qty_invoiced),
    toInvoice: decimalFromOdoo(row.qty_to_invoice),
    unitPrice: decimalFromOdoo(row.price_unit),
  };
}
