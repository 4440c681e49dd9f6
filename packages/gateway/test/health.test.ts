/**
 * Real: the gateway on a loopback socket. Doubled: the operations port and the readiness question.
 * Observed: answers on the wire, the error that listen gives.
 */
import { expect, it } from 'vitest';
import { prepareGateway, startGateway } from './running-gateway.ts';

it('tells the process from its readiness', async () => {
  const { url, operations } = await startGateway();
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  operations.broken = true;
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const answer = await fetch(`${url}/readyz`);
  expect([answer.status, await answer.json()]).toMatchObject([
    503,
    { status: 'not_ready', checks: [{ ok: false, remedy: expect.any(String) }] },
  ]);
});

it('is not ready when a check fails or never answers', async () => {
  const failing = await startGateway({ ready: async () => [{ name: 'disk', ok: false, detail: 'full' }] });
  expect((await fetch(`${failing.url}/readyz`)).status).toBe(503);
  const hanging = await startGateway({ ready: () => new Promise(() => undefined) });
  expect((await fetch(`${hanging.url}/readyz`)).status).toBe(503);
});

it('says what to do about a port in use', async () => {
  const { url } = await startGateway();
  const port = Number(new URL(url).port);
  const { gateway } = await prepareGateway();
  await expect(gateway.listen({ host: '127.0.0.1', port })).rejects.toThrow(
    `Port ${port} on 127.0.0.1 is in use by another program. Stop that program`,
  );
});
