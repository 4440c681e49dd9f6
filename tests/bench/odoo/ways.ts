import type { SalesOrder } from '@trunkline/canonical';
import { adjustStock } from '@trunkline/connector-odoo';
import type { RawOdoo } from './server.ts';
import { deliverAll, delivery, inBatches, type World } from './world.ts';

/** The three ways to do a job, each from the same input to the same end. */
export type Way = 'connector' | 'limit' | 'single';
export const WAYS: readonly Way[] = ['connector', 'limit', 'single'];

/** Where batches level off on real servers. */
const BATCH = 50;
const WORKERS = 2;

export type Work<T> = (world: World, items: readonly T[]) => Promise<void>;

/** From a canonical order to a confirmed one whose number is known: products by SKU, ship-to, order, confirmation, read back. */
export const placing: Readonly<Record<Way, Work<SalesOrder>>> = {
  connector: ({ target }, orders) =>
    deliverAll(
      target,
      orders.map((order) => delivery('order.place', order.id, { order })),
    ),
  async limit({ raw }, orders) {
    const confirm = inTurn();
    const known = await lookUp(raw, orders);
    await atOnce(inBatches(orders, BATCH), async (batch) => {
      const loaded = await loadOrders(raw, batch, known);
      await confirm(() => raw.call('sale.order', 'action_confirm', { ids: loaded }));
      await raw.call('sale.order', 'read', { ids: loaded, fields: ['name', 'state'] });
    });
  },
  async single({ raw }, orders) {
    for (const order of orders) {
      const [id] = await loadOrders(raw, [order], await lookUp(raw, [order]));
      await raw.call('sale.order', 'action_confirm', { ids: [id] });
      await raw.call('sale.order', 'read', { ids: [id], fields: ['name', 'state'] });
    }
  },
};

interface Known {
  readonly products: ReadonlyMap<string, number>;
  readonly country: number;
}

async function lookUp(raw: RawOdoo, orders: readonly SalesOrder[]): Promise<Known> {
  const skus = [...new Set(orders.flatMap(({ lines }) => lines.map(({ sku }) => sku)))];
  const found = await raw.call<{ id: number; default_code: string }[]>('product.product', 'search_read', {
    domain: [['default_code', 'in', skus]],
    fields: ['default_code'],
  });
  const [country] = await raw.call<{ id: number }[]>('res.country', 'search_read', {
    domain: [['code', '=', orders[0]?.shipTo.country]],
    fields: ['code'],
  });
  return { products: new Map(found.map((row) => [row.default_code, row.id])), country: country?.id ?? 0 };
}

async function loadOrders(
  raw: RawOdoo,
  orders: readonly SalesOrder[],
  { products, country }: Known,
): Promise<number[]> {
  await raw.call('res.partner', 'load', {
    fields: ['id', 'name', 'parent_id/id', 'type', 'street', 'city', 'zip', 'country_id/.id'],
    data: orders.map(({ id, customerId, shipTo }) => [
      `trunkline.${id}_to`,
      shipTo.name,
      `trunkline.${customerId}`,
      'delivery',
      shipTo.lines[0],
      shipTo.city,
      shipTo.postalCode ?? '',
      String(country),
    ]),
  });
  const loaded = await raw.call<{ ids: number[] | false; messages: unknown }>('sale.order', 'load', {
    fields: [
      'id',
      'partner_id/id',
      'partner_shipping_id/id',
      'client_order_ref',
      'order_line/id',
      'order_line/product_id/.id',
      'order_line/product_uom_qty',
      'order_line/price_unit',
    ],
    data: orders.flatMap(({ id, customerId, customerPo, lines }) =>
      lines.map(({ line, sku, quantity, unitPrice }, at) => [
        ...(at === 0
          ? [`trunkline.${id}`, `trunkline.${customerId}`, `trunkline.${id}_to`, customerPo ?? '']
          : ['', '', '', '']),
        `trunkline.${id}_l${line}`,
        String(products.get(sku)),
        quantity,
        unitPrice,
      ]),
    ),
  });
  if (loaded.ids === false) throw new Error(JSON.stringify(loaded.messages));
  return loaded.ids;
}

