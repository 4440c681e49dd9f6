/** Real: the connector's webhook and its pollers' subscription. Nothing is sent. Observed: who may hint, and that nothing said is used. */
import { afterEach, expect, test, vi } from 'vitest';
import { createHints } from '../src/inbound/change-hint.ts';
import { createOdooConnector } from '../src/index.ts';

afterEach(() => vi.useRealTimers());

const SECRET = 'a-secret-of-the-rule';
const config = { url: 'http://127.0.0.1:1', database: 'demo', apiKey: 'key' };

function hinted(hintSecret?: string | string[]) {
  const connector = createOdooConnector(
    { ...config, follow: ['partners'], ...(hintSecret === undefined ? {} : { hintSecret }) },
    { system: 'erp' },
  );
  let hints = 0;
  for (const poller of connector.pollers ?? []) poller.hints?.(() => hints++);
  return { webhook: connector.webhook, hints: () => hints };
}

test('the secret in the address or in a header brings every poll forward; what was sent says nothing', () => {
  const { webhook, hints } = hinted(SECRET);
  const body = '{"_model": "stock.picking", "_id": 7, "state": "done"}';
  const answer = { kind: 'accepted', messages: [] };
  expect(webhook?.receive({ headers: {}, query: { secret: SECRET }, body }, 0)).toEqual(answer);
  expect(webhook?.receive({ headers: { 'x-trunkline-secret': SECRET }, body: 'no JSON' }, 0)).toEqual(answer);
  expect(hints(), 'two hints to two pollers').toBe(4);
});

test('without a secret or with another one nothing happens', () => {
  const { webhook, hints } = hinted(SECRET);
  const refused = { kind: 'unauthenticated' };
  expect(webhook?.receive({ headers: {}, body: '{}' }, 0)).toMatchObject(refused);
  expect(webhook?.receive({ headers: {}, query: { secret: '' }, body: '{}' }, 0)).toMatchObject(refused);
  expect(webhook?.receive({ headers: {}, query: { secret: `${SECRET}x` }, body: '{}' }, 0)).toMatchObject(
    refused,
  );
  expect(hints()).toBe(0);
});

test('while the secret is changed both are taken, and without one there is no webhook', () => {
  const { webhook, hints } = hinted([SECRET, 'the-next-secret-of-the-rule']);
  webhook?.receive({ headers: {}, query: { secret: 'the-next-secret-of-the-rule' }, body: '{}' }, 0);
  webhook?.receive({ headers: {}, query: { secret: SECRET }, body: '{}' }, 0);
  expect(hints()).toBe(4);
  expect(hinted().webhook).toBeUndefined();
});

test('a hint that comes before the commit, as those of 17 and 18 do, is repeated, and one of 19 is not', () => {
  vi.useFakeTimers();
  const told = (isEarly: boolean) => {
    let times = 0;
    const hints = createHints(() => isEarly);
    const poll = () => Promise.resolve({ messages: [], cursor: null, more: false });
    hints.hinted({ stream: 'pickings', intervalMs: 15_000, poll }).hints?.(() => times++);
    return { ...hints, times: () => times };
  };
  const [early, late] = [told(true), told(false)];
  early.changed();
  late.changed();
  expect([early.times(), late.times()]).toEqual([1, 1]);
  vi.advanceTimersByTime(4000);
  // A second one, whose own poll sees what the first was about.
  early.changed();
  expect(early.times()).toBe(3);
  vi.advanceTimersByTime(60_000);
  expect([early.times(), late.times()]).toEqual([5, 1]);
  early.changed();
  early.close();
  vi.advanceTimersByTime(60_000);
  expect(early.times()).toBe(6);
});
