/**
 * Price lists followed in Odoo. Real: the stream, HTTP, the translation. Doubled: Odoo, by the simulator as a process of its own, 19.0 and
 * 18.0, whose clock the tests move on; the journal, by a set of source ids. Observed: which events arrive after a change, and what they say.
 */
import { fc, test as property } from '@fast-check/vitest';
import type { PriceListChanged, PriceListDeleted } from '@trunkline/canonical';
import type { JsonValue, Poller } from '@trunkline/messaging';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPriceLists } from '../src/inbound/catalogue.ts';
import { createChangeStream } from '../src/inbound/change-stream.ts';
import { readRates } from '../src/inbound/currency-rates.ts';
import { heldAfter, heldOfGone } from '../src/inbound/held-records.ts';
import { priceLists } from '../src/inbound/price-lists.ts';
import { type SimulatedOdoo, startSimulatedOdoo } from './simulated-odoo.ts';

const SIGNAL = AbortSignal.timeout(120_000);

type Told = PriceListChanged | PriceListDeleted;

interface Step {
  readonly kind: string;
  readonly one?: number;
  readonly late?: number;
  readonly seconds?: number;
  readonly stores?: boolean;
}

describe.each(['19.0', '18.0'] as const)('price lists in Odoo %s', (series) => {
  let simulated: SimulatedOdoo;
  let clockMs = 0;
  let made = 0;

  beforeAll(async () => {
    simulated = await startSimulatedOdoo(series);
  });
  afterAll(() => simulated.close());

  const call = <T>(model: string, method: string, args: Record<string, unknown>) =>
    simulated.odoo.client.call<T>(model, method, args);
  const pass = async (seconds: number) => {
    clockMs += seconds * 1000;
    await simulated.advance(seconds);
  };
  const RULE = 'product.pricelist.item';

  class Reader {
    readonly #ids = new Set<string>();
    readonly #make: () => Poller;
    #poller: Poller;
    #cursor: JsonValue | undefined;

    constructor(page = 20) {
      const options = { system: 'erp', odoo: simulated.odoo, intervalMs: 1, overlapSeconds: 15 };
      const source = { ...priceLists(simulated.odoo), page };
      this.#make = () => createChangeStream(source, { ...options, nowMs: () => clockMs });
      this.#poller = this.#make();
    }

    restart(): void {
      this.#poller = this.#make();
    }

    /** One poll; a page and its cursor are stored together, or neither. */
    async poll(stores = true): Promise<{ readonly told: readonly Told[]; readonly more: boolean }> {
      const polled = await this.#poller.poll(this.#cursor, SIGNAL);
      if (!stores) return { told: [], more: false };
      const told: Told[] = [];
      for (const message of polled.messages) {
        if (this.#ids.has(message.sourceId)) continue;
        this.#ids.add(message.sourceId);
        const translated = simulated.connector.translate({ ...message, id: '1', acceptedAt: '' });
        if (translated.kind !== 'events') throw new Error(JSON.stringify(translated));
        const [event] = translated.events as readonly Told[];
        expect(message.key).toBe(`pl_${event?.erpId}`);
        if (event !== undefined) told.push(event);
      }
      this.#cursor = polled.cursor;
      return { told, more: polled.more };
    }

    /** What arrives as new. */
    async read(): Promise<Told[]> {
      const found: Told[] = [];
      for (let more = true; more; ) {
        const polled = await this.poll();
        ({ more } = polled);
        found.push(...polled.told);
      }
      return found;
    }

    /** Until nothing can come late any more, and the ids were looked through. */
    async settle(): Promise<Told[]> {
      const found: Told[] = [];
      for (let look = 0; look < 5; look++) {
        found.push(...(await this.read()));
        await pass(20);
      }
      return found;
    }
  }

  const percent = (percent_price: number, min_quantity = 0) => ({
    applied_on: '3_global',
    compute_price: 'percentage',
    percent_price,
    min_quantity,
  });
  /** A list with two rules. */
  async function list() {
    const item_ids = [percent(5), percent(8, 10)].map((values) => [0, 0, values]);
    const vals_list = [{ name: `Trade ${++made}`, item_ids }];
    const [id = 0] = await call<number[]>('product.pricelist', 'create', { vals_list });
    const [first = 0, second = 0] = await call<number[]>(RULE, 'search', {
      domain: [['pricelist_id', '=', id]],
      order: 'id',
    });
    return { id, first, second };
  }

  /** `id` and, per rule, break and percentage; in the order of the breaks. */
  const said = (told: readonly Told[]) =>
    told.map((event) => {
      if (event.type === 'price-list.deleted') return `${event.erpId} deleted`;
      const { active, rules } = event.priceList;
      const shown = rules.map(({ minimum, price }) =>
        price.kind === 'formula' ? `${minimum}:${price.discountPercent}` : `${minimum}=${price.kind}`,
      );
      return `${event.erpId}${active ? '' : ' archived'} ${shown.toSorted().join(' ')}`;
    });

  /** A transaction that lasts ten seconds, while others write and the stream reads. */
  async function slowly(reader: Reader, work: () => Promise<unknown>): Promise<string[]> {
    const bystander = await list();
    await reader.settle();
    const told: Told[] = [];
    await call(RULE, 'write', { ids: [bystander.first], vals: { percent_price: 77 } });
    for (let second = 0; second < 10; second++) {
      told.push(...(await reader.read()));
      await pass(1);
    }
    await simulated.fault({ lateSeconds: 10 });
    await work();
    await simulated.calm();
    told.push(...(await reader.settle()));
    expect(said(told).filter((one) => one.startsWith(`${bystander.id} `))).toHaveLength(1);
    return said(told.filter(({ erpId }) => erpId !== String(bystander.id)));
  }

  test('all lists come at first, also those that were changed long ago and more than a look reads', async () => {
    const old = await Promise.all(Array.from({ length: 14 }, () => list()));
    await pass(30 * 86_400);
    const fresh = await list();
    const reader = new Reader(1);
    const told = await reader.settle();
    const ours = new Set([...old, fresh].map(({ id }) => String(id)));
    expect(
      told
        .filter(({ erpId }) => ours.has(erpId))
        .map(({ erpId }) => erpId)
        .toSorted(),
    ).toEqual([...ours].toSorted());
    expect(said(told)).toContain(`${fresh.id} 0:5 10:8`);
    expect(await reader.settle()).toEqual([]);
  });

  test('a rule changed, added or removed, a list archived or deleted, each in ten seconds: one event, as it then stands', async () => {
    const reader = new Reader();
    const { id, first, second } = await list();
    expect(
      await slowly(reader, () => call(RULE, 'write', { ids: [first], vals: { percent_price: 6 } })),
    ).toEqual([`${id} 0:6 10:8`]);
    const added = { pricelist_id: id, ...percent(12, 100) };
    expect(await slowly(reader, () => call(RULE, 'create', { vals_list: [added] }))).toEqual([
      `${id} 0:6 100:12 10:8`,
    ]);
    expect(await slowly(reader, () => call(RULE, 'unlink', { ids: [second] }))).toEqual([`${id} 0:6 100:12`]);
    expect(
      await slowly(reader, () => call('product.pricelist', 'write', { ids: [id], vals: { active: false } })),
    ).toEqual([`${id} archived 0:6 100:12`]);
    expect(await slowly(reader, () => call('product.pricelist', 'unlink', { ids: [id] }))).toEqual([
      `${id} deleted`,
    ]);
  });

  test('a rule that came and went again is told twice, also where it went before it could settle', async () => {
    const reader = new Reader();
    const { id } = await list();
    await reader.settle();
    for (const wait of [0, 100]) {
      const [rule = 0] = await call<number[]>(RULE, 'create', {
        vals_list: [{ pricelist_id: id, ...percent(50, 7) }],
      });
      const told: Told[] = [];
      for (let second = 0; second < 20 + wait; second += 4) {
        told.push(...(await reader.read()));
        await pass(4);
      }
      await call(RULE, 'unlink', { ids: [rule] });
      told.push(...(await reader.settle()));
      expect(said(told), `after ${wait} s`).toEqual([`${id} 0:5 10:8 7:50`, `${id} 0:5 10:8`]);
    }
  });

  test('what a command of the list removes is told once, and a rule that moves changes both lists', async () => {
    const reader = new Reader();
    const [from, to] = [await list(), await list()];
    await reader.settle();
    const vals = { item_ids: [[2, from.second]] };
    await call('product.pricelist', 'write', { ids: [from.id], vals });
    expect(said(await reader.settle())).toEqual([`${from.id} 0:5`]);
    await call(RULE, 'write', { ids: [from.first], vals: { pricelist_id: to.id } });
    expect(said(await reader.settle()).toSorted()).toEqual(
      [`${from.id} `, `${to.id} 0:5 0:5 10:8`].toSorted(),
    );
  });

  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constantFrom('change', 'add', 'remove', 'move'),
        one: fc.nat(),
        late: fc.integer({ min: 0, max: 15 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constantFrom('create', 'delete', 'archive'), one: fc.nat() }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('pass'), seconds: fc.integer({ min: 1, max: 30 }) }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('poll'), stores: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart') }) },
  );

  property.prop([fc.array(step, { maxLength: 30 })], { numRuns: 6 })(
    'whatever is done within the overlap, stored or not, what is said last of each list is how it stands',
    async (program) => {
      const reader = new Reader(2);
      const lists = new Map((await Promise.all([list(), list(), list()])).map((made) => [made.id, 0]));
      const told = await reader.settle();
      /** When a row was written last: two transactions that overlap on one cannot both commit. */
      const written = new Map<number, number>();
      let elapsed = 0;
      let percentage = 10;
      const lately = async <T>(seconds: number, work: () => Promise<T>): Promise<T> => {
        await simulated.fault({ lateSeconds: seconds });
        const done = await work();
        await simulated.calm();
        return done;
      };
      const pick = <T>(from: readonly T[], one: number): T | undefined =>
        from[one % Math.max(1, from.length)];
      for (const { kind, one = 0, late = 0, seconds = 0, stores = true } of program as readonly Step[]) {
        const listId = pick([...lists.keys()], one) ?? 0;
        const rules = await call<number[]>(RULE, 'search', {
          domain: [['pricelist_id', 'in', [...lists.keys()]]],
        });
        const rule = pick(rules, one) ?? 0;
        const began = Math.max(0, elapsed - late, written.get(rule) ?? 0, lists.get(listId) ?? 0);
        const values = percent(++percentage, percentage);
        if (kind === 'pass') {
          await pass(seconds);
          elapsed += seconds;
        } else if (kind === 'poll') told.push(...(await reader.poll(stores)).told);
        else if (kind === 'restart') reader.restart();
        else if (kind === 'create') lists.set((await list()).id, elapsed);
        else if (listId === 0) continue;
        else if (kind === 'delete') {
          await call('product.pricelist', 'unlink', { ids: [listId] });
          lists.delete(listId);
        } else if (kind === 'archive') {
          const vals = { active: percentage % 2 === 0, name: `List ${percentage}` };
          await call('product.pricelist', 'write', { ids: [listId], vals });
        } else if (kind === 'add')
          await lately(elapsed - began, () =>
            call(RULE, 'create', { vals_list: [{ pricelist_id: listId, ...values }] }),
          );
        else if (rule === 0) continue;
        else if (kind === 'remove') await call(RULE, 'unlink', { ids: [rule] });
        else {
          const vals = kind === 'move' ? { pricelist_id: listId } : values;
          await lately(elapsed - began, () => call(RULE, 'write', { ids: [rule], vals }));
          written.set(rule, began);
        }
      }
      told.push(...(await reader.settle()));
      const last = new Map(
        told.map((event) => [event.erpId, event.type === 'price-list.changed' ? event.priceList : undefined]),
      );
      const standing = (await readPriceLists(simulated.odoo)).map((one) => [one.id, one] as const);
      expect(new Map([...last].filter(([, one]) => one !== undefined))).toEqual(new Map(standing));
    },
    60_000,
  );

  test('rates go both ways, and a currency without a rate has none', async () => {
    const rateOf = await readRates(simulated.odoo, '2026-11-25T10:00:00Z');
    const pairs = ['USD EUR', 'EUR USD', 'EUR EUR', 'USD GBP', 'GBP USD', 'USD XXX'];
    expect(pairs.map((pair) => rateOf(pair.slice(0, 3), pair.slice(4)))).toEqual([
      '0.8',
      '1.25',
      '1',
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('what was deleted while nobody read is told, once, and nothing else again', async () => {
    const reader = new Reader();
    const [one, other] = [await list(), await list()];
    await reader.settle();
    await call('product.pricelist', 'unlink', { ids: [one.id] });
    await call(RULE, 'unlink', { ids: [other.first] });
    reader.restart();
    expect(said(await reader.settle()).toSorted()).toEqual(
      [`${one.id} deleted`, `${other.id} 10:8`].toSorted(),
    );
    reader.restart();
    expect(await reader.settle()).toEqual([]);
  });
});

test('a record that was out of reach and is back counts as one whose rows went', () => {
  const known = heldAfter(undefined, [3, 1, 2]);
  expect(heldAfter(known, [1, 2, 3, 9])).toEqual([9, expect.any(String), 0]);
  expect(heldAfter(known, [1, 3, 9])[2]).toBe(1);
  expect(heldAfter(heldOfGone(known), [1, 2, 3])[2]).toBe(2);
  expect(heldAfter(heldOfGone(undefined), [])[2]).toBe(2);
});
