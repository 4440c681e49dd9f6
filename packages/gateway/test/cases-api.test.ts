/**
 * Real: the gateway on a loopback socket, its JSON. Doubled: the cases port, in memory, with one case. Observed: answers on the wire and
 * what the port was asked.
 */
import { describe, expect, it } from 'vitest';
import { BULK, CASE } from './in-memory-cases.ts';
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

describe('cases', () => {
  it('are listed with sums and one next move, by status, queue, words and order', async () => {
    const { ask, cases } = await started();
    expect(await (await ask('/cases')).json()).toEqual({ items: [CASE], total: 1 });
    await ask('/cases?status=ignored&queue=desk&q=QU-210&sort=value&limit=5&offset=10');
    expect(cases.acts.map((act) => JSON.parse(act.slice(6)) as unknown)).toEqual([
      { status: 'active', sort: 'oldest', limit: 50, offset: 0 },
      { status: 'ignored', queue: 'desk', q: 'QU-210', sort: 'value', limit: 5, offset: 10 },
    ]);
    expect(await (await ask(`/cases/${CASE.id}`)).json()).toMatchObject({
      ...CASE,
      history: [{ by: 'ada' }],
    });
    expect(await problemOf(await ask('/cases/none'))).toMatchObject({ status: 404 });
  });

  it('are acknowledged, assigned, ignored and re-opened as the one who asked', async () => {
    const { ask, cases } = await started();
    const at = `/cases/${CASE.id}`;
    for (const [path, body] of [
      ['acknowledge', null],
      ['assign', { assignee: 'bob', queue: null }],
      ['ignore', { reason: ' a test customer ' }],
      ['reopen', null],
    ] as const)
      expect([path, (await ask(`${at}/${path}`, body)).status]).toEqual([path, 200]);
    expect(cases.acts).toEqual([
      'acknowledge by cli',
      'assign by cli {"assignee":"bob","queue":null}',
      'ignore by cli: a test customer',
      'reopen by cli',
    ]);
    expect(await problemOf(await ask(`${at}/ignore`, {}))).toMatchObject({ faults: [{ path: '/reason' }] });
    expect((await ask(`${at}/assign`, {})).status).toBe(400);
    expect((await ask('/cases/none/acknowledge', null)).status).toBe(409);
  });
});

describe('an exception', () => {
  it('shows its command beside the original', async () => {
    const { ask } = await started();
    expect(await (await ask('/exceptions/7')).json()).toMatchObject({
      command: { type: 'order.place', payload: { order: { id: 'so_1' } } },
      original: { order: { lines: [{ sku: 'A' }] } },
    });
  });

  it('is sent edited with who and why; an edit that breaks the contract gets 422 with the path', async () => {
    const { ask, cases } = await started();
    expect(
      (await ask('/exceptions/7/edit', { payload: { order: { id: 'so_1' } }, why: 'agreed' })).status,
    ).toBe(200);
    expect(cases.acts).toEqual(['edit by cli: agreed {"order":{"id":"so_1"}}']);
    const problem = await problemOf(await ask('/exceptions/7/edit', { payload: { a: 1 }, why: 'agreed' }));
    expect(problem).toMatchObject({ status: 422, faults: [{ path: '/order' }] });
    expect(await problemOf(await ask('/exceptions/7/edit', { payload: {} }))).toMatchObject({
      status: 400,
      faults: [{ path: '/why' }],
    });
    expect((await ask('/exceptions/8/edit', { payload: {}, why: 'x' })).status).toBe(409);
  });

  it('is closed by hand with a note', async () => {
    const { ask, cases } = await started();
    expect((await ask('/exceptions/7/resolve', { note: 'booked by hand' })).status).toBe(200);
    expect((await ask('/exceptions/8/resolve', { note: 'x' })).status).toBe(409);
    expect(cases.acts[0]).toBe('resolve 7 by cli: booked by hand');
  });
});

it('a mapping is made, and taken back by null', async () => {
  const { ask, cases } = await started();
  const mapping = { kind: 'product', system: 'erp', source: 'QU-210', target: 'QU-211' };
  expect(await (await ask('/mappings', { ...mapping, why: 'renamed' })).json()).toMatchObject({
    ...mapping,
    by: 'cli',
  });
  expect((await ask('/mappings', { ...mapping, target: null })).status).toBe(200);
  expect(await problemOf(await ask('/mappings', { kind: 'product' }))).toMatchObject({ status: 400 });
  expect(cases.acts).toHaveLength(2);
  expect(await problemOf(await ask('/mappings', { ...mapping, kind: 'colour' }))).toMatchObject({
    status: 422,
    detail: 'There is no kind colour.',
    faults: [{ path: '/kind' }],
  });
  expect(
    await problemOf(await ask('/mappings', { ...mapping, source: 'never', target: null })),
  ).toMatchObject({ status: 409, detail: 'product never is not mapped in erp.' });
  expect(await (await ask('/mappings')).json()).toMatchObject({
    items: [],
    waiting: [{ value: 'A-OLD', waiting: 3 }],
  });
});

describe('an act on many', () => {
  it('is previewed, tried, started and cancelled', async () => {
    const { ask, cases } = await started();
    const wanted = { act: 'retry', exceptions: { case: CASE.id } };
    expect(await (await ask('/bulk', wanted)).json()).toEqual(BULK);
    expect((await ask('/bulk/3/try', null)).status).toBe(200);
    expect(await problemOf(await ask('/bulk/3/start', null))).toMatchObject({ status: 409 });
    await ask('/bulk/3/cancel', null);
    expect(cases.acts.slice(1)).toEqual(['try 3 by cli', 'start 3 by cli', 'cancel 3 by cli']);
    expect(await (await ask('/bulk/3')).json()).toMatchObject({ items: [{ thread: 'so_1' }] });
    expect((await ask('/bulk/4')).status).toBe(404);
    expect(await (await ask('/bulk')).json()).toEqual({ items: [BULK] });
    expect(await (await ask('/replay-choices')).json()).toMatchObject({
      flows: ['order-release', 'order-status'],
      types: [{ system: 'crm', type: 'opportunity' }, { system: 'dallas' }],
    });
  });

  it('is refused with the reason when its members do not fit together, nothing fits, or too much', async () => {
    const { ask } = await started();
    const pathsOf = async (body: unknown) =>
      (await problemOf(await ask('/bulk', body))).faults?.map(({ path }) => path);
    expect(await pathsOf({ act: 'replay', messages: { flow: 'order-release' } })).toEqual(['/messages']);
    expect(await pathsOf({ act: 'discard', exceptions: { code: 'x' } })).toEqual(['/reason']);
    expect(await pathsOf({ act: 'retry', messages: { key: 'so_1' }, patch: {} })).toEqual([
      '/exceptions',
      '/act',
    ]);
    const one = { act: 'retry', exceptions: { case: 'none' } };
    expect((await ask('/bulk', one)).status).toBe(409);
    const narrow = { act: 'replay', messages: { key: 'so_1' }, limit: 1 };
    expect((await problemOf(await ask('/bulk', narrow))).detail).toContain('Narrow');
  });
});
