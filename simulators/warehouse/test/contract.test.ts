/**
 * The contract's paths, asked over real sockets. Real: the HTTP server, the published OpenAPI document (compiled here
 * by its own Ajv). Doubled: nothing. The floor is slowed where a test needs a release that is not yet picked.
 */
import { afterEach, describe, expect, it } from 'vitest';
import type { RunningWarehouse } from '../src/server.ts';
import { breaches, call, put, release, startWarehouse } from './depositor.ts';

const NEVER_MS = 3_600_000;
let warehouse: RunningWarehouse;

afterEach(() => warehouse.close());

describe('a release', () => {
  it('is taken over once: 201, then 200 for the same content in another member order, 409 for another', async () => {
    warehouse = await startWarehouse({ pickDelayMs: NEVER_MS });
    const first = await put(warehouse, release('R-1'));
    const shuffled = Object.fromEntries(Object.entries(release('R-1')).reverse());
    const again = await put(warehouse, shuffled);
    const other = await put(warehouse, release('R-1', { priority: 1 }));
    expect([first.status, again.status, other.status]).toEqual([201, 200, 409]);
    expect(breaches('ReleaseState', first.body)).toEqual([]);
    expect(other.headers.get('content-type')).toMatch(/^application\/problem\+json(;|$)/);
    expect(breaches('Problem', other.body)).toEqual([]);
    const { body } = await call(`${warehouse.url}/_sim/summary`, 'GET');
    expect(body).toMatchObject({ releases: { total: 1 }, duplicatePuts: 1, conflictingPuts: 1 });
  });

  it('is refused with every failing path at once', async () => {
    warehouse = await startWarehouse();
    const lines = [
      { line: '1', sku: 'P11', quantity: '-3', unit: 'EA' },
      { line: '2', sku: 'P42', quantity: 10, unit: 'EA' },
    ];
    const { status, body } = await put(
      warehouse,
      release('R-2', { lines, colour: 'red', orderNumber: undefined }),
    );
    const paths = (body['errors'] as { path: string }[]).map(({ path }) => path);
    expect(status).toBe(422);
    expect(paths.sort()).toEqual(['/colour', '/lines/0/quantity', '/lines/1/quantity', '/orderNumber']);
  });

  it.each([
    ['another number than its address', { releaseNumber: 'R-4' }, '/releaseNumber'],
    ['a site not served here', { site: 'RNO' }, '/site'],
    [
      'a line number twice',
      { lines: ['a', 'b'].map((sku) => ({ line: '1', sku, quantity: '1', unit: 'EA' })) },
      '/lines/1/line',
    ],
    [
      'nothing to pick',
      { lines: [{ line: '1', sku: 'a', quantity: '0.0', unit: 'EA' }] },
      '/lines/0/quantity',
    ],
  ])('is refused for %s', async (_what, changes, path) => {
    warehouse = await startWarehouse();
    const { status, body } = await call(`${warehouse.url}/v1/releases/R-3`, 'PUT', release('R-3', changes));
    expect(status).toBe(422);
    expect((body['errors'] as { path: string }[])[0]?.path).toBe(path);
  });

  it('shows how far it is, and 404 where there is none', async () => {
    warehouse = await startWarehouse({ pickDelayMs: NEVER_MS });
    await put(warehouse, release('R/5'));
    const found = await call(`${warehouse.url}/v1/releases/${encodeURIComponent('R/5')}`, 'GET');
    const missing = await call(`${warehouse.url}/v1/releases/R-6`, 'GET');
    expect(found.status).toBe(200);
    expect(found.body).toMatchObject({
      state: 'accepted',
      sequence: 0,
      lines: [{ quantity: '12', picked: '0' }, {}, {}],
    });
    expect(missing.status).toBe(404);
    expect(breaches('Problem', missing.body)).toEqual([]);
  });
});

describe('a batch', () => {
  it('answers each release in order, one refusal refusing nothing else', async () => {
    warehouse = await startWarehouse({ pickDelayMs: NEVER_MS, sites: ['DAL', 'RNO'] });
    await put(warehouse, release('B-1'));
    await put(warehouse, release('B-2'));
    const releases = [
      release('B-0'),
      release('B-1'),
      release('B-2', { revision: 2 }),
      release('B-3', { site: 'XXX' }),
      release('B-4', { site: 'RNO' }),
      { lines: [] },
    ];
    const { status, body } = await call(`${warehouse.url}/v1/releases`, 'POST', { releases });
    const results = body['results'] as { releaseNumber: string | null; status: number; problem?: unknown }[];
    expect(status).toBe(200);
    expect(breaches('ReleaseBatchResults', body)).toEqual([]);
    expect(results.map((result) => [result.releaseNumber, result.status])).toEqual([
      ['B-0', 201],
      ['B-1', 200],
      ['B-2', 409],
      ['B-3', 422],
      ['B-4', 201],
      [null, 422],
    ]);
    expect(results.map(({ problem }) => problem !== undefined)).toEqual([
      false,
      false,
      true,
      true,
      false,
      true,
    ]);
  });

  it('is refused whole above 100 releases', async () => {
    warehouse = await startWarehouse();
    const releases = Array.from({ length: 101 }, (_none, n) => release(`B-${n}`));
    const { status, body } = await call(`${warehouse.url}/v1/releases`, 'POST', { releases });
    expect(status).toBe(422);
    expect(body['errors']).toMatchObject([{ path: '/releases' }]);
  });
});

describe('a cancellation', () => {
  it('ends a release that is not picked, and may be asked again', async () => {
    warehouse = await startWarehouse({ pickDelayMs: NEVER_MS });
    await put(warehouse, release('C-1'));
    const first = await call(`${warehouse.url}/v1/releases/C-1/cancellation`, 'POST');
    const again = await call(`${warehouse.url}/v1/releases/C-1/cancellation`, 'POST');
    expect([first.status, again.status]).toEqual([202, 202]);
    expect(first.body).toMatchObject({
      state: 'cancelled',
      sequence: 1,
      lines: [{ cancelled: '12' }, {}, {}],
    });
    expect(again.body).toEqual(first.body);
    expect((await call(`${warehouse.url}/v1/releases/C-2/cancellation`, 'POST')).status).toBe(404);
  });
});

describe('access', () => {
  it('needs the token, except for health', async () => {
    warehouse = await startWarehouse({ sites: ['DAL', 'RNO'] });
    const refused = await call(`${warehouse.url}/v1/releases/R-1`, 'PUT', release('R-1'), 'wrong');
    const health = await call(`${warehouse.url}/v1/health`, 'GET', undefined, 'wrong');
    expect(refused.status).toBe(401);
    expect(breaches('Problem', refused.body)).toEqual([]);
    expect(health.body).toMatchObject({ status: 'ok', sites: ['DAL', 'RNO'] });
    expect(breaches('Health', health.body)).toEqual([]);
  });

  it('answers malformed JSON with a problem', async () => {
    warehouse = await startWarehouse();
    const response = await fetch(`${warehouse.url}/v1/releases/R-1`, {
      method: 'PUT',
      headers: { authorization: 'Bearer the-token', 'content-type': 'application/json' },
      body: '{"releaseNumber":',
    });
    expect(response.status).toBe(400);
    expect(breaches('Problem', await response.json())).toEqual([]);
  });
});
