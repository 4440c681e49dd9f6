/**
 * What a warehouse tells, received on a real socket. Real: HTTP both ways, signatures checked by the Standard Webhooks
 * library, bodies checked against the published contract. Doubled: the hub, by a recording receiver.
 */
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { gs1CheckDigit } from '../src/labels.ts';
import { millionths } from '../src/quantity.ts';
import type { RunningWarehouse } from '../src/server.ts';
import { breaches, call, put, release, SECRET, startWarehouse, webhookSchema } from './depositor.ts';
import { type Arrival, Receiver } from './receiver.ts';

let warehouse: RunningWarehouse;
let receiver: Receiver;

afterEach(async () => {
  await warehouse.close();
  await receiver.close();
});

async function work(count: number, options: Parameters<typeof startWarehouse>[0]): Promise<string[]> {
  receiver = await Receiver.listen();
  warehouse = await startWarehouse({ webhookUrl: receiver.url, ...options });
  const numbers = Array.from({ length: count }, (_none, n) => `E-${n}`);
  for (let from = 0; from < count; from += 100) {
    const releases = numbers.slice(from, from + 100).map((number) => release(number));
    await call(`${warehouse.url}/v1/releases`, 'POST', { releases });
  }
  await receiver.untilEnded(numbers);
  return numbers;
}

const sum = (arrivals: Arrival[], type: string, line: string): bigint =>
  arrivals
    .filter(({ event }) => event.type === type)
    .flatMap(({ event }) => event.data.lines)
    .filter((moved) => moved.line === line)
    .reduce((total, { quantity }) => total + millionths(quantity), 0n);

describe('every event', () => {
  it('is signed, keeps the contract, and counts on without a gap within its release', async () => {
    const numbers = await work(150, { shortRate: 0.4, splitRate: 0.3, adjustRate: 0.3, lotRate: 0.5 });
    const verifier = new Webhook(SECRET);
    for (const { body, headers, event } of receiver.arrivals) {
      expect(() => verifier.verify(body, headers as Record<string, string>)).not.toThrow();
      expect(breaches(webhookSchema(event.type), event)).toEqual([]);
    }
    for (const number of numbers) {
      const events = receiver.ofRelease(number);
      expect(events.map(({ event }) => event.data.sequence)).toEqual(events.map((_event, at) => at + 1));
      expect(new Set(events.map(({ event }) => event.data.reference))).toEqual(new Set([`order/${number}`]));
    }
    const types = new Set(receiver.arrivals.map(({ event }) => event.type));
    expect([...types].sort()).toEqual([
      'inventory.adjusted',
      'release.closed',
      'release.picked',
      'release.shorted',
      'shipment.shipped',
    ]);
  });

  it('is refused by a receiver that knows another secret', async () => {
    await work(1, {});
    const { body, headers } = receiver.arrivals[0] as Arrival;
    const stranger = new Webhook(`whsec_${Buffer.from('another secret').toString('base64')}`);
    expect(() => stranger.verify(body, headers as Record<string, string>)).toThrow();
  });
});

