import { join } from 'node:path';
import { multiply, parseDecimal, round } from '@trunkline/canonical';
import { DemoFailure } from '../failure.ts';
import { type CsvRow, csvHeader, csvRows } from './csv-file.ts';
import type {
  Demand,
  DemandCustomer,
  DemandLine,
  DemandOrder,
  DemandProduct,
  DemandRejection,
} from './demand.ts';

export const NORTHWIND_FILES: readonly string[] = [
  'customers.csv',
  'products.csv',
  'orders.csv',
  'order_details.csv',
];

const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  'customers.csv': [
    'customer_id',
    'company_name',
    'contact_name',
    'address',
    'city',
    'region',
    'postal_code',
    'country',
    'phone',
  ],
  'products.csv': ['product_id', 'product_name', 'unit_price'],
  'orders.csv': [
    'order_id',
    'customer_id',
    'order_date',
    'required_date',
    'ship_name',
    'ship_address',
    'ship_city',
    'ship_country',
  ],
  'order_details.csv': ['order_id', 'product_id', 'unit_price', 'quantity', 'discount'],
};

/**
 * Microsoft's Northwind: masters, orders and order lines. Its numbers went through 32-bit floats (9.80000019), so prices are rounded
 * to 4 decimals here and nowhere later. It has no purchase order numbers; they are made from the order's own (`NW-10248`).
 */
export async function readNorthwind(folder: string): Promise<Demand> {
  for (const file of NORTHWIND_FILES) await requireColumns(folder, file);
  const rejections: DemandRejection[] = [];
  const rows = (file: string) => csvRows(join(folder, file), file, rejections);

  const customers = new Map<string, DemandCustomer>();
  for await (const row of rows('customers.csv')) {
    const customer = customerOf(row);
    if (customer === undefined) rejections.push(rejection('customers.csv', row, 'customer without an id'));
    else customers.set(customer.id, customer);
  }
  const products = new Map<string, DemandProduct>();
  for await (const row of rows('products.csv')) {
    const product = productOf(row);
    if (typeof product === 'string') rejections.push(rejection('products.csv', row, product));
    else products.set(product.sku, product);
  }
  const orders = new Map<string, DemandOrder & { lines: DemandLine[] }>();
  const withheld = new Set<string>();
  for await (const row of rows('orders.csv')) {
    const order = orderOf(row, customers);
    if (typeof order === 'string') rejections.push(rejection('orders.csv', row, order));
    else if (orders.has(order.id))
      rejections.push(
        rejection('orders.csv', row, `order ${order.id} stands there twice; the first is kept`),
      );
    else orders.set(order.id, order);
  }
  for await (const row of rows('order_details.csv')) {
    const id = cell(row, 'order_id');
    const order = orders.get(id);
    const line = lineOf(row, products);
    if (order === undefined)
      rejections.push(rejection('order_details.csv', row, `order ${id || '(none)'} is not in orders.csv`));
    else if (typeof line === 'string') {
      withheld.add(id);
      rejections.push(rejection('order_details.csv', row, `order ${id} withheld: ${line}`));
    } else order.lines.push(line);
  }
  return {
    customers: [...customers.values()],
    products: [...products.values()],
    orders: [...orders.values()].filter((order) => !withheld.has(order.id)),
    rejections,
  };
}

async function requireColumns(folder: string, file: string): Promise<void> {
  const header = new Set(await csvHeader(join(folder, file)));
  const missing = (COLUMNS[file] ?? []).filter((column) => !header.has(column));
  if (missing.length === 0) return;
  throw new DemoFailure(
    `${join(folder, file)} lies among Northwind's files and lacks the columns ${missing.join(', ')}. Add them or choose another folder.`,
    2,
  );
}

function customerOf(row: CsvRow): DemandCustomer | undefined {
  const id = cell(row, 'customer_id');
  if (id === '') return undefined;
  const name = cell(row, 'company_name') || id;
  return {
    id,
    name,
    ...optional('contact', cell(row, 'contact_name')),
    ...optional('phone', cell(row, 'phone')),
    address: {
      name,
      street: cell(row, 'address'),
      city: cell(row, 'city'),
      ...optional('region', cell(row, 'region')),
      ...optional('postalCode', cell(row, 'postal_code')),
      country: cell(row, 'country'),
    },
  };
}

function productOf(row: CsvRow): DemandProduct | string {
  const id = cell(row, 'product_id');
  const price = parseDecimal(cell(row, 'unit_price'));
  if (id === '') return 'product without an id';
  if (price === undefined) return `product ${id}: "${cell(row, 'unit_price')}" is no price`;
  return { sku: skuOf(id), name: cell(row, 'product_name') || id, price: round(price, 4) };
}

function orderOf(
  row: CsvRow,
  customers: ReadonlyMap<string, DemandCustomer>,
): (DemandOrder & { lines: DemandLine[] }) | string {
  const id = cell(row, 'order_id');
  if (id === '') return 'order without a number';
  const date = cell(row, 'order_date').slice(0, 10);
  if (!isDate(date)) return `order ${id}: "${cell(row, 'order_date')}" is no date`;
  const required = cell(row, 'required_date').slice(0, 10);
  const customerId = cell(row, 'customer_id');
  return {
    id,
    ...(customers.has(customerId) ? { customerId } : {}),
    customerPo: `NW-${id}`,
    date,
    ...(isDate(required) ? { requestedShipDate: required } : {}),
    backorderPolicy: 'backorder',
    shipTo: {
      name: cell(row, 'ship_name'),
      street: cell(row, 'ship_address'),
      city: cell(row, 'ship_city'),
      ...optional('region', cell(row, 'ship_region')),
      ...optional('postalCode', cell(row, 'ship_postal_code')),
      country: cell(row, 'ship_country'),
    },
    lines: [],
  };
}

/** A line needs a product that stands in the masters: a CRM's line refers to one and cannot hold a number that nobody has. */
function lineOf(row: CsvRow, products: ReadonlyMap<string, DemandProduct>): DemandLine | string {
  const sku = skuOf(cell(row, 'product_id'));
  const quantity = parseDecimal(cell(row, 'quantity'));
  const price = parseDecimal(cell(row, 'unit_price'));
  const discount = parseDecimal(cell(row, 'discount') || '0');
  const product = products.get(sku);
  if (product === undefined) return `product ${cell(row, 'product_id') || '(none)'} is not in products.csv`;
  if (quantity === undefined) return `"${cell(row, 'quantity')}" is no quantity`;
  if (price === undefined) return `"${cell(row, 'unit_price')}" is no price`;
  if (discount === undefined) return `"${cell(row, 'discount')}" is no discount`;
  const percent = round(multiply(discount, '100'), 2);
  return {
    sku,
    description: product.name,
    quantity,
    unitPrice: round(price, 4),
    ...(percent === '0' ? {} : { discountPercent: percent }),
  };
}

/** Prefixed, because a product number such as `11` says nothing beside other catalogues. */
function skuOf(productId: string): string {
  return productId === '' ? '' : `NW-${productId}`;
}

function rejection(file: string, row: CsvRow, reason: string): DemandRejection {
  return { file, line: row.line, reason };
}

function cell(row: CsvRow, column: string): string {
  return row.cells[column] ?? '';
}

function optional<K extends string>(key: K, value: string): Partial<Record<K, string>> {
  return (value === '' ? {} : { [key]: value }) as Partial<Record<K, string>>;
}

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}
