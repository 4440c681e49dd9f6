/**
 * Calls under a limit. Real: connector, client, HTTP. Doubled: Odoo, by a script and by the simulated one, which refuses by the
 * second what is more than it allows. Observed: that polls and deliveries come to their end, what is sent, and what waits for nothing.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { createOdooClient, type OdooClient } from '../../src/client.ts';
import { classifyOdooError } from '../../src/error-classification.ts';
import { type AfterCuts, startAfterCuts } from '../after-cuts.ts';
import { json2Script, type Reply, startScriptedOdoo } from '../scripted-odoo.ts';

const PER_SECOND = 3;

const opened: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const resource of opened.splice(0)) await resource.close();
});

const tooMany = (retryAfter?: string): { reply: Reply } => ({
  reply: {
    status: 429,
    html: '<h1>Too Many Requests</h1>',
    ...(retryAfter === undefined ? {} : { headers: { 'retry-after': retryAfter } }),
  },
});

async function connect(answer: () => unknown): Promise<{ client: OdooClient; sent: () => number }> {
  const odoo = await startScriptedOdoo(json2Script(answer));
  const client = createOdooClient({ url: odoo.url, database: 'acme', apiKey: 'key-1' });
  opened.push(odoo, client);
  return { client, sent: () => odoo.seen.filter(({ path }) => path !== '/web/version').length };
}

const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => expect.fail('the call succeeded'),
    (error: unknown) => classifyOdooError(error),
  );

describe('a call that is answered 429', () => {
  test.each([
    ['res.partner', 'search_count', { domain: [] }],
    ['sale.order', 'action_confirm', { ids: [1] }],
  ])('is sent again when it may be: %s.%s', async (model, method, args) => {
    let asked = 0;
    const { client, sent } = await connect(() => (++asked < 4 ? tooMany('0') : 3));
    expect(await client.call(model, method, args)).toBe(3);
    expect(sent()).toBe(4);
  });

  test('and changes something waits for a limit by the second alone: a longer pause holds all that is to go there', async () => {
    const { client, sent } = await connect(() => tooMany('3'));
    const failure = await failureOf(client.call('sale.order', 'action_confirm', { ids: [1] }));
    expect(failure).toMatchObject({ kind: 'retry', afterMs: 3000 });
    expect(sent()).toBe(1);
  });

  test('for longer than a read can wait says so at once', async () => {
    const { client, sent } = await connect(() => tooMany('60'));
    const failure = await failureOf(client.call('res.partner', 'search_count', { domain: [] }));
    expect(failure).toMatchObject({ kind: 'retry', afterMs: 60_000 });
    expect(sent()).toBe(1);
  });

  test('again and again comes to an end', async () => {
    const { client, sent } = await connect(() => tooMany('0'));
    const failure = await failureOf(client.call('res.partner', 'search_count', { domain: [] }));
    expect(failure).toMatchObject({ kind: 'retry', afterMs: 0 });
    expect(sent()).toBeLessThan(100);
  });

  test('waits no longer than its signal', async () => {
    const controller = new AbortController();
    const { client, sent } = await connect(() => {
      queueMicrotask(() => controller.abort());
      return tooMany('4');
    });
    const { signal } = controller;
    const failure = await failureOf(client.call('res.partner', 'search_count', { domain: [] }, { signal }));
    expect(failure.kind).toBe('cancelled');
    expect(sent()).toBe(1);
  });
});

test('an Odoo that takes fewer calls a second than a poll or a delivery makes still hands out changes and gets orders', async () => {
  const odoo: AfterCuts = await startAfterCuts();
  opened.push(odoo);
  const { orderId } = await odoo.placed('polled');
  const [pickings] = odoo.connector.pollers ?? [];
  const total = async () => Object.values(await odoo.calls()).reduce((sum, { calls }) => sum + calls, 0);
  const before = await total();
  await odoo.fault({ rateLimit: { perSecond: PER_SECOND } });
  const signal = AbortSignal.timeout(30_000);
  const polled = await pickings?.poll(undefined, signal);
  expect(polled?.messages.map(({ key }) => key)).toEqual([orderId]);
  const read = await total();
  expect(read - before, 'calls of the poll').toBeGreaterThan(PER_SECOND);
  await odoo.placed('delivered');
  expect((await total()) - read, 'calls of the delivery').toBeGreaterThan(PER_SECOND);
});
