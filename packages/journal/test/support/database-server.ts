import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/embedded/index.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A superuser's connection URL of the run's one server; each test file makes its own database there. */
    databaseUrl: string;
    /** Where test files write the names of databases that they leave behind; empty when nobody keeps them. */
    keptDatabasesFile: string;
  }
}

/**
 * Vitest's global set-up: one real PostgreSQL for the whole run, under the product's own supervisor.
 * TRUNKLINE_TEST_DATABASE_URL names another server; TRUNKLINE_TEST_FSYNC=off trades durability for speed;
 * TRUNKLINE_TEST_STATE_DIR is the runner's way to clean up after a crash of this process.
 */
export default async function startDatabaseServer(project: TestProject): Promise<() => Promise<void>> {
  const external = process.env['TRUNKLINE_TEST_DATABASE_URL'];
  if (external !== undefined && external !== '') {
    project.provide('databaseUrl', external);
    project.provide('keptDatabasesFile', '');
    return async () => {};
  }
  const stateDir =
    process.env['TRUNKLINE_TEST_STATE_DIR'] ?? (await mkdtemp(join(tmpdir(), 'trunkline-test-')));
  const fsync = process.env['TRUNKLINE_TEST_FSYNC'] === 'off' ? 'off' : 'on';
  const server = await startEmbeddedPostgres({ stateDir, settings: { fsync, max_connections: '120' } });
  const keptFile = join(stateDir, 'kept-databases');
  project.provide('databaseUrl', server.url);
  project.provide('keptDatabasesFile', process.env['CI'] === undefined ? keptFile : '');
  return async () => {
    await server.stop();
    if (existsSync(keptFile)) {
      const names = (await readFile(keptFile, 'utf8')).trim().split('\n').join(', ');
      console.error(`Databases of failed tests are kept in ${stateDir}: ${names}`);
    } else {
      await rm(stateDir, { recursive: true, force: true });
    }
  };
}
