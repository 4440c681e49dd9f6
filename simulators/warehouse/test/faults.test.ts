/**
 * Scripted faults, seen from both sides of real sockets. Doubled: the hub, by a recording receiver.
 */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RunningWarehouse } from '../src/server.ts';
import { breaches, call, put, release, startWarehouse } from './depositor.ts';
import { isEnd, Receiver } from './receiver.ts';

let warehouse: RunningWarehouse;
let receiver: Receiver | undefined;

afterEach(async () => {
  await warehouse.close();
  await receiver?.close();
  receiver = undefined;
});

const faults = (rule: unknown) => call(`${warehouse.url}/_sim/faults`, 'POST', rule);
const summary = async () => (await call(`${warehouse.url}/_sim/summary`, 'GET')).body;

describe('the depositor', () => {
  it('gets no answer though the release was taken over, and repeats it without a second effect', async () => {
    receiver = await Receiver.listen();
    warehouse = await startWarehouse({ webhookUrl: receiver.url });
    await faults({ dropAfterCommitRate: 1, count: 1, only: '/v1/releases' });
    await expect(put(warehouse, release('D-1'))).rejects.toThrow();
    await receiver.untilEnded(['D-1']);
    const again = await put(warehouse, release('D-1'));
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ state: 'shipped', sequence: 2 });
    expect(await summary()).toMatchObject({
      releases: { total: 1 },
      duplicatePuts: 1,
      webhooks: { events: 2 },
    });
  });

  it('meets a warehouse that is down: no answer, and nothing was done', async () => {
    warehouse = await startWarehouse();
    await faults({ down: true });
    await expect(put(warehouse, release('D-2'))).rejects.toThrow();
    await call(`${warehouse.url}/_sim/faults`, 'DELETE');
    expect((await call(`${warehouse.url}/v1/releases/D-2`, 'GET')).status).toBe(404);
    const { body } = await call(`${warehouse.url}/_sim/calls`, 'GET');
    expect(body).toMatchObject({
      routes: { 'PUT /v1/releases/:releaseNumber': 1, 'GET /v1/releases/:releaseNumber': 1 },
      injected: { down: 1 },
    });
  });

  it('is refused with 503, then with 429, each with Retry-After and nothing done', async () => {
    warehouse = await startWarehouse();
    await faults([{ failRate: 1, count: 1 }]);
    const unavailable = await put(warehouse, release('D-3'));
    await faults({ rateLimit: { perSecond: 0 } });
    const tooMany = await put(warehouse, release('D-3'));
    await call(`${warehouse.url}/_sim/faults`, 'DELETE');
    expect([unavailable.status, tooMany.status]).toEqual([503, 429]);
    for (const { headers, body } of [unavailable, tooMany]) {
      expect(headers.get('retry-after')).toBe('1');
      expect(breaches('Problem', body)).toEqual([]);
    }
    expect((await put(warehouse, release('D-3'))).status).toBe(201);
  });

  it('waits as long as it was told', async () => {
    warehouse = await startWarehouse();
    await faults({ latencyMs: 120, only: '/v1/health' });
    const began = performance.now();
    await call(`${warehouse.url}/v1/health`, 'GET');
    expect(performance.now() - began).toBeGreaterThanOrEqual(115);
  });

  it.each([
    [{ failRat: 1 }, '"failRat"'],
    [{ failRate: 2 }, '"failRate"'],
    ['down', 'JSON object'],
  ])('cannot set the fault %j', async (rule, named) => {
    warehouse = await startWarehouse();
    const { status, body } = await faults(rule);
    expect(status).toBe(400);
    expect(body['detail']).toContain(named);
  });
});

