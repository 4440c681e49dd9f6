/**
 * Every promise of the live check, on the simulated Odoo of all four releases, each a process of its own that shares nothing with the
 * connector. Real: HTTP, both transports, the whole outbound side. Doubled: Odoo. The same checks run on real servers by
 * `npm run check:odoo`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runLiveCheck } from '../src/index.ts';

const MAIN = resolve(import.meta.dirname, '../../../simulators/odoo/src/main.ts');
const children: ChildProcess[] = [];

afterAll(async () => {
  for (const child of children) if (child.exitCode === null && child.kill()) await once(child, 'exit');
});

async function simulated(series: string): Promise<string> {
  const child = spawn(process.execPath, [MAIN, '--series', series], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [line] = await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
  return (JSON.parse(String(line)) as { listening: string }).listening;
}

describe.each(['19.0', '18.0', '17.0', '16.0'])('the simulated Odoo %s', (series) => {
  test('keeps every promise of the live check', { timeout: 120_000 }, async () => {
    const results = await runLiveCheck({
      url: await simulated(series),
      database: 'demo',
      login: 'hub',
      apiKey: 'demo-odoo-api-key',
      password: 'hub',
      prefix: 'sim',
    });
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
    expect(results.length).toBeGreaterThan(50);
  });
});
