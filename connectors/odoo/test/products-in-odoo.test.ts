/**
 * Products followed in Odoo. Real: the stream, HTTP, the translation. Doubled: Odoo, by the simulator as a process of its own, 19.0 and
 * 18.0, whose clock the tests move on. Observed: which products arrive after a change, and what they say.
 */
import type { ProductChanged } from '@trunkline/canonical';
import type { JsonValue } from '@trunkline/messaging';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createChangeStream } from '../src/inbound/change-stream.ts';
import { products } from '../src/inbound/products.ts';
import { type SimulatedOdoo, startSimulatedOdoo } from './simulated-odoo.ts';

const SIGNAL = AbortSignal.timeout(120_000);

describe.each(['19.0', '18.0'] as const)('products in Odoo %s', (series) => {
  let simulated: SimulatedOdoo;
  let clockMs = 0;
  let made = 0;

  beforeAll(async () => {
    simulated = await startSimulatedOdoo(series);
  });
  afterAll(() => simulated.close());

  const call = <T>(model: string, method: string, args: Record<string, unknown>) =>
    simulated.odoo.client.call<T>(model, method, args);
  const create = async (model: string, values: Record<string, unknown>): Promise<number> =>
    (await call<number[]>(model, 'create', { vals_list: [values] }))[0] ?? 0;
  const write = (model: string, id: number, vals: Record<string, unknown>) =>
    call(model, 'write', { ids: [id], vals });

  /** Whatever the stream hands out from now on, a minute after it happened. */
  function reader(page = 200) {
    const options = { system: 'erp', odoo: simulated.odoo, intervalMs: 1, overlapSeconds: 15 };
    const source = { ...products(simulated.odoo), page };
    const poller = createChangeStream(source, { ...options, nowMs: () => clockMs });
    const seen = new Set<string>();
    let cursor: JsonValue | undefined;
    return async (): Promise<readonly ProductChanged[]> => {
      const found: ProductChanged[] = [];
      for (let look = 0; look < 4; look++) {
        clockMs += 20_000;
        await simulated.advance(20);
        for (let more = true; more; ) {
          const polled = await poller.poll(cursor, SIGNAL);
          ({ cursor, more } = polled);
          for (const message of polled.messages) {
            if (seen.has(message.sourceId)) continue;
            seen.add(message.sourceId);
            const translated = simulated.connector.translate({ ...message, id: '1', acceptedAt: '' });
            if (translated.kind !== 'events') throw new Error(JSON.stringify(translated));
            const [event] = translated.events as readonly ProductChanged[];
            expect(message.key).toBe(`pr_${event?.product.sku}`);
            if (event !== undefined) found.push(event);
          }
        }
      }
      return found;
    };
  }

  const skus = (events: readonly ProductChanged[]) => events.map(({ product }) => product.sku).toSorted();

  /** A product in two colours. */
  async function variants() {
    const sku = `T${++made}`;
    const attribute = await create('product.attribute', { name: 'Colour' });
    const red = await create('product.attribute.value', { name: 'Red', attribute_id: attribute });
    const family = await create('product.template', { name: 'Hook', list_price: 3 });
    const ofFamily = { domain: [['product_tmpl_id', '=', family]], fields: ['id'] };
    const [first] = await call<{ id: number }[]>('product.product', 'search_read', ofFamily);
    const value = await create('product.template.attribute.value', {
      product_attribute_value_id: red,
      product_tmpl_id: family,
    });
    await write('product.product', first?.id ?? 0, {
      default_code: `${sku}-R`,
      product_template_attribute_value_ids: [[6, 0, [value]]],
    });
    const second = await create('product.product', { product_tmpl_id: family, default_code: `${sku}-B` });
    return { sku, family, red, ids: [first?.id ?? 0, second] as const };
  }

  test('a change of what variants share brings each of them, one of a variant brings that one, archived ones come', async () => {
    const read = reader();
    const { sku, family, red, ids } = await variants();
    await create('product.product', { name: 'Nobody can name this' });
    expect(skus(await read()).filter((one) => one.startsWith(sku))).toEqual([`${sku}-B`, `${sku}-R`]);
    expect(await read()).toEqual([]);

    await write('product.template', family, { list_price: 4.5 });
    const dearer = await read();
    expect(skus(dearer)).toEqual([`${sku}-B`, `${sku}-R`]);
    expect(dearer[0]?.product).toMatchObject({ listPrice: '4.5', familyId: String(family), active: true });

    // The name of an attribute bumps no stamp of a product.
    await write('product.attribute.value', red, { name: 'Crimson' });
    expect(await read()).toMatchObject([
      { product: { sku: `${sku}-R`, attributes: ['Colour: Crimson'] }, erpId: String(ids[0]) },
    ]);
    await write('product.attribute.value', red, { name: 'Red' });
    expect(await read(), 'a name that came back').toMatchObject([
      { product: { attributes: ['Colour: Red'] } },
    ]);

    await write('product.product', ids[1], { active: false });
    expect((await read()).filter(({ product }) => product.sku === `${sku}-B`)).toMatchObject([
      { product: { active: false } },
    ]);
  });

  test('a category that moves brings the products in it and below it, with their new path', async () => {
    const read = reader();
    const [top, other] = [
      await create('product.category', { name: 'Top' }),
      await create('product.category', { name: 'Other' }),
    ];
    const below = await create('product.category', { name: 'Below', parent_id: top });
    const { sku, family } = await variants();
    await write('product.template', family, { categ_id: below });
    const placed = (await read()).filter(({ product }) => product.sku === `${sku}-R`);
    expect(placed.at(-1)?.product.categoryIds).toEqual([String(top), String(below)]);
    await write('product.category', top, { parent_id: other });
    expect((await read()).map(({ product }) => [product.sku, product.categoryIds.join()]).toSorted()).toEqual(
      [
        [`${sku}-B`, `${other},${top},${below}`],
        [`${sku}-R`, `${other},${top},${below}`],
      ],
    );
  });

  test('a pack that is added or changed brings its product, whose own stamp stays', async () => {
    const read = reader();
    const { sku, ids } = await variants();
    const other = await variants();
    await read();
    const packs = [{ name: 'Case', quantity: '6', barcode: `${sku}-6` }];
    let change: () => Promise<unknown>;
    if (series === '18.0') {
      const values = { name: 'Case', product_id: ids[0], qty: 6, barcode: `${sku}-6` };
      const pack = await create('product.packaging', values);
      change = () => write('product.packaging', pack, { qty: 8 });
    } else {
      const unit = await create('uom.uom', { name: 'Case', relative_factor: 6, relative_uom_id: 1 });
      for (const id of [ids[0], other.ids[0]]) await write('product.product', id, { uom_ids: [[4, unit]] });
      await read();
      await create('product.uom', { product_id: ids[0], uom_id: unit, barcode: `${sku}-6` });
      change = () => write('uom.uom', unit, { relative_factor: 8 });
    }
    const packed = (await read()).filter(({ product }) => product.sku === `${sku}-R`);
    expect(packed).toMatchObject([{ product: { packs } }]);
    await change();
    const changed = await read();
    // On 19 a pack is a unit, which families share.
    const sharing = [sku, other.sku].flatMap((family) => [`${family}-B`, `${family}-R`]);
    expect(skus(changed)).toEqual(series === '18.0' ? [`${sku}-R`] : sharing);
    expect(changed.every(({ product }) => product.packs[0]?.quantity === '8')).toBe(true);
  });

  test('a unit that more products share than a poll reads brings all of them', async () => {
    const unit = await create('uom.uom', { name: `Roll ${series}`, factor: 1 });
    const all = Array.from({ length: 40 }, (_, at) => ({
      name: `Tape ${at}`,
      default_code: `TAPE-${at}`,
      uom_id: unit,
    }));
    await call('product.product', 'create', { vals_list: all });
    const read = reader(4);
    await read();
    await write('uom.uom', unit, { name: 'Reel' });
    const renamed = await read();
    expect(skus(renamed)).toEqual(all.map(({ default_code }) => default_code).toSorted());
    expect(new Set(renamed.map(({ product }) => product.unit))).toEqual(new Set(['Reel']));
  });
});
