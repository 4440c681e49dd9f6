/**
 * Changes captured without gaps. Real: the streams, HTTP, both sides of it. Doubled: Odoo, by the simulator as a process of its own,
 * whose clock the tests move on; the journal, by its in-memory store. Observed: which contents arrive, and how often.
 */
import { fc, test as property } from '@fast-check/vitest';
import type { IncomingMessage, JsonValue, Poller } from '@trunkline/messaging';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ChangeSource, createChangeStream } from '../src/inbound/change-stream.ts';
import type { Stamped } from '../src/inbound/change-cursor.ts';
import { outgoingPickings } from '../src/inbound/outgoing-pickings.ts';
import { partners } from '../src/inbound/partners.ts';
import { placeOrders } from '../src/index.ts';
import { type SimulatedOdoo, startSimulatedOdoo, stockProducts } from './simulated-odoo.ts';

const OVERLAP = 15;

let simulated: SimulatedOdoo;
/** The clock of the streams; the server's is moved with it. */
let clockMs = 0;

beforeAll(async () => {
  simulated = await startSimulatedOdoo();
});
beforeEach(() => simulated.calm());
afterAll(() => simulated.close());

async function pass(seconds: number): Promise<void> {
  clockMs += seconds * 1000;
  await simulated.advance(seconds);
}

const call = <T>(model: string, method: string, args: Record<string, unknown>) =>
  simulated.odoo.client.call<T>(model, method, args);

/** What a consumer does with a stream: stores each page and its cursor together, or neither. */
class Consumer {
  readonly messages: IncomingMessage[] = [];
  readonly #ids = new Set<string>();
  readonly #make: () => Poller;
  #poller: Poller;
  #cursor: JsonValue | undefined;

  constructor(make: () => Poller) {
    this.#make = make;
    this.#poller = make();
  }

  restart(): void {
    this.#poller = this.#make();
  }

