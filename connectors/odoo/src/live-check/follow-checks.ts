import { setTimeout } from 'node:timers/promises';
import type { IncomingMessage, JsonValue } from '@trunkline/messaging';
import type { Odoo } from '../external-ids.ts';
import type { Stamped } from '../inbound/change-cursor.ts';
import { type ChangeSource, createChangeStream } from '../inbound/change-stream.ts';
import { partners } from '../inbound/partners.ts';
import { products } from '../inbound/products.ts';
import { createRecordSweep } from '../inbound/record-sweep.ts';
import { saleOrders } from '../inbound/sale-orders.ts';
import { cancelOrders } from '../outbound/cancel-orders.ts';
import { changeOrders } from '../outbound/change-orders.ts';
import { findPartners } from '../outbound/partner-lookup.ts';
import { upsertPartners } from '../outbound/partners.ts';
import type { OrderDocument } from '../translators/order-in-erp.ts';
import type { ProductDocument } from '../translators/product.ts';
import { datetimeFromOdoo } from '../values.ts';
import { givePack } from './catalogue-checks.ts';
import type { Check, CheckContext } from './check.ts';
import { expectEqual, expectRejection, expectSuccess } from './check.ts';
import { placeOne } from './orders-for-checks.ts';

/** What people change in Odoo and the hub follows, beside deliveries. */
export const followChecks: readonly Check[] = [
  {
    name: 'orders: what somebody changes in one brings it, lines with their numbers; a cancelled one says so',
    async run(context) {
      const { odoo, prefix, masters } = context;
      const { order, orderId, name } = await placeOne(context, 'fo1', ['5', '2']);
      const told = async (from: string) => {
        const messages = await changedSince(odoo, saleOrders(odoo, `${prefix}_so_`), from);
        return documentOf(messages, order.externalId) as unknown as OrderDocument | undefined;
      };
      const lines = await odoo.client.call<number[]>('sale.order.line', 'search', {
        domain: [['order_id', '=', orderId]],
        order: 'id',
      });
      const more = {
        externalId: `${order.externalId}_l0`,
        productId: masters.products[0]?.id ?? 0,
        quantity: '7',
      };
      const [raised] = await changeOrders(odoo, [{ orderId, externalId: order.externalId, lines: [more] }]);
      expectSuccess(raised, 'a line raised');
      const changed = await told(await stampOf(odoo, 'sale.order.line', lines[0] ?? 0));
      expectEqual(
        [changed?.state, changed?.lines],
        [
          'sale',
          [
            { line: '0', sku: masters.products[0]?.sku, ordered: '7' },
            { line: '1', sku: masters.products[1]?.sku, ordered: '2' },
          ],
        ],
        'the order, changed',
      );
      expectSuccess((await cancelOrders(odoo, [orderId]))[0], 'its cancellation');
      const cancelled = await told(await stampOf(odoo, 'sale.order', orderId));
      expectEqual(cancelled?.state, 'cancel', 'the order, cancelled');
      return name;
    },
  },
  {
    name: 'sweep: by their ids alone, what changed has another mark, and what was deleted has none',
    async run(context) {
      const { odoo } = context;
      const { orderId, pickingId, name } = await placeOne(context, 'sw1', ['5']);
      const quotation = await quotationOf(context);
      const sweep = createRecordSweep('check', odoo);
      const signal = AbortSignal.timeout(60_000);
      const held: readonly Held[] = [
        { record: 'order', id: String(orderId) },
        { record: 'plan', id: String(pickingId) },
        { record: 'order', id: String(quotation) },
      ];
      const before = await sweep.marks(held, signal);
      expectEqual(
        before.map((mark) => mark !== undefined),
        [true, true, true],
        'marks',
      );
      expectEqual(await sweep.marks(held, signal), before, 'marks again');
      // A stamp is told in whole seconds.
      await nextSecond(context);
      expectSuccess((await cancelOrders(odoo, [orderId]))[0], 'a cancellation');
      await odoo.client.call('sale.order', 'unlink', { ids: [quotation] });
      const after = await sweep.marks(held, signal);
      expectEqual(
        after.map((mark, at) => (mark === undefined ? 'gone' : mark === before[at] ? 'same' : 'other')),
        ['other', 'other', 'gone'],
        'marks after a cancellation and a deletion',
      );
      return `${name}; quotation ${quotation} is gone`;
    },
  },
  {
    name: 'partners: payment terms by name and by external id, read back; unknown ones are refused by name',
    async run({ odoo, prefix }) {
      const terms = await someTerms(odoo);
      const partner = { externalId: `${prefix}_terms`, name: `Terms ${prefix}` };
      const [unknown] = await upsertPartners(odoo, [{ ...partner, paymentTerms: `${prefix} never` }]);
      expectRejection(unknown, 'odoo-payment-terms-unknown', 'unknown terms');
      for (const paymentTerms of terms.words) {
        const asked = { ...partner, paymentTerms };
        const { partnerId } = expectSuccess((await upsertPartners(odoo, [asked]))[0], paymentTerms);
        expectEqual(
          [...(await findPartners(odoo, [asked])).values()],
          [partnerId],
          'the partner by its terms',
        );
        const stamp = await stampOf(odoo, 'res.partner', partnerId);
        const messages = await changedSince(odoo, partners(odoo, `${prefix}_terms`), stamp);
        const document = documentOf(messages, partner.externalId) as { paymentTerms?: string } | undefined;
        expectEqual(document?.paymentTerms, terms.name, 'the terms, read');
      }
      return terms.words.join(', ');
    },
  },
  {
    name: 'products: a change of the template and of a pack each bring the product, whose own stamp may stay; archived ones come',
    async run({ odoo, masters, prefix }) {
      const product = masters.products[1];
      if (product === undefined) throw new Error('no product');
      const write = async (model: string, id: number, vals: Readonly<Record<string, unknown>>) => {
        await odoo.client.call(model, 'write', { ids: [id], vals });
        const messages = await changedSince(odoo, products(odoo), await stampOf(odoo, model, id));
        return documentOf(messages, `pr_${product.sku}`) as unknown as ProductDocument | undefined;
      };
      const [row] = await odoo.client.call<{ product_tmpl_id: [number, string] }[]>(
        'product.product',
        'read',
        {
          ids: [product.id],
          fields: ['product_tmpl_id'],
        },
      );
      const name = `Renamed ${prefix}`;
      const renamed = await write('product.template', row?.product_tmpl_id[0] ?? 0, { name });
      expectEqual(renamed?.name, name, 'the name');
      const pack = await givePack(odoo, product.id, `${prefix} box`, `${prefix}-box`);
      const packed = await write(pack.model, pack.id, { [pack.quantity]: 8 });
      const packs = [{ name: `${prefix} box`, quantity: '8', barcode: `${prefix}-box` }];
      expectEqual(packed?.packs, packs, 'the packs');
      const archived = await write('product.product', product.id, { active: false });
      expectEqual(archived?.active, false, 'active, archived');
      const back = await write('product.product', product.id, { active: true });
      expectEqual(back?.active, true, 'active, brought back');
      return `${product.sku}, with ${pack.model}`;
    },
  },
];

