import type { IncomingMessage, JsonValue } from '@trunkline/messaging';
import type { Odoo } from '../external-ids.ts';
import type { Stamped } from '../inbound/change-cursor.ts';
import { type ChangeSource, createChangeStream } from '../inbound/change-stream.ts';
import { products } from '../inbound/products.ts';
import type { ProductDocument } from '../translators/product.ts';
import { datetimeFromOdoo } from '../values.ts';
import { givePack } from './catalogue-checks.ts';
import type { Check } from './check.ts';
import { expectEqual } from './check.ts';

/** What people change in Odoo and the hub follows, beside deliveries. */
export const followChecks: readonly Check[] = [
  {
    name: 'products: a change of the template and of a pack each bring the product, whose own stamp may stay',
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
      return `${product.sku}, with ${pack.model}`;
    },
  },
];

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