  /** One poll; true while more is waiting. */
  async step(stores = true): Promise<boolean> {
    const polled = await this.#poller.poll(this.#cursor, AbortSignal.timeout(30_000));
    if (!stores) return false;
    for (const message of polled.messages) {
      if (this.#ids.has(message.sourceId)) continue;
      this.#ids.add(message.sourceId);
      this.messages.push(message);
    }
    this.#cursor = polled.cursor;
    return polled.more;
  }

  async read(): Promise<void> {
    while (await this.step());
  }

  /** Until nothing can come late any more. */
  async settle(): Promise<void> {
    for (let sweeps = 0; sweeps < 8; sweeps++) {
      await this.read();
      await pass(4);
    }
  }

  get cursor() {
    return this.#cursor as { since: string; seen: number[]; settled: string };
  }

  take(): IncomingMessage[] {
    return this.messages.splice(0);
  }
}

function consumerOf<Row extends Stamped>(source: ChangeSource<Row>): Consumer {
  const options = { system: 'erp', odoo: simulated.odoo, intervalMs: 1, overlapSeconds: OVERLAP };
  return new Consumer(() => createChangeStream(source, { ...options, nowMs: () => clockMs }));
}

const ofPartners = (page = 500) => consumerOf({ ...partners(simulated.odoo), page });

let made = 0;
/** Customers of the hub, made in one call. */
async function customers(count: number): Promise<{ key: string; id: number }[]> {
  const keys = Array.from({ length: count }, () => `cu_${++made}`);
  const data = keys.map((key) => [`trunkline.${key}`, key]);
  const { ids } = await call<{ ids: number[] }>('res.partner', 'load', { fields: ['id', 'name'], data });
  return keys.map((key, at) => ({ key, id: ids[at] ?? 0 }));
}

const rename = (ids: readonly number[], name: string) =>
  call('res.partner', 'write', { ids, vals: { name } });

async function lately<T>(seconds: number, work: () => Promise<T>): Promise<T> {
  await simulated.fault({ lateSeconds: seconds });
  const result = await work();
  await simulated.calm();
  return result;
}

const names = (messages: readonly IncomingMessage[]) =>
  messages.map(({ payload }) => (payload as { name: string }).name);

describe('a stream of changes', () => {
  test('a value that comes back within its second, after another was read, is the last word', async () => {
    const reader = ofPartners();
    const [customer] = await customers(1);
    await reader.settle();
    reader.take();
    await pass(20);
    const told: string[] = [];
    for (const name of ['first', 'other', 'first']) {
      await rename([customer?.id ?? 0], name);
      // The stamp is the same, so it is what stands behind the cursor that is looked at again.
      clockMs += 4000;
      await reader.read();
      told.push(...names(reader.take()));
    }
    await reader.settle();
    expect([...told, ...names(reader.take())]).toEqual(['first', 'other', 'first']);
  });

  test('a ten-second transaction that ends after newer changes were read loses nothing', async () => {
    const reader = ofPartners();
    const [slow, quick] = await customers(2);
    await reader.settle();
    reader.take();
    // Began now, and is under way for ten seconds, in which others write and are read.
    await pass(2);
    await rename([quick?.id ?? 0], 'newer');
    for (let second = 2; second < 10; second++) {
      await reader.read();
      await pass(1);
    }
    expect(names(reader.take())).toEqual(['newer']);
    await lately(10, () => rename([slow?.id ?? 0], 'late'));
    await pass(3);
    await reader.read();
    expect(names(reader.take())).toEqual(['late']);
  });

  test('one that ends as the overlap does is still found, and a longer one is not, until its record changes again', async () => {
    const reader = ofPartners();
    const [slow, quick] = await customers(2);
    await reader.settle();
    reader.take();
    await pass(1);
    await rename([quick?.id ?? 0], 'newest');
    await reader.read();
    for (let second = 1; second < OVERLAP; second++) {
      await pass(1);
      await reader.read();
    }
    await lately(OVERLAP, () => rename([slow?.id ?? 0], 'at the bound'));
    await reader.settle();
    expect(names(reader.take())).toEqual(['newest', 'at the bound']);
    await pass(60);
    await rename([quick?.id ?? 0], 'moved on');
    await reader.settle();
    await lately(60, () => rename([slow?.id ?? 0], 'beyond'));
    await reader.settle();
    expect(names(reader.take())).toEqual(['moved on']);
  });

  test('a transaction that began in the second of the change before it is found, however often the record was read meanwhile', async () => {
    const reader = ofPartners();
    const [one] = await customers(1);
    await reader.settle();
    reader.take();
    await rename([one?.id ?? 0], 'quick');
    for (let second = 0; second < 10; second++) {
      await reader.read();
      await pass(1);
    }
    await lately(10, () => rename([one?.id ?? 0], 'slow'));
    await reader.settle();
    expect(names(reader.take())).toEqual(['quick', 'slow']);
  });

  test('more rows than a page in one second come once each', async () => {
    const reader = ofPartners(20);
    await reader.settle();
    reader.take();
    await pass(1);
    const many = await customers(130);
    await reader.settle();
    const keys = reader.take().map(({ key }) => key);
    expect(keys.toSorted()).toEqual(many.map(({ key }) => key).toSorted());
    expect(reader.cursor.seen.length, 'the cursor stays small').toBeLessThan(6 * 20);
  });

  test('a record that was read in the second of the cursor and changes much later is read again', async () => {
    const reader = ofPartners();
    const [one] = await customers(1);
    await reader.settle();
    reader.take();
    await pass(3600);
    await rename([one?.id ?? 0], 'an hour later');
    await reader.read();
    expect(names(reader.take())).toEqual(['an hour later']);
  });

  test('two changes within one second are both seen, and a value that comes back is a change', async () => {
    const reader = ofPartners();
    const [one] = await customers(1);
    const id = [one?.id ?? 0];
    for (const name of ['a', 'b', 'a']) {
      await rename(id, name);
      await reader.settle();
    }
    expect(names(reader.take()).filter((name) => 'ab'.includes(name))).toEqual(['a', 'b', 'a']);
  });

  test('an archived record comes, and an address under its customer’s key', async () => {
    const reader = ofPartners();
    const [one] = await customers(1);
    await reader.settle();
    reader.take();
    await call('res.partner', 'write', { ids: [one?.id], vals: { active: false } });
    const address = [
      `trunkline.${one?.key}_a0123456789abcdef`,
      'Dock 4',
      'delivery',
      `trunkline.${one?.key}`,
    ];
    await call('res.partner', 'load', { fields: ['id', 'name', 'type', 'parent_id/id'], data: [address] });
    await call('res.partner', 'create', { vals_list: [{ name: 'Entered in Odoo' }] });
    await reader.settle();
    const messages = reader.take();
    expect(messages.map(({ payload }) => (payload as { active: boolean }).active)).toEqual([false, true]);
    expect(messages.map(({ key }) => key)).toEqual([one?.key, one?.key]);
  });

  test('what was read and not stored is read again, in the middle of many pages as well', async () => {
    const reader = ofPartners(10);
    await reader.settle();
    reader.take();
    const many = await customers(35);
    expect(await reader.step(), 'a first page').toBe(true);
    await reader.step(false);
    reader.restart();
    await reader.step();
    await reader.step(false);
    await reader.settle();
    expect(
      reader
        .take()
        .map(({ key }) => key)
        .toSorted(),
    ).toEqual(many.map(({ key }) => key).toSorted());
  });

  test('a late record that the sweep found and the journal refused is handed out again', async () => {
    const reader = ofPartners();
    const [one, other] = await customers(2);
    await reader.settle();
    reader.take();
    await pass(5);
    await rename([other?.id ?? 0], 'newer');
    await reader.read();
    await lately(4, () => rename([one?.id ?? 0], 'late'));
    await pass(3);
    await reader.step(false);
    await reader.read();
    expect(names(reader.take())).toEqual(['newer', 'late']);
  });

  test('begins a day before the newest change by the server’s own stamps, whatever the hub’s clock says', async () => {
    await customers(1);
    await pass(3 * 24 * 3600);
    const [recent] = await customers(1);
    const reader = ofPartners();
    await reader.settle();
    expect(reader.take().map(({ key }) => key)).toEqual([recent?.key]);
  });

  test('the external id of a record is asked for once', async () => {
    const reader = ofPartners();
    const [one] = await customers(1);
    await reader.settle();
    reader.take();
    const asked = async () => (await simulated.calls())['res.partner.get_external_id']?.calls ?? 0;
    const before = await asked();
    await rename([one?.id ?? 0], 'known');
    await reader.settle();
    expect(reader.take()).toMatchObject([
      { key: one?.key, payload: { externalId: one?.key, name: 'known' } },
    ]);
    expect((await asked()) - before).toBe(0);
  });

  test('an idle stream asks one question a poll', async () => {
    const reader = ofPartners();
    await reader.settle();
    const asked = async () => (await simulated.calls())['res.partner.search_read']?.calls ?? 0;
    const before = await asked();
    for (let poll = 0; poll < 5; poll++) {
      await pass(4);
      await reader.read();
    }
    expect((await asked()) - before).toBe(5);
  });
});

test('a move’s quantity that changes by hand brings its transfer, whose own stamp stays', async () => {
  await stockProducts(simulated.odoo, ['STREAM-1'], '10');
  await customers(1);
  const [placed] = await placeOrders(simulated.odoo, [
    {
      externalId: 'so_stream1',
      partnerExternalId: `cu_${made}`,
      customerReference: 'STREAM',
      lines: [{ externalId: 'so_stream1_l1', productExternalId: 'p_STREAM-1', quantity: '4' }],
    },
  ]);
  expect(placed).toMatchObject({ kind: 'succeeded' });
  const reader = consumerOf(outgoingPickings(simulated.odoo));
  await reader.settle();
  expect(reader.take()).toMatchObject([
    { key: 'so_stream1', payload: { moves: [{ line: '1', demand: '4', quantity: '4' }] } },
  ]);
  await pass(600);
  const [move] = await call<{ id: number }[]>('stock.move', 'search_read', {
    domain: [['sale_line_id.order_id.client_order_ref', '=', 'STREAM']],
    fields: ['id'],
  });
  await call('stock.move', 'write', { ids: [move?.id], vals: { quantity: 3 } });
  await pass(3);
  await reader.read();
  expect(reader.take()).toMatchObject([{ payload: { moves: [{ demand: '4', quantity: '3' }] } }]);
});

const steps = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('write' as const),
        one: fc.nat(13),
        late: fc.nat(OVERLAP - 2),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('create' as const) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('pass' as const), seconds: fc.nat(6) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('poll' as const), stores: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  ),
  { minLength: 5, maxLength: 40 },
);

