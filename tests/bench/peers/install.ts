import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const MARKER = join(HERE, 'node_modules', '.installed');
const PACKAGES: Readonly<Record<string, string>> = {
  'pg-boss': 'pg-boss',
  'graphile-worker': 'graphile-worker',
  dbos: '@dbos-inc/dbos-sdk',
};

/** What the bench compares with is no part of the product and of its dependencies: it is installed here, when first asked for. */
export async function installPeers(): Promise<void> {
  const wanted = createHash('sha256')
    .update(readFileSync(join(HERE, 'package-lock.json')))
    .digest('hex');
  if (existsSync(MARKER) && readFileSync(MARKER, 'utf8') === wanted) return;
  process.stderr.write(
    'Installing the peers to compare with (once; --without-peers does without them) ...\n',
  );
  const script = process.env['npm_execpath'];
  const [command, first] = script?.endsWith('.js') ? [process.execPath, [script]] : ['npm', []];
  const argv = [
    ...first,
    'ci',
    '--prefix',
    HERE,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  try {
    await promisify(execFile)(command, argv, {
      cwd: HERE,
      shell: process.platform === 'win32' && first.length === 0,
    });
  } catch (cause) {
    throw new Error(
      `The peers could not be installed in ${HERE}: ${String(cause)}. Mend that, or leave them out with --without-peers.`,
      { cause },
    );
  }
  writeFileSync(MARKER, wanted);
}

/** The version of a contestant that was installed; empty for ourselves. */
export function versionOf(contestant: string): string {
  const name = PACKAGES[contestant];
  if (name === undefined) return '';
  const manifest = JSON.parse(readFileSync(join(HERE, 'node_modules', name, 'package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
