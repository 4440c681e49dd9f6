// Writes docs/spec/journal-schema.md from the catalogue of a database that the migrations made just now.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../packages/journal/src/embedded/index.ts';
import { migrate, openDatabase } from '../packages/journal/src/index.ts';
import { readCatalogue } from '../packages/journal/test/support/catalogue.ts';
import { MANIFEST, schemaManifest } from '../packages/journal/test/support/schema-manifest.ts';

const stateDir = await mkdtemp(join(tmpdir(), 'trunkline-schema-'));
const server = await startEmbeddedPostgres({ stateDir });
try {
  const pool = openDatabase({ url: server.url });
  await migrate(pool);
  await writeFile(MANIFEST, schemaManifest(await readCatalogue(pool)));
  await pool.end();
} finally {
  await server.stop();
  await rm(stateDir, { recursive: true, force: true });
}
