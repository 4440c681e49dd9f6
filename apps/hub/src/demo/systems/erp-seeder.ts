import {
  createOdooClient,
  externalIdName,
  type Odoo,
  OdooError,
  readWarehouses,
  setStock,
  upsertProducts,
} from '@trunkline/connector-odoo';
import type { DemandProduct } from '../demand/demand.ts';
import type { StockPosition } from '../demand/prepare.ts';
import { DemoFailure } from '../failure.ts';
import type { OdooAddress } from './odoo-rpc.ts';

const BATCH = 200;
/** Odoo's own code for the warehouse of a fresh database. */
const USUAL_WAREHOUSE = 'WH';

/** What the demo needs of an ERP before the first order: products that can be sold, and stock to sell. */
export interface ErpSeeder {
  /** By SKU; a product that is there stays the same record. Stock is set, not added, in the warehouse of a fresh database unless told. @throws DemoFailure */
  seed(
    products: readonly DemandProduct[],
    stock: readonly StockPosition[],
    warehouse?: string,
  ): Promise<void>;
}

/** Through the connector's own functions, which are held to live servers of every version. */
export class OdooSeeder implements ErpSeeder {
  readonly #address: OdooAddress;

  constructor(address: OdooAddress) {
    this.#address = address;
  }

  async seed(
    products: readonly DemandProduct[],
    stock: readonly StockPosition[],
    warehouse = USUAL_WAREHOUSE,
  ): Promise<void> {
    const { url, database, key, login } = this.#address;
    const client = createOdooClient({
      url,
      database,
      apiKey: key,
      ...(login === undefined ? {} : { login }),
    });
    try {
      const odoo = { client, externalIdModule: 'trunkline' };
      await seedStock(odoo, stock, await seedProducts(odoo, products), warehouse);
    } catch (error) {
      if (!(error instanceof OdooError)) throw error;
      throw new DemoFailure(
        `The ERP could not be prepared: ${error.message} Does the account sell and keep stock there?`,
        1,
      );
    } finally {
      await client.close();
    }
  }
}

async function seedProducts(odoo: Odoo, products: readonly DemandProduct[]): Promise<Map<string, number>> {
  const ids = new Map<string, number>();
  for (let from = 0; from < products.length; from += BATCH) {
    const batch = products.slice(from, from + BATCH);
    const outcomes = await upsertProducts(
      odoo,
      batch.map(({ sku, name, price }) => ({
        externalId: externalIdName('product', sku),
        sku,
        name,
        listPrice: price,
      })),
    );
    for (const [at, outcome] of outcomes.entries()) {
      const sku = batch[at]?.sku ?? '';
      if (outcome.kind !== 'succeeded')
        throw new DemoFailure(`The ERP refused the product ${sku}: ${outcome.message}`, 1);
      ids.set(sku, outcome.productId);
    }
  }
  return ids;
}

async function seedStock(
  odoo: Odoo,
  stock: readonly StockPosition[],
  ids: ReadonlyMap<string, number>,
  code: string,
): Promise<void> {
  const warehouses = await readWarehouses(odoo);
  const warehouse = warehouses.get(code) ?? warehouses.values().next().value;
  if (warehouse === undefined) {
    throw new DemoFailure(
      'The ERP has no warehouse. Create one in Odoo (Inventory, Configuration, Warehouses).',
      1,
    );
  }
  const levels = stock.map(({ sku, quantity }) => {
    const productId = ids.get(sku);
    if (productId === undefined)
      throw new DemoFailure(`Stock was planned for ${sku}, which is no product of the demand.`, 1);
    return { productId, locationId: warehouse.stockLocationId, quantity: String(quantity) };
  });
  for (let from = 0; from < levels.length; from += BATCH)
    await setStock(odoo, levels.slice(from, from + BATCH));
}
