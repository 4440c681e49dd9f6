import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { DemoFailure, messageOf, systemCode } from '../failure.ts';
import { csvHeader } from './csv-file.ts';
import type { Demand, DemandCustomer, DemandOrder, DemandProduct, DemandRejection } from './demand.ts';
import { NORTHWIND_FILES, readNorthwind } from './northwind.ts';
import { isOnlineRetail, ONLINE_RETAIL_COLUMNS, readOnlineRetail } from './online-retail.ts';

/**
 * Reads demand from folders and files: Northwind (its four files in one folder) and days of UCI Online Retail, told apart by
 * what the files hold. Folders are walked; order is by path, so that two runs see the same orders in the same sequence.
 * A missing path or an unknown layout is a `DemoFailure` (exit 2).
 */
export async function readDemand(paths: readonly string[]): Promise<Demand> {
  const files = new Set<string>();
  for (const path of paths) for (const file of await csvFiles(path)) files.add(file);
  const northwind = new Set<string>();
  const retail: string[] = [];
  const folders = new Map<string, Set<string>>();
  for (const file of files) {
    const folder = dirname(file);
    if (!folders.has(folder)) folders.set(folder, new Set(await namesIn(folder)));
    if (isNorthwindFolder(folders.get(folder))) northwind.add(folder);
    else if (isOnlineRetail(await csvHeader(file))) retail.push(file);
    else throw unknownLayout(file);
  }
  const parts: Demand[] = [];
  for (const folder of [...northwind].sort()) parts.push(await readNorthwind(folder));
  if (retail.length > 0) parts.push(await readOnlineRetail(retail.sort()));
  return merge(parts);
}

async function csvFiles(path: string): Promise<string[]> {
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (!found.isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  const files = entries
    .filter((entry) => !entry.isDirectory() && extname(entry.name).toLowerCase() === '.csv')
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (files.length > 0) return files;
  throw new DemoFailure(`${path} holds no .csv file. ${EXPECTED}`, 2);
}

function unreadable(path: string, error: unknown): DemoFailure {
  if (systemCode(error) === 'ENOENT') {
    return new DemoFailure(
      `There is no file or folder ${path}. Give --input an existing one, or leave it out to generate orders.`,
      2,
    );
  }
  return new DemoFailure(`${path} cannot be read: ${messageOf(error)}. Check its permissions.`, 2);
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).map((name) => name.toLowerCase());
}

function isNorthwindFolder(names: ReadonlySet<string> | undefined): boolean {
  return names !== undefined && NORTHWIND_FILES.every((name) => names.has(name));
}

const EXPECTED = `Expected either a folder with Northwind's ${NORTHWIND_FILES.join(', ')}, or UCI Online Retail files with the columns ${ONLINE_RETAIL_COLUMNS.join(',')}.`;

function unknownLayout(file: string): DemoFailure {
  const name = basename(file).toLowerCase();
  const hint = NORTHWIND_FILES.includes(name)
    ? ` (${name} is Northwind's, but the other three do not lie beside it)`
    : '';
  return new DemoFailure(`${file} is of no known layout${hint}. ${EXPECTED}`, 2);
}

/** Masters of equal key are one: the first wins, as the sources are read in a fixed sequence. */
function merge(parts: readonly Demand[]): Demand {
  const customers = new Map<string, DemandCustomer>();
  const products = new Map<string, DemandProduct>();
  const orders: DemandOrder[] = [];
  const rejections: DemandRejection[] = [];
  for (const part of parts) {
    for (const customer of part.customers)
      if (!customers.has(customer.id)) customers.set(customer.id, customer);
    for (const product of part.products) if (!products.has(product.sku)) products.set(product.sku, product);
    orders.push(...part.orders);
    rejections.push(...part.rejections);
  }
  return { customers: [...customers.values()], products: [...products.values()], orders, rejections };
}
