/** What every target promises, of releases. Real: HTTP. Doubled: the warehouse, by the simulated one as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { describeTarget } from '@trunkline/messaging/conformance';
import type { Delivery } from '@trunkline/messaging';
import { createWarehouseRestConnector } from '../src/index.ts';

const MAIN = resolve(import.meta.dirname, '../../../simulators/warehouse/src/main.ts');
const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;

function create(n: number, releaseNumber = `DAL/OUT/0000${n}`): Delivery {
  const release = {
    releaseNumber,
    revision: 1,
    site: 'DAL',
    orderId: `so_${n}`,
    orderNumber: `S${n}`,
    priority: 5,
    shipTo: { name: 'Acme', lines: ['1 Road'], city: 'Cork', country: 'IE' },
    lines: [{ line: '1', sku: 'CHAI', quantity: '2.5', unit: 'KGM' }],
  };
  const base = { id: String(n), key: `so_${n}`, target: 'dallas', flow: 'order-release', attempt: 1 };
  return { ...base, type: 'release.create', payload: { release }, ambiguous: false };
}

describeTarget('a warehouse, for releases', async () => {
  const flags = ['--site', 'DAL', '--token', 'secret', '--webhook-secret', SECRET];
  const child: ChildProcess = spawn(process.execPath, [MAIN, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
  const { listening: url } = JSON.parse(String(line)) as { listening: string };
  const config = { url, site: 'DAL', token: 'secret', webhookSecret: SECRET };
  const connector = createWarehouseRestConnector(config, { system: 'dallas' });
  if (connector.target === undefined) throw new Error('No target.');
  // A number that the warehouse knows with other content.
  const [taken] = await connector.target.deliver([create(77)], AbortSignal.timeout(30_000));
  if (taken?.kind !== 'succeeded') throw new Error('The warehouse did not take its first release.');
  return {
    target: connector.target,
    deliveries: (count) => Array.from({ length: count }, (_, n) => create(n)),
    refused: () => create(99, 'DAL/OUT/000077'),
    malformed: () => [
      create(97, '!bad'),
      { ...create(98), payload: { release: { releaseNumber: 'DAL/OUT/98' } } },
    ],
    effects: async () => {
      const answer = await fetch(`${url}/_sim/summary`);
      return ((await answer.json()) as { releases: { total: number } }).releases.total - 1;
    },
    close: async () => {
      await connector.close();
      if (child.exitCode === null && child.kill()) await once(child, 'exit');
    },
  };
});