/** Terms that are there; an Odoo without any gets some. */
async function someTerms(odoo: Odoo): Promise<{ readonly name: string; readonly words: readonly string[] }> {
  const model = 'account.payment.term';
  const args = { domain: [], fields: ['name'], limit: 1 };
  const [term] = await odoo.client.call<{ id: number; name: string }[]>(model, 'search_read', args);
  if (term === undefined) {
    const name = '30 Days';
    await odoo.client.call(model, 'create', { vals_list: [{ name }] });
    return { name, words: [name] };
  }
  const external = await odoo.client.call<Record<string, string>>(model, 'get_external_id', {
    ids: [term.id],
  });
  return {
    name: term.name,
    words: [term.name, external[String(term.id)] ?? ''].filter((word) => word !== ''),
  };
}

type Held = { readonly record: 'order' | 'plan'; readonly id: string };

/** A quotation can be deleted and an order cannot. */
async function quotationOf({ odoo, prefix, masters }: CheckContext): Promise<number> {
  const [partner] = await odoo.client.call<number[]>('res.partner', 'search', {
    domain: [['ref', '=', prefix]],
  });
  const order_line = [[0, 0, { product_id: masters.products[0]?.id ?? 0, product_uom_qty: 1 }]];
  const vals_list = [{ partner_id: partner ?? 0, order_line }];
  return (await odoo.client.call<number[]>('sale.order', 'create', { vals_list }))[0] ?? 0;
}

/** Until the server's clock has left its present second, as the stamp of a record that is written meanwhile tells. */
export async function nextSecond({ odoo, prefix, masters }: CheckContext): Promise<void> {
  const product = masters.products[0]?.id ?? 0;
  const touched = async (tries: number): Promise<string> => {
    const vals = { name: `${prefix} ${tries}` };
    await odoo.client.call('product.product', 'write', { ids: [product], vals });
    return stampOf(odoo, 'product.product', product);
  };
  const now = await touched(0);
  for (let tries = 1; tries < 100; tries += 1) {
    if ((await touched(tries)) > now) return;
    await setTimeout(50);
  }
  throw new Error('The stamps of the server do not move on.');
}

async function stampOf(odoo: Odoo, model: string, id: number): Promise<string> {
  const read = { ids: [id], fields: ['write_date'] };
  const [row] = await odoo.client.call<{ write_date: string }[]>(model, 'read', read);
  return datetimeFromOdoo(row?.write_date ?? '');
}

/** The newest that was said of a key. */
const documentOf = (messages: readonly IncomingMessage[], key: string): JsonValue | undefined =>
  messages.findLast((message) => message.key === key)?.payload;

/** Everything that a stream which begins at a stamp hands out, what it finds behind its cursor included: that is due a minute later. */
async function changedSince<Row extends Stamped>(
  odoo: Odoo,
  source: ChangeSource<Row>,
  from: string,
): Promise<readonly IncomingMessage[]> {
  let clockMs = 0;
  const options = { system: 'check', odoo, intervalMs: 1000, overlapSeconds: 30, from };
  const stream = createChangeStream(source, { ...options, nowMs: () => clockMs });
  const found: IncomingMessage[] = [];
  let cursor: JsonValue | undefined;
  for (let idle = 0; idle < 2; clockMs += 60_000) {
    const polled = await stream.poll(cursor, AbortSignal.timeout(60_000));
    found.push(...polled.messages);
    cursor = polled.cursor;
    if (!polled.more) idle += 1;
  }
  return found;
}
