/**
 * Real: server-sent events over loopback sockets, sessions.
 * Doubled: the operations port; setInterval, so that a test turns the feed's clock (sockets keep real time).
 * Observed: the bytes of the stream, how often the port was asked, whether a timer runs.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OVERVIEW } from './in-memory-ports.ts';
import { cookieOf, signIn, startGateway } from './running-gateway.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

const second = () => vi.advanceTimersByTimeAsync(1000);

async function watch(url: string, headers: Record<string, string>) {
  const stop = new AbortController();
  const response = await fetch(`${url}/api/v1/events`, { headers, signal: stop.signal });
  const stream = { text: '', ended: false, headers: response.headers, stop: () => stop.abort() };
  void (async () => {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response.body ?? []) stream.text += decoder.decode(chunk, { stream: true });
    } catch {
      // The test stopped watching.
    }
    stream.ended = true;
  })();
  return stream;
}

async function watched(watchers = 1) {
  const running = await startGateway();
  const idleTimers = vi.getTimerCount();
  const headers = { authorization: `Bearer ${running.first.token}` };
  const streams: Awaited<ReturnType<typeof watch>>[] = [];
  for (let n = 0; n < watchers; n += 1) streams.push(await watch(running.url, headers));
  const [stream] = streams;
  if (stream === undefined) throw new Error('Nobody watches.');
  await vi.waitFor(() => expect(streams.every(({ text }) => events(text).length === 1)).toBe(true));
  return { ...running, stream, streams, idleTimers };
}

const events = (text: string) => [...text.matchAll(/^event: (\w+)$/gm)].map((match) => match[1]);

describe('the overview as it changes', () => {
  it('comes at once, then only when more than its time changed', async () => {
    const { operations, stream } = await watched();
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    expect(stream.headers.get('x-content-type-options')).toBe('nosniff');
    operations.current = { ...OVERVIEW, at: '2026-01-05T10:00:05.000Z' };
    await second();
    operations.current = { ...OVERVIEW, backlog: 3 };
    await second();
    await vi.waitFor(() => expect(stream.text).toContain('"backlog":3'));
    expect(events(stream.text)).toEqual(['overview', 'overview']);
  });

  it('costs one question a second for all who watch, and none when nobody does', async () => {
    const { operations, streams, idleTimers } = await watched(5);
    const before = operations.asked;
    await second();
    expect(operations.asked).toBe(before + 1);
    for (const stream of streams) stream.stop();
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(idleTimers));
    await second();
    expect(operations.asked).toBe(before + 1);
  });

  it('does not pile up questions on a slow answer', async () => {
    const { operations } = await watched();
    const slow = Promise.withResolvers<void>();
    operations.hold = slow.promise;
    const before = operations.asked;
    for (let n = 0; n < 5; n += 1) await second();
    expect(operations.asked).toBe(before + 1);
    slow.resolve();
    await vi.waitFor(async () => {
      await second();
      expect(operations.asked).toBeGreaterThan(before + 1);
    });
  });

  it('says once when the hub cannot tell, and goes on when it can', async () => {
    const { operations, stream } = await watched();
    operations.broken = true;
    await second();
    await second();
    operations.broken = false;
    await second();
    await vi.waitFor(() => expect(events(stream.text)).toEqual(['overview', 'trouble', 'overview']));
  });

  it('beats every 15 seconds, and ends with its session', async () => {
    const { url, first } = await startGateway();
    const cookie = cookieOf(await signIn(url, first.user, first.password));
    const stream = await watch(url, { cookie });
    for (let n = 0; n < 15; n += 1) await second();
    await vi.waitFor(() => expect(stream.text).toContain(': still here\n\n'));
    await fetch(`${url}/api/v1/session`, { method: 'DELETE', headers: { cookie, origin: url } });
    for (let n = 0; n < 15; n += 1) await second();
    await vi.waitFor(() => expect(stream.ended).toBe(true));
  });

  it('ends when the gateway closes, so that a stop does not hang on a console', async () => {
    const { gateway, stream } = await watched();
    await gateway.close();
    await vi.waitFor(() => expect(stream.ended).toBe(true));
  });
});