describe('the receiver', () => {
  it('is asked again with the same id and bytes until it takes the event, whether it failed, refused or hung up', async () => {
    const answers = [500, 429, 'cut', 503] as const;
    receiver = await Receiver.listen((_arrival, nth) => answers[nth - 1] ?? 204);
    warehouse = await startWarehouse({ webhookUrl: receiver.url });
    await put(warehouse, release('W-1'));
    await receiver.untilEnded(['W-1']);
    const attempts = receiver.arrivals.slice(0, 5);
    expect(new Set(attempts.map(({ id }) => id)).size).toBe(1);
    expect(new Set(attempts.map(({ body }) => body)).size).toBe(1);
    expect(receiver.arrivals).toHaveLength(6);
  }, 15_000);

  it('that answers nothing is left alone for a while, however many events wait', async () => {
    receiver = await Receiver.listen(() => 'cut');
    warehouse = await startWarehouse({ webhookUrl: receiver.url, webhookConcurrency: 16 });
    const releases = Array.from({ length: 100 }, (_none, n) => release(`W-6-${n}`));
    const began = performance.now();
    await call(`${warehouse.url}/v1/releases`, 'POST', { releases });
    await receiver.until((arrivals) => arrivals.length > 32);
    expect(performance.now() - began).toBeGreaterThan(200 + 400);
  });

  it('is not asked again for what it cannot understand; the next event goes on', async () => {
    receiver = await Receiver.listen(({ event }) => (event.type === 'release.picked' ? 422 : 204));
    warehouse = await startWarehouse({ webhookUrl: receiver.url });
    await put(warehouse, release('W-2'));
    await receiver.untilEnded(['W-2']);
    const { body } = await call(`${warehouse.url}/_sim/webhooks/refused`, 'GET');
    expect(receiver.arrivals).toHaveLength(2);
    expect(body['refused']).toMatchObject([{ type: 'release.picked', status: 422 }]);
  });

  it('is sent duplicates on purpose: the same id and body twice', async () => {
    receiver = await Receiver.listen();
    warehouse = await startWarehouse({ webhookUrl: receiver.url });
    await faults({ duplicateRate: 1, only: 'webhook:release.picked' });
    await put(warehouse, release('W-3'));
    await receiver.untilEnded(['W-3']);
    const picked = receiver.arrivals.filter(({ event }) => event.type === 'release.picked');
    expect(picked).toHaveLength(2);
    expect(picked[1]?.id).toBe(picked[0]?.id);
    expect(picked[1]?.body).toBe(picked[0]?.body);
    expect(await summary()).toMatchObject({
      webhooks: { duplicated: 1, events: 2, acknowledged: 2, outstanding: 0 },
    });
  });

  it('is sent the shipment before the pick on purpose, and nothing is lost', async () => {
    receiver = await Receiver.listen();
    warehouse = await startWarehouse({ webhookUrl: receiver.url });
    await faults({ outOfOrderRate: 1 });
    const numbers = Array.from({ length: 30 }, (_none, n) => `W-4-${n}`);
    await Promise.all(numbers.map((number) => put(warehouse, release(number))));
    await receiver.until((arrivals) => arrivals.length === 60);
    for (const number of numbers) {
      expect(receiver.ofRelease(number).map(({ event }) => event.data.sequence)).toEqual([2, 1]);
    }
    expect(await summary()).toMatchObject({ webhooks: { reordered: 30 } });
  });

  it('hears nothing while the warehouse is down, and everything after', async () => {
    receiver = await Receiver.listen();
    warehouse = await startWarehouse();
    await put(warehouse, release('W-5'));
    await vi.waitFor(async () => expect(await summary()).toMatchObject({ webhooks: { outstanding: 2 } }));
    await faults({ down: true });
    await call(`${warehouse.url}/_sim/webhook`, 'PUT', { url: receiver.url });
    expect(await summary()).toMatchObject({ webhooks: { attempts: 0, outstanding: 2 } });
    await call(`${warehouse.url}/_sim/faults`, 'DELETE');
    await receiver.untilEnded(['W-5']);
    expect(receiver.arrivals.filter(isEnd)).toHaveLength(1);
  });
});
