import { basename } from 'node:path';
import { isPositive, parseDecimal } from '@trunkline/canonical';
import { type CsvRow, csvRows } from './csv-file.ts';
import type {
  Demand,
  DemandCustomer,
  DemandLine,
  DemandOrder,
  DemandProduct,
  DemandRejection,
} from './demand.ts';
import { madeUpCustomer } from './made-up.ts';
import { Random, seedOf } from './random.ts';

export const ONLINE_RETAIL_COLUMNS: readonly string[] = [
  'InvoiceNo',
  'StockCode',
  'Description',
  'Quantity',
  'InvoiceDate',
  'UnitPrice',
  'CustomerID',
  'Country',
];

export function isOnlineRetail(header: readonly string[]): boolean {
  return ONLINE_RETAIL_COLUMNS.every((column) => header.includes(column));
}

interface Gathered {
  readonly customers: Map<string, DemandCustomer>;
  readonly products: Map<string, DemandProduct>;
  readonly orders: Map<string, DemandOrder & { lines: DemandLine[] }>;
  readonly withheld: Set<string>;
  readonly rejections: DemandRejection[];
}

/**
 * UCI Online Retail (doi 10.24432/C5BW33): one row per invoice line of a British wholesaler. An invoice is an order. Returns
 * (`C536379`, negative quantities), stock adjustments (no customer, no price, no description) and bookings such as `POST`, `M` or
 * `BANK CHARGES` are in it and stay in it. The set is anonymised: who a CustomerID is and where he lives is made up from the number,
 * the country is the set's own.
 */
export async function readOnlineRetail(paths: readonly string[]): Promise<Demand> {
  const into: Gathered = {
    customers: new Map(),
    products: new Map(),
    orders: new Map(),
    withheld: new Set(),
    rejections: [],
  };
  for (const path of paths) {
    const file = basename(path);
    for await (const row of csvRows(path, file, into.rejections)) {
      const reason = gather(into, row);
      if (reason !== undefined) into.rejections.push({ file, line: row.line, reason });
    }
  }
  return {
    customers: [...into.customers.values()],
    products: [...into.products.values()],
    orders: [...into.orders.values()].filter((order) => !into.withheld.has(order.id)),
    rejections: into.rejections,
  };
}

/** Adds one row; the reason when it cannot stand in a CRM. */
function gather(into: Gathered, row: CsvRow): string | undefined {
  const invoice = cell(row, 'InvoiceNo');
  if (invoice === '') return 'row without an invoice number';
  const quantity = parseDecimal(cell(row, 'Quantity'));
  const unitPrice = parseDecimal(cell(row, 'UnitPrice'));
  const date = dateOf(cell(row, 'InvoiceDate'));
  const fault =
    quantity === undefined
      ? `"${cell(row, 'Quantity')}" is no quantity`
      : unitPrice === undefined
        ? `"${cell(row, 'UnitPrice')}" is no price`
        : date === undefined
          ? `"${cell(row, 'InvoiceDate')}" is no date`
          : undefined;
  if (quantity === undefined || unitPrice === undefined || date === undefined) {
    into.withheld.add(invoice);
    return `invoice ${invoice} withheld: ${fault}`;
  }
  const order = into.orders.get(invoice) ?? openOrder(into, row, invoice, date);
  const sku = cell(row, 'StockCode');
  const description = cell(row, 'Description');
  order.lines.push({ sku, description, quantity, unitPrice });
  learnProduct(into.products, sku, description, unitPrice);
  return undefined;
}

function openOrder(
  into: Gathered,
  row: CsvRow,
  invoice: string,
  date: string,
): DemandOrder & { lines: DemandLine[] } {
  const customer = customerOf(into.customers, cell(row, 'CustomerID'), cell(row, 'Country'));
  const order = {
    id: invoice,
    ...(customer === undefined ? {} : { customerId: customer.id, shipTo: customer.address }),
    customerPo: `OR-${invoice}`,
    date,
    backorderPolicy: 'backorder' as const,
    lines: [],
  };
  into.orders.set(invoice, order);
  return order;
}

function customerOf(
  customers: Map<string, DemandCustomer>,
  rawId: string,
  country: string,
): DemandCustomer | undefined {
  const id = rawId.replace(/\.0$/, '');
  if (id === '') return undefined;
  const known = customers.get(id);
  if (known !== undefined) return known;
  const customer = madeUpCustomer(new Random(seedOf(id)), id, country);
  customers.set(id, customer);
  return customer;
}

/** The first description and the first real price name the product: later rows have the clerks' remarks ("damaged", "?") and zeros. */
function learnProduct(
  products: Map<string, DemandProduct>,
  sku: string,
  description: string,
  price: string,
): void {
  if (sku === '') return;
  const known = products.get(sku);
  const named = known !== undefined && known.name !== sku ? known.name : description || sku;
  const priced =
    known !== undefined && isPositive(known.price) ? known.price : isPositive(price) ? price : '0';
  products.set(sku, { sku, name: named, price: priced });
}

/** `2010-12-01 08:26:00`, or the original file's `12/1/2010 8:26`. */
function dateOf(text: string): string | undefined {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})\b/.exec(text);
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})\b/.exec(text);
  const [year, month, day] = iso ? iso.slice(1) : american ? [american[3], american[1], american[2]] : [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const parsed = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date) ? date : undefined;
}

function cell(row: CsvRow, column: string): string {
  return row.cells[column] ?? '';
}
