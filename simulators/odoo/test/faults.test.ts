/**
 * Faults that the simulator is told to make, seen by a client on a real socket: which of them did the work and which
 * did not. Real: the simulator's HTTP server and its database. Doubled: nothing.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { start } from '../src/index.ts';
import type { RunningSimulator } from '../src/index.ts';
import { Client, loadOrders, orderRows, readOne, stockUp } from './client.ts';

let running: RunningSimulator;
let client: Client;

beforeAll(async () => {
  running = await start();
  client = new Client(running.url);
  await stockUp(client, 100);
});

beforeEach(() => client.clearFaults());

afterAll(() => running.close());

const faults = (plan: Record<string, unknown>) => client.control('faults', plan);

const ordersWith = (reference: string) =>
  client.call<number>('sale.order', 'search_count', { domain: [['client_order_ref', '=', reference]] });

describe('faults', () => {
  test('a connection dropped after the commit leaves the work done, and the same call again finds it', async () => {
    await faults({ dropAfterCommitRate: 1, count: 1, only: { model: 'sale.order', method: 'load' } });
    await expect(loadOrders(client, orderRows('A', [['hub.hammer', 1]]))).rejects.toThrow('fetch failed');
    expect(await ordersWith('A')).toBe(1);
    const again = await loadOrders(client, orderRows('A', [['hub.hammer', 1]]));
    expect(again.ids).toHaveLength(1);
    expect(await ordersWith('A')).toBe(1);
    expect(await client.control('calls')).toMatchObject({ injected: { dropAfterCommit: 1 } });
  });

  test('an error page leaves nothing done', async () => {
    await faults({ failRate: 1, failStatus: 503, only: { method: 'load' } });
    const { status, body } = await client.ask('sale.order', 'load', { fields: ['id'], data: [] });
    expect([status, typeof body]).toEqual([503, 'string']);
    await expect(loadOrders(client, orderRows('B', [['hub.hammer', 1]]))).rejects.toThrow('503');
    expect(await ordersWith('B')).toBe(0);
  });

  test('a server that is down cuts every connection and leaves nothing done', async () => {
    await faults({ down: true });
    await expect(loadOrders(client, orderRows('C', [['hub.hammer', 1]]))).rejects.toThrow('fetch failed');
    await expect(fetch(`${running.url}/json/version`)).rejects.toThrow('fetch failed');
    await client.clearFaults();
    expect(await ordersWith('C')).toBe(0);
  });

  test('over its rate the server answers 429 with Retry-After', async () => {
    await faults({ rateLimit: { perSecond: 1 } });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => client.ask('res.partner', 'search_count', { domain: [] })),
    );
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(6);
  });

  test('the loser of a race gets a load message or a named error, and the next try succeeds', async () => {
    await faults({ serializationFailRate: 1, count: 2 });
    const lost = await loadOrders(client, orderRows('D', [['hub.hammer', 1]]));
    expect(lost).toMatchObject({
      ids: false,
      messages: [{ message: 'could not serialize access due to concurrent update\n' }],
    });
    const error = await client.ask('sale.order', 'action_confirm', { ids: [] });
    expect(error.body).toMatchObject({ name: 'psycopg2.errors.SerializationFailure' });
    expect((await loadOrders(client, orderRows('D', [['hub.hammer', 1]]))).ids).toHaveLength(1);
  });

  test('a slow call appears with the stamp of its start, and hanging up does not stop it', async () => {
    await faults({ latencyMs: 1100, only: { model: 'sale.order', method: 'load' } });
    const slow = loadOrders(client, orderRows('E', [['hub.hammer', 1]]));
    const [quick = 0] = await client.call<number[]>('res.partner', 'create', {
      vals_list: [{ name: 'Quick' }],
    });
    const [order = 0] = (await slow).ids || [];
    const stamp = async (model: string, id: number) =>
      String((await readOne(client, model, id, ['write_date']))['write_date']);
    expect((await stamp('sale.order', order)) <= (await stamp('res.partner', quick))).toBe(true);

    const abandoned = AbortSignal.timeout(100);
    await expect(
      fetch(`${running.url}/json/2/sale.order/load`, {
        method: 'POST',
        signal: abandoned,
        headers: { Authorization: 'bearer demo-odoo-api-key', 'Content-Type': 'application/json' },
        body: JSON.stringify({
          fields: ['id', 'partner_id/id', 'client_order_ref'],
          data: [['hub.F', 'hub.acme', 'F']],
        }),
      }),
    ).rejects.toThrow();
    await expect.poll(() => ordersWith('F'), { timeout: 3000, interval: 50 }).toBe(1);
  });

  test('the same seed makes the same faults', async () => {
    const draw = async () => {
      await faults({ failRate: 0.5, seed: 11 });
      const seen = [];
      for (let at = 0; at < 12; at++)
        seen.push((await client.ask('res.partner', 'search_count', { domain: [] })).status);
      return seen;
    };
    const first = await draw();
    expect(new Set(first).size).toBeGreaterThan(1);
    expect(await draw()).toEqual(first);
  });

  test('an unknown fault is refused by name', async () => {
    expect(await faults({ explode: true })).toMatchObject({ error: expect.stringContaining('explode') });
  });
});
