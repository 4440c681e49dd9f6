/**
 * Real: the gateway on a loopback socket and a folder of files in the shape of the console's build.
 * Doubled: everything behind the API (not asked here).
 * Observed: answers on the wire.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { problemOf, startGateway } from './running-gateway.ts';

const PAGE = { headers: { accept: 'text/html' } };

async function withConsole() {
  const consoleDir = mkdtempSync(join(tmpdir(), 'trunkline-console-'));
  onTestFinished(() => rmSync(consoleDir, { recursive: true }));
  mkdirSync(join(consoleDir, 'assets'));
  writeFileSync(join(consoleDir, 'index.html'), '<!doctype html><title>console</title>');
  writeFileSync(join(consoleDir, 'assets/app-abc.js'), 'console.log(1)');
  writeFileSync(join(consoleDir, 'assets/app-abc.js.br'), brotliCompressSync('console.log(1)'));
  return startGateway({ consoleDir });
}

it('serves the console and its views, and never in place of the API', async () => {
  const { url } = await withConsole();
  for (const path of ['/', '/exceptions', '/threads/order%2F1']) {
    const page = await fetch(url + path, PAGE);
    expect([path, page.status, await page.text()]).toEqual([
      path,
      200,
      expect.stringContaining('<title>console'),
    ]);
    expect(page.headers.get('cache-control')).toBe('no-cache');
  }
  for (const path of ['/api/v1/nothing', '/api', '/webhooks/x']) {
    expect([path, await problemOf(await fetch(url + path, PAGE))]).toMatchObject([path, { status: 404 }]);
  }
  expect((await fetch(`${url}/assets/missing.js`)).status).toBe(404);
  expect((await fetch(`${url}/../package.json`)).status).toBe(404);
});

it('sends named assets compressed, to be kept for ever', async () => {
  const { url } = await withConsole();
  const asset = await fetch(`${url}/assets/app-abc.js`, { headers: { 'accept-encoding': 'br' } });
  expect(asset.headers.get('content-encoding')).toBe('br');
  expect(asset.headers.get('content-type')).toContain('javascript');
  expect(asset.headers.get('cache-control')).toContain('immutable');
  expect(await asset.text()).toBe('console.log(1)');
});

it('lets no page run foreign or inline scripts, or be framed', async () => {
  const { url } = await withConsole();
  const { headers } = await fetch(url, PAGE);
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});

it('says how to get a console that is not built', async () => {
  const { url } = await startGateway({ consoleDir: '/nowhere' });
  expect((await problemOf(await fetch(url, PAGE))).detail).toContain('build');
});
