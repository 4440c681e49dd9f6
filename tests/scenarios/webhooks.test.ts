/**
 * Real: the hub as a process, PostgreSQL, HTTP. Doubled: the warehouse that sends, by this test, which signs as Standard Webhooks 1.0
 * says and knows none of the hub's code. Observed: answers, and what the journal holds afterwards.
 */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../packages/journal/test/support/database.ts';
import { lookAtHub } from '../landscape/hub-view.ts';
import { type RunningLandscape, startLandscape } from '../landscape/running-landscape.ts';

let database: TestDatabase;
let running: RunningLandscape;

beforeAll(async () => {
  database = await createTestDatabase();
  running = await startLandscape({ seed: 43, databaseUrl: database.url });
  await running.landscape.startHub();
});
afterAll(async () => {
  await running?.stop();
  await database?.drop();
});

const adjusted = {
  type: 'inventory.adjusted',
  timestamp: '2026-03-01T10:00:00Z',
  data: {
    site: 'DAL',
    sequence: 1,
    adjustmentNumber: 'DAL-A1',
    sku: 'CHAI',
    delta: '-2',
    unit: 'EA',
    reason: 'damaged',
  },
};

interface Sending {
  readonly id: string;
  readonly body: string;
  readonly secret?: string;
  readonly secondsAgo?: number;
}

async function send({ id, body, secret = running.identity.webhookSecret, secondsAgo = 0 }: Sending) {
  const timestamp = String(Math.floor(Date.now() / 1000) - secondsAgo);
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  const response = await fetch(`${running.hub}/webhooks/dallas`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    },
    body,
  });
  const answer = (await response.json()) as {
    faults?: { path: string }[];
    accepted?: number;
    duplicates?: number;
  };
  return { status: response.status, type: response.headers.get('content-type') ?? '', answer };
}

/** What the journal has stored that came from outside. */
async function stored() {
  return lookAtHub(running, async ({ pool, operations }) => {
    const { rows } = await pool.query<{ source_id: string }>(
      "select source_id from message where source = 'dallas'",
    );
    return { messages: rows.map((row) => row.source_id), invalid: await operations.invalidMessages(10) };
  });
}

test('a signature by another secret, or one that is too old: 401, nothing stored, and the refusal is counted', async () => {
  const stranger = `whsec_${Buffer.from('a secret of somebody else, long enough').toString('base64')}`;
  const forged = await send({ id: 'forged', body: JSON.stringify(adjusted), secret: stranger });
  const old = await send({ id: 'old', body: JSON.stringify(adjusted), secondsAgo: 3600 });
  for (const { status, type } of [forged, old]) {
    expect(status).toBe(401);
    expect(type).toContain('application/problem+json');
  }
  expect(await stored()).toMatchObject({ messages: [], invalid: [] });
  const metrics = await (await fetch(`${running.hub}/metrics`)).text();
  expect(metrics).toMatch(/refus\w*\{[^}]*system="dallas"[^}]*\} 2/);
});

test('an authentic but unusable document: 422 with the failing path, kept as an invalid message', async () => {
  const body = JSON.stringify({ ...adjusted, data: { ...adjusted.data, delta: 'two' } });
  const { status, type, answer } = await send({ id: 'unusable', body });
  expect(status).toBe(422);
  expect(type).toContain('application/problem+json');
  expect(answer.faults?.map(({ path }) => path)).toContain('/data/delta');
  expect(await send({ id: 'no-json', body: '{"type":' })).toMatchObject({ status: 422 });
  const { messages, invalid } = await stored();
  expect(messages).toEqual([]);
  expect(invalid.map(({ payload }) => payload).sort()).toEqual(['{"type":', body].sort());
});

test('a good document is accepted once, however often it comes', async () => {
  const body = JSON.stringify(adjusted);
  expect(await send({ id: 'good', body })).toMatchObject({
    status: 202,
    answer: { accepted: 1, duplicates: 0 },
  });
  expect(await send({ id: 'good', body })).toMatchObject({
    status: 202,
    answer: { accepted: 0, duplicates: 1 },
  });
  expect((await stored()).messages).toEqual(['good']);
});