/** A transfer that the warehouse shipped in full. */
export interface Shipped {
  readonly pickingId: number;
  readonly orderId: string;
  readonly lines: readonly { readonly line: string; readonly sku: string; readonly quantity: string }[];
}

/** From a warehouse's shipment to a transfer that reads as done: what it holds, validation, read back. */
export const validating: Readonly<Record<Way, Work<Shipped>>> = {
  connector: ({ target }, shipments) =>
    deliverAll(
      target,
      shipments.map(({ pickingId, orderId, lines }) => {
        const shipment = {
          shipmentNumber: `SH-${pickingId}`,
          releaseNumber: `SH-${pickingId}`,
          shippedAt: '2026-03-02T10:00:00Z',
          lines: lines.map(({ line, sku, quantity }) => ({ line, sku, quantity })),
          packages: [],
        };
        const payload = { orderId, planId: String(pickingId), shipment, remainder: 'backorder' };
        return delivery('shipment.post', orderId, payload);
      }),
    ),
  async limit({ raw }, shipments) {
    const validate = inTurn();
    await atOnce(inBatches(shipments, BATCH), async (batch) => {
      const ids = batch.map(({ pickingId }) => pickingId);
      await readMoves(raw, ids);
      await validate(() => validation(raw, ids));
      await raw.call('stock.picking', 'read', { ids, fields: ['name', 'state'] });
    });
  },
  async single({ raw }, shipments) {
    for (const { pickingId } of shipments) {
      await readMoves(raw, [pickingId]);
      await validation(raw, [pickingId]);
      await raw.call('stock.picking', 'read', { ids: [pickingId], fields: ['name', 'state'] });
    }
  },
};

const readMoves = (raw: RawOdoo, ids: readonly number[]) =>
  raw.call('stock.move', 'search_read', {
    domain: [['picking_id', 'in', ids]],
    fields: ['picking_id', 'product_id', 'product_uom_qty', 'quantity', 'state', 'sale_line_id'],
  });

async function validation(raw: RawOdoo, ids: readonly number[]): Promise<void> {
  const context = { skip_backorder: true, skip_sms: true };
  const answer = await raw.call('stock.picking', 'button_validate', { ids, context });
  if (answer !== true) throw new Error(`Not validated: ${JSON.stringify(answer)}`);
}

export interface Count {
  readonly productId: number;
  readonly quantity: string;
  readonly reference: string;
}

/** From a count to stock that agrees with it. */
export const counting: Readonly<Record<Way, Work<Count>>> = {
  async connector({ odoo, location, target }, counts) {
    await atOnce(inBatches(counts, target.batch), async (batch) => {
      const outcomes = await adjustStock(
        odoo,
        batch.map(({ productId, quantity, reference }) => ({
          reference,
          productId,
          locationId: location,
          quantity: { counted: quantity },
        })),
      );
      const failed = outcomes.find(({ kind }) => kind !== 'succeeded');
      if (failed !== undefined) throw new Error(`The connector failed: ${JSON.stringify(failed)}`);
    });
  },
  async limit(world, counts) {
    for (const batch of inBatches(counts, BATCH)) await apply(world, batch);
  },
  async single(world, counts) {
    for (const count of counts) await apply(world, [count]);
  },
};

async function apply({ raw, location }: World, counts: readonly Count[]): Promise<void> {
  const ids = await raw.call<number[]>('stock.quant', 'create', {
    vals_list: counts.map(({ productId, quantity }) => ({
      product_id: productId,
      location_id: location,
      inventory_quantity: Number(quantity),
    })),
    context: { inventory_mode: true },
  });
  await raw.call('stock.quant', 'action_apply_inventory', { ids, context: { inventory_mode: true } });
}

/** As many batches under way as the server has workers. */
async function atOnce<T>(batches: T[], work: (batch: T) => Promise<void>): Promise<void> {
  await Promise.all(
    Array.from({ length: WORKERS }, async () => {
      for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) await work(batch);
    }),
  );
}

/** One after the other: two calls that move stock at once fail to serialize. */
function inTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
}
