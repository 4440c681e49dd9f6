/**
 * Real: the gateway on a loopback socket, its JSON and OpenAPI.
 * Doubled: the operations port, in memory, with one order and one exception.
 * Observed: answers on the wire and what the port was asked.
 */
import { describe, expect, it } from 'vitest';
import { ATTEMPTS, NODES, THREAD } from './in-memory-ports.ts';
import { problemOf, startGateway } from './running-gateway.ts';

async function started() {
  const running = await startGateway();
  const ask = (path: string, body?: unknown) =>
    fetch(`${running.url}/api/v1${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${running.first.token}`,
        ...(body === undefined || body === null ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined || body === null ? {} : { body: JSON.stringify(body) }),
    });
  return { ...running, ask };
}

describe('reading', () => {
  it('finds threads, trimmed and with a limit, and gives one whole', async () => {
    const { ask, operations } = await started();
    const found = (await (await ask('/threads?q=%20PO-7%20&limit=5')).json()) as { items: { id: string }[] };
    const id = found.items[0]?.id ?? '';
    expect(operations.acts).toEqual(['search PO-7 5']);
    expect(await (await ask(`/threads/${encodeURIComponent(id)}`)).json()).toEqual(THREAD);
  });

  it('gives a thread’s attempts with requests and responses, and 404 for an unknown one', async () => {
    const { ask } = await started();
    expect(await (await ask(`/threads/${encodeURIComponent(THREAD.id)}/attempts`)).json()).toEqual(ATTEMPTS);
    expect(await problemOf(await ask('/threads/none/attempts'))).toMatchObject({ status: 404 });
  });

  it('answers 404 with another way for an unknown thread', async () => {
    const { ask } = await started();
    const problem = await problemOf(await ask('/threads/none'));
    expect(problem).toMatchObject({ status: 404 });
    expect(problem.detail).toContain('/api/v1/threads?q=');
  });

  it('pages exceptions, open ones first asked for', async () => {
    const { ask, operations } = await started();
    expect(await (await ask('/exceptions')).json()).toMatchObject({ total: 1, items: [{ id: '7' }] });
    await ask('/exceptions?status=all&limit=5&offset=10');
    await ask('/exceptions?thread=order%2F1');
    expect(operations.acts).toEqual([
      'exceptions open 50 0',
      'exceptions all 5 10',
      'exceptions open 50 0 of order/1',
    ]);
  });

  it('tells the nodes with their partitions, and those that nobody owns', async () => {
    const { ask } = await started();
    expect(await (await ask('/nodes')).json()).toEqual(NODES);
  });

  it('names every wrong parameter at once', async () => {
    const { ask } = await started();
    const problem = await problemOf(await ask('/exceptions?status=closed&limit=0&offset=x'));
    expect(problem).toMatchObject({ status: 400 });
    expect(problem.faults?.map(({ path }) => path).sort()).toEqual(['/limit', '/offset', '/status']);
  });

  it('hides the hub’s own trouble from the caller', async () => {
    const { ask, operations } = await started();
    operations.broken = true;
    const problem = await problemOf(await ask('/overview'));
    expect(problem).toMatchObject({ status: 500 });
    expect(problem.detail).not.toContain('database');
  });
});

describe('acting', () => {
  it('lists, pauses and resumes targets as the one who asked, and says when there is nothing to do', async () => {
    const { ask, operations } = await started();
    expect(await (await ask('/targets')).json()).toMatchObject({ items: [{ system: 'dallas', waiting: 2 }] });
    expect((await ask('/targets/dallas/pause', { reason: ' stocktaking ' })).status).toBe(200);
    expect((await ask('/targets/dallas/resume', null)).status).toBe(200);
    expect(operations.acts).toEqual(['pause dallas by cli: stocktaking', 'resume dallas by cli']);
    expect(await problemOf(await ask('/targets/reno/resume', null))).toMatchObject({ status: 409 });
    expect(await problemOf(await ask('/targets/dallas/pause', { reason: ' ' }))).toMatchObject({
      status: 400,
    });
  });

  it('retries and discards as the one who asked, with the reason', async () => {
    const { ask, operations } = await started();
    expect((await ask('/exceptions/7/retry', null)).status).toBe(200);
    expect((await ask('/exceptions/7/discard', { reason: ' shipped by hand ' })).status).toBe(200);
    expect(operations.acts).toEqual(['retry 7 by cli', 'discard 7 by cli: shipped by hand']);
  });

  it('asks for a reason', async () => {
    const { ask, operations } = await started();
    expect(await problemOf(await ask('/exceptions/7/discard', {}))).toMatchObject({
      status: 400,
      faults: [{ path: '/reason' }],
    });
    expect((await ask('/exceptions/7/discard', { reason: '   ' })).status).toBe(400);
    expect(operations.acts).toEqual([]);
  });

  it('says so when there is nothing left to do', async () => {
    const { ask } = await started();
    expect(await problemOf(await ask('/exceptions/8/retry', null))).toMatchObject({ status: 409 });
  });
});

it('publishes OpenAPI 3.1 in which every reference resolves', async () => {
  const { url } = await started();
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as {
    openapi: string;
    paths: Record<string, Record<string, unknown>>;
    components: { schemas: Record<string, unknown> };
  };
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths).sort()).toEqual([
    '/api/v1/bulk',
    '/api/v1/bulk/{id}',
    '/api/v1/bulk/{id}/cancel',
    '/api/v1/bulk/{id}/start',
    '/api/v1/bulk/{id}/try',
    '/api/v1/cases',
    '/api/v1/cases/{id}',
    '/api/v1/cases/{id}/acknowledge',
    '/api/v1/cases/{id}/assign',
    '/api/v1/cases/{id}/ignore',
    '/api/v1/cases/{id}/reopen',
    '/api/v1/events',
    '/api/v1/exceptions',
    '/api/v1/exceptions/{id}',
    '/api/v1/exceptions/{id}/discard',
    '/api/v1/exceptions/{id}/edit',
    '/api/v1/exceptions/{id}/resolve',
    '/api/v1/exceptions/{id}/retry',
    '/api/v1/invalid-messages',
    '/api/v1/mappings',
    '/api/v1/nodes',
    '/api/v1/overview',
    '/api/v1/replay-choices',
    '/api/v1/session',
    '/api/v1/targets',
    '/api/v1/targets/{system}/pause',
    '/api/v1/targets/{system}/resume',
    '/api/v1/threads',
    '/api/v1/threads/{id}',
    '/api/v1/threads/{id}/attempts',
    '/healthz',
    '/metrics',
    '/readyz',
    '/webhooks/{system}',
  ]);
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]);
  expect(references.length).toBeGreaterThan(10);
  for (const reference of new Set(references)) {
    expect(Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`)).toContain(
      reference,
    );
  }
});
