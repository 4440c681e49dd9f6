/**
 * A stream that goes from node to node. Real: the streams, HTTP, both sides of it. Doubled: Odoo, by the simulator as a process of its own,
 * whose clock the test moves on; the journal, by a cursor that both nodes share. Observed: which contents are handed out.
 */
import type { JsonValue } from '@trunkline/messaging';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createChangeStream } from '../src/inbound/change-stream.ts';
import { partners } from '../src/inbound/partners.ts';
import { type SimulatedOdoo, startSimulatedOdoo } from './simulated-odoo.ts';

let simulated: SimulatedOdoo;
beforeAll(async () => {
  simulated = await startSimulatedOdoo();
});
afterAll(() => simulated.close());

test('what a node read and another one overtook is not taken for handed out when the stream comes back', async () => {
  const { odoo } = simulated;
  let clockMs = 0;
  const pass = async (seconds: number) => {
    clockMs += seconds * 1000;
    await simulated.advance(seconds);
  };
  const load = (name: string) =>
    odoo.client.call('res.partner', 'load', { fields: ['id', 'name'], data: [['trunkline.cu_1', name]] });
  const options = { system: 'erp', odoo, intervalMs: 1, overlapSeconds: 15, nowMs: () => clockMs };
  const node = () => createChangeStream(partners(odoo), options);
  let cursor: JsonValue | undefined;
  const poll = async (reader: ReturnType<typeof node>, stores = true) => {
    const polled = await reader.poll(cursor, AbortSignal.timeout(30_000));
    if (stores) ({ cursor } = polled);
    return polled.messages.map(({ payload }) => (payload as { name: string }).name);
  };
  const [first, second] = [node(), node()];
  await load('before');
  await poll(first);
  await pass(20);
  await load('here');
  expect(await poll(first, false)).toContain('here');
  await pass(2);
  await load('elsewhere');
  expect(await poll(second)).toContain('elsewhere');
  await pass(2);
  await load('here');
  expect(await poll(first)).toContain('here');
});
