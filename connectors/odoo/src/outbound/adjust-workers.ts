import type { InventoryAdjust } from '@trunkline/canonical';
import type { Delivery, Outcome as MessagingOutcome, Verification } from '@trunkline/messaging';
import { classifyOdooError } from '../error-classification.ts';
import type { Odoo } from '../external-ids.ts';
import { type Failure, rejected } from '../outcome.ts';
import { adjustmentReference } from '../translators/adjustment.ts';
import { onRecord } from '../refused-record.ts';
import { MENUS } from '../needs/menus.ts';
import { NEWEST } from '../versions/differences.ts';
import { valueAt } from '../versions/lookup.ts';
import { toOutcome, undecided } from './outcomes.ts';
import { resolveProducts } from './product-lookup.ts';
import { adjustStock, appliedReferences, type StockAdjustment } from './stock.ts';
import { readWarehouses, type Warehouse } from './warehouses.ts';
import { payload, type Worker } from './worker.ts';

/** Differences that a warehouse told, booked at the place of its stock in Odoo. A product with lots needs a person: none is told. */
export function adjustWorker(odoo: Odoo): Worker {
  return async (deliveries, signal) => {
    const commands = deliveries.map((delivery) => payload<InventoryAdjust>(delivery));
    const placed = await placesOf(odoo, commands, signal);
    const adjustments = placed.flatMap((one) => ('kind' in one ? [] : [one]));
    const outcomes = await adjustStock(odoo, adjustments, signal);
    const answers = new Map(adjustments.map((one, index) => [one, outcomes[index]]));
    return placed.map((one): MessagingOutcome => {
      if ('kind' in one) return toOutcome(one, () => ({}));
      const outcome = answers.get(one) ?? { kind: 'retry', message: 'Not applied yet.' };
      return toOutcome(outcome, ({ adopted }) => ({ adopted }));
    });
  };
}

/** What has a stock move under its reference was booked. A difference of zero leaves none: it is absent, and sent again it changes nothing. */
export async function verifyAdjustments(
  odoo: Odoo,
  deliveries: readonly Delivery[],
  signal: AbortSignal,
): Promise<readonly Verification[]> {
  const commands = deliveries.map((delivery) => payload<InventoryAdjust>(delivery));
  const products = await resolveProducts(
    odoo,
    commands.map(({ sku }) => sku),
    signal,
  );
  if ('kind' in products) return commands.map(() => undecided(products));
  const asked = commands.flatMap((command) => {
    const productId = products.get(command.sku);
    return productId === undefined ? [] : [{ productId, reference: adjustmentReference(command) }];
  });
  const applied = await appliedReferences(odoo, asked, signal);
  return commands.map((command) => ({
    kind: applied.has(adjustmentReference(command)) ? 'present' : 'absent',
  }));
}

async function placesOf(
  odoo: Odoo,
  commands: readonly InventoryAdjust[],
  signal: AbortSignal,
): Promise<readonly (StockAdjustment | Failure)[]> {
  try {
    const skus = commands.map(({ sku }) => sku);
    const [products, warehouses] = await Promise.all([
      resolveProducts(odoo, skus, signal),
      readWarehouses(odoo, signal),
    ]);
    if ('kind' in products) return commands.map(() => products);
    const tracked = await trackedAmong(odoo, [...new Set(products.values())], signal);
    return commands.map((command) => {
      const productId = products.get(command.sku);
      const warehouse = warehouseOf(command, warehouses);
      if ('kind' in warehouse) return warehouse;
      if (productId === undefined) return noProduct(command);
      if (tracked.has(productId)) return onRecord(odoo, hasLots(command), 'product.product', productId);
      return {
        reference: adjustmentReference(command),
        productId,
        locationId: warehouse.stockLocationId,
        quantity: { delta: command.delta },
      };
    });
  } catch (error) {
    const failure = classifyOdooError(error);
    return commands.map(() => failure);
  }
}

/** @throws OdooError */
async function trackedAmong(
  odoo: Odoo,
  productIds: readonly number[],
  signal: AbortSignal,
): Promise<ReadonlySet<number>> {
  if (productIds.length === 0) return new Set();
  const rows = await odoo.client.call<{ id: number; tracking: string }[]>(
    'product.product',
    'read',
    { ids: productIds, fields: ['tracking'] },
    { signal },
  );
  return new Set(rows.filter(({ tracking }) => tracking !== 'none').map(({ id }) => id));
}

/** Without a code only where there is no choice: stock that is booked in the wrong warehouse is found months later. */
function warehouseOf(
  { site, warehouse: code }: InventoryAdjust,
  warehouses: ReadonlyMap<string, Warehouse>,
): Warehouse | Failure {
  const [first, ...others] = warehouses.values();
  const found = code === undefined && others.length === 0 ? first : warehouses.get(code ?? site);
  return (
    found ??
    rejected(
      'odoo-setup',
      code === undefined
        ? `Odoo has ${warehouses.size} warehouses and none with the code ${site}, and the adjustment of ${site} names none.`
        : `Odoo shows no warehouse ${code} to this account.`,
      'Give the site the code of its warehouse in Odoo (odooWarehouse), or give the account the company that it belongs to.',
    )
  );
}

function noProduct({ sku }: InventoryAdjust): Failure {
  return rejected(
    'odoo-stock-not-applied',
    `Odoo has no product with the internal reference ${sku}.`,
    'Enter the reference on the product in Odoo, then retry.',
    'sku',
  );
}

function hasLots({ sku, delta }: InventoryAdjust): Failure {
  return rejected(
    'odoo-stock-not-applied',
    `${sku} is tracked by lots or serial numbers, and the adjustment by ${delta} names none.`,
    `Count it in Odoo (${valueAt(MENUS.physicalInventory, NEWEST)}) by lot, then discard this one.`,
    'sku',
  );
}