property.prop([steps], { numRuns: 12 })(
  'whatever is written within the overlap, stored or not, the last content of each record arrives last',
  async (program) => {
    const reader = ofPartners(3);
    await reader.settle();
    reader.take();
    const all = await customers(14);
    const last = new Map(all.map(({ key }) => [key, key]));
    const latest = new Map<number, number>();
    let text = 0;
    let elapsed = 0;
    for (const step of program) {
      if (step.kind === 'write') {
        const { key, id } = all[step.one] ?? { key: '', id: 0 };
        // Two transactions that overlap on one row cannot both commit, so a row's stamps never go back.
        const late = Math.min(step.late, elapsed - (latest.get(id) ?? 0));
        const name = `n${++text}`;
        await lately(late, () => rename([id], name));
        latest.set(id, elapsed - late);
        last.set(key, name);
      } else if (step.kind === 'create') for (const { key } of await customers(1)) last.set(key, key);
      else if (step.kind === 'pass') {
        await pass(step.seconds);
        elapsed += step.seconds;
      } else if (step.kind === 'poll') await reader.step(step.stores);
      else reader.restart();
    }
    await reader.settle();
    const arrived = new Map(
      reader.take().map(({ key, payload }) => [key, (payload as { name: string }).name]),
    );
    expect(arrived).toEqual(last);
  },
  60_000,
);