describe('units', () => {
  it('are conserved: each line is shipped and short by exactly what was ordered, and packed as shipped', async () => {
    const numbers = await work(200, { shortRate: 0.4, splitRate: 0.4 });
    const ordered: Record<string, string> = { '1': '12', '2': '10', '3': '2.5' };
    for (const number of numbers) {
      const events = receiver.ofRelease(number);
      for (const [line, quantity] of Object.entries(ordered)) {
        const shipped = sum(events, 'shipment.shipped', line);
        expect(shipped + sum(events, 'release.shorted', line)).toBe(millionths(quantity));
        expect(sum(events, 'release.picked', line)).toBe(shipped);
      }
      for (const { event } of events.filter(({ event: { type } }) => type === 'shipment.shipped')) {
        const packed = (event.data['packages'] as { lines: { quantity: string }[] }[]).flatMap(
          ({ lines }) => lines,
        );
        const total = (lines: { quantity: string }[]) =>
          lines.reduce((all, { quantity }) => all + millionths(quantity), 0n);
        expect(total(packed)).toBe(total(event.data.lines));
      }
    }
    const { body } = await call(`${warehouse.url}/_sim/summary`, 'GET');
    const units = body['units'] as Record<string, string>;
    expect(units['released']).toBe('4900');
    expect(millionths(units['shipped'] ?? '') + millionths(units['short'] ?? '')).toBe(millionths('4900'));
  });

  it('leave in two shipments where a release is split, the last one marked final', async () => {
    const [number = ''] = await work(1, { splitRate: 1 });
    const shipments = receiver.ofRelease(number).filter(({ event }) => event.type === 'shipment.shipped');
    expect(shipments.map(({ event }) => event.data['final'])).toEqual([false, true]);
    expect(new Set(shipments.map(({ event }) => event.data['shipmentNumber'])).size).toBe(2);
  });

  it('fall short in the same lines when the same releases come again under the same seed, and in others under another', async () => {
    const shorts = async (seed: string) => {
      await work(60, { shortRate: 0.3, seed });
      const found = receiver.arrivals.filter(({ event }) => event.type === 'release.shorted');
      return found
        .flatMap(({ event: { data } }) =>
          data.lines.map(({ line, quantity }) => `${data.releaseNumber}/${line}: ${quantity}`),
        )
        .sort();
    };
    const first = await shorts('a');
    await warehouse.close();
    await receiver.close();
    const second = await shorts('a');
    await warehouse.close();
    await receiver.close();
    const other = await shorts('b');
    expect(first.length).toBeGreaterThan(0);
    expect(second).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('all missing close the release with nothing to ship', async () => {
    receiver = await Receiver.listen();
    warehouse = await startWarehouse({ webhookUrl: receiver.url, shortRate: 1, seed: 'x' });
    const one = [{ line: '1', sku: 'P1', quantity: '1', unit: 'EA' }];
    await put(warehouse, release('N-1', { lines: one }));
    await receiver.untilEnded(['N-1']);
    expect(receiver.ofRelease('N-1').map(({ event }) => event.type)).toEqual([
      'release.shorted',
      'release.closed',
    ]);
    expect(receiver.arrivals.at(-1)?.event.data).toMatchObject({
      reason: 'nothing_to_ship',
      lines: [{ quantity: '1' }],
    });
    expect((await call(`${warehouse.url}/v1/releases/N-1`, 'GET')).body).toMatchObject({ state: 'closed' });
  });
});

describe('packages', () => {
  it('carry an SSCC of their own with a valid check digit, and tracking numbers of their own', async () => {
    await work(120, { splitRate: 0.5 });
    const shipped = receiver.arrivals.filter(({ event }) => event.type === 'shipment.shipped');
    const packages = shipped.flatMap(
      ({ event }) => event.data['packages'] as { sscc: string; trackingNumber: string }[],
    );
    for (const { sscc } of packages) {
      // Worked out here by weights from the left, the simulator works from the right.
      const weighted = Array.from(sscc).reduce(
        (total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 3 : 1),
        0,
      );
      expect(weighted % 10).toBe(0);
    }
    expect(new Set(packages.map(({ sscc }) => sscc)).size).toBe(packages.length);
    expect(new Set(packages.map(({ trackingNumber }) => trackingNumber)).size).toBe(packages.length);
  });

  it('have the check digit of the GS1 example', () => {
    expect(gs1CheckDigit('37610425002123456')).toBe(9);
  });
});

describe('a cancellation', () => {
  it('is told as closed, with all that will not ship', async () => {
    receiver = await Receiver.listen();
    warehouse = await startWarehouse({ webhookUrl: receiver.url, pickDelayMs: 3_600_000 });
    await put(warehouse, release('C-1'));
    await call(`${warehouse.url}/v1/releases/C-1/cancellation`, 'POST');
    await receiver.untilEnded(['C-1']);
    expect(receiver.arrivals).toHaveLength(1);
    expect(receiver.arrivals[0]?.event.data).toMatchObject({
      reason: 'cancelled',
      lines: [{ quantity: '12' }, {}, {}],
    });
  });

  it('comes too late once picked', async () => {
    const [number] = await work(1, {});
    const { status, body } = await call(`${warehouse.url}/v1/releases/${number}/cancellation`, 'POST');
    expect(status).toBe(409);
    expect(breaches('Problem', body)).toEqual([]);
  });
});

describe('an adjustment', () => {
  it('can be asked for, and counts by site', async () => {
    receiver = await Receiver.listen();
    warehouse = await startWarehouse({ webhookUrl: receiver.url, sites: ['DAL', 'RNO'] });
    const found = { sku: 'P1', unit: 'EA', delta: '-2', reason: 'damaged' };
    for (const site of ['DAL', 'RNO', 'DAL'])
      await call(`${warehouse.url}/_sim/adjustments`, 'POST', { site, ...found });
    await receiver.until((arrivals) => arrivals.length === 3);
    const told = receiver.arrivals.map(({ event }) => `${event.data.site} ${event.data.sequence}`);
    expect(told.sort()).toEqual(['DAL 1', 'DAL 2', 'RNO 1']);
    for (const { event } of receiver.arrivals) expect(breaches('InventoryAdjustedEvent', event)).toEqual([]);
  });
});

it('takes new rates for the releases that come after them, and refuses what is no rate', async () => {
  await work(1, {});
  const set = (rates: unknown) => call(`${warehouse.url}/_sim/floor`, 'PUT', rates);
  expect((await set({ shortRate: 1 })).status).toBe(204);
  await put(warehouse, release('LATER'));
  await receiver.untilEnded(['LATER']);
  const shorted = receiver.arrivals.filter(({ event }) => event.type === 'release.shorted');
  expect(shorted.map(({ event }) => event.data.releaseNumber)).toEqual(['LATER']);
  expect((await set({ shortRate: 2 })).body['detail']).toMatch(/"shortRate" takes a number from 0 to 1/);
  expect((await set({ speed: 1 })).body['detail']).toMatch(/"speed" is no rate of the floor/);
});
