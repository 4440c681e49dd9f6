/**
 * Real: the gateway on a loopback socket, its HTTP client (fetch or a raw socket).
 * Doubled: the store, the invalid-message channel and the receiver, in memory (in-memory-ports.ts).
 * Observed: answers on the wire, what the doubles were given, the metrics page.
 */
import { connect } from 'node:net';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { SECRET, sign } from './in-memory-ports.ts';
import { problemOf, startGateway } from './running-gateway.ts';

function post(url: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
  return fetch(`${url}/webhooks/dallas`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-id': 'evt-1',
      'x-signature': sign(Buffer.from(body)),
      ...headers,
    },
    body,
  });
}

async function metric(url: string, line: string): Promise<string | undefined> {
  const page = await (await fetch(`${url}/metrics`)).text();
  return page.split('\n').find((row) => row.startsWith(line));
}

describe('a signed webhook', () => {
  it('is answered 202 with what was stored and what was known', async () => {
    const { url, store } = await startGateway();
    const first = await post(url, '{"order":"S1"}');
    expect([first.status, await first.json()]).toEqual([202, { accepted: 1, duplicates: 0 }]);
    const again = await post(url, '{"order":"S1"}');
    expect([again.status, await again.json()]).toEqual([202, { accepted: 0, duplicates: 1 }]);
    expect([...store.messages.keys()]).toEqual(['dallas/evt-1']);
    expect(await metric(url, 'trunkline_webhook_messages_total{system="dallas",result="duplicate"}')).toMatch(
      / 1$/,
    );
  });

  it('is not answered before the commit', async () => {
    const { url, store } = await startGateway();
    const commit = Promise.withResolvers<void>();
    store.hold = commit.promise;
    let answered = false;
    const answer = post(url, '{"order":"S1"}').then((response) => {
      answered = true;
      return response;
    });
    // A second request that is answered shows that the first had its turn.
    await fetch(`${url}/healthz`);
    expect(answered).toBe(false);
    commit.resolve();
    expect((await answer).status).toBe(202);
  });

  it('reaches its receiver byte for byte', async () => {
    const { url } = await startGateway();
    const body = '{ "order" : "S\\u0031 é 🚚",\r\n\t"n": 1.10, "n": 1e2 }\n';
    expect((await post(url, body)).status).toBe(202);
  });

  it('takes vendor JSON types and a charset', async () => {
    const { url } = await startGateway();
    for (const type of [
      'application/json; charset=utf-8',
      'application/cloudevents+json',
      'application/vnd.wes.v1+json',
    ]) {
      expect((await post(url, '{"order":"S1"}', { 'content-type': type })).status).toBe(202);
    }
  });

  it('is asked for again when the store fails', async () => {
    const { url, store } = await startGateway();
    store.broken = true;
    const problem = await problemOf(await post(url, '{"order":"S1"}'));
    expect(problem).toMatchObject({ status: 503 });
    expect(problem.detail).not.toContain('disk full');
  });
});

describe('what bad input gets', () => {
  it('401 for a bad signature: nothing stored, nothing kept, counted', async () => {
    const { url, store, invalid } = await startGateway();
    const problem = await problemOf(
      await post(url, '{"order":7}', { 'x-signature': sign('something else') }),
    );
    expect(problem).toMatchObject({ status: 401 });
    expect(store.messages.size + invalid.kept.length).toBe(0);
    expect(await metric(url, 'trunkline_webhook_refused_total{system="dallas",reason="signature"}')).toMatch(
      / 1$/,
    );
  });

  it('422 with the failing paths for an authentic document that does not fit, and the document is kept', async () => {
    const { url, store, invalid } = await startGateway();
    const problem = await problemOf(await post(url, '{"order":7}'));
    expect(problem).toMatchObject({ status: 422, faults: [{ path: '/order' }] });
    expect(store.messages.size).toBe(0);
    expect(invalid.kept).toMatchObject([{ source: 'dallas', sourceId: 'evt-1', payload: '{"order":7}' }]);
  });

  it('422 for authentic text that is not JSON, kept as it came', async () => {
    const { url, invalid } = await startGateway();
    expect((await post(url, '{"order":')).status).toBe(422);
    expect(invalid.kept[0]?.payload).toBe('{"order":');
  });

  it('404 for a system that takes no webhooks, without a series of its own', async () => {
    const { url } = await startGateway();
    const response = await fetch(`${url}/webhooks/reno`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(await problemOf(response)).toMatchObject({ status: 404 });
    expect(await metric(url, 'trunkline_webhook_refused_total')).toContain('system="unknown"');
  });

  it('413 that names the limit', async () => {
    const { url } = await startGateway();
    const problem = await problemOf(await post(url, JSON.stringify({ order: 'x'.repeat(10_001) })));
    expect(problem).toMatchObject({ status: 413 });
    expect(problem.detail).toContain('10000 bytes');
    expect(await metric(url, 'trunkline_webhook_refused_total{system="dallas",reason="too_large"}')).toMatch(
      / 1$/,
    );
  });

  it('415 for what is not declared as JSON, 400 for nothing and for bytes that are no text', async () => {
    const { url } = await startGateway();
    expect(await problemOf(await post(url, 'order=1', { 'content-type': 'text/plain' }))).toMatchObject({
      status: 415,
    });
    expect(await problemOf(await post(url, ''))).toMatchObject({ status: 400 });
    expect(await problemOf(await post(url, new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])))).toMatchObject({
      status: 400,
    });
  });

  it('a problem even for what is no HTTP', async () => {
    const { url } = await startGateway();
    const { port } = new URL(url);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write('HELLO\r\n\r\n'));
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString();
      });
      socket.on('end', () => resolve(text)).on('error', reject);
    });
    expect(answer).toContain('400 Bad Request');
    expect(answer).toContain('application/problem+json');
  });

  it('never tells the secret', async () => {
    const { url } = await startGateway();
    expect(await (await post(url, '{}', { 'x-signature': 'no' })).text()).not.toContain(SECRET);
  });
});

it('two gateways in one process keep their metrics apart', async () => {
  const one = await startGateway({ metrics: new Registry() });
  const two = await startGateway({ metrics: new Registry() });
  await post(one.url, '{"order":"S1"}');
  expect(await metric(one.url, 'trunkline_webhook_messages_total{')).toBeDefined();
  expect(await metric(two.url, 'trunkline_webhook_messages_total{')).toBeUndefined();
});
