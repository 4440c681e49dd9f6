import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { errnoOf } from './errors.ts';

/** Everything the embedded server keeps lies in `<state dir>/postgres/`. */
export interface StatePaths {
  readonly root: string;
  readonly data: string;
  readonly password: string;
  readonly port: string;
  readonly lock: string;
  readonly log: string;
}

/** Symbolic links are resolved: a running server is recognised by the exact path of its data directory. */
export async function statePaths(stateDir: string): Promise<StatePaths> {
  const root = join(await realpath(stateDir).catch(() => resolve(stateDir)), 'postgres');
  return {
    root,
    data: join(root, 'data'),
    password: join(root, 'password'),
    port: join(root, 'port'),
    lock: join(root, 'start.lock'),
    log: join(root, 'postgres.log'),
  };
}

/** Under root the server's own account has to pass through the folder, so it is 0711 there and 0700 else. */
export async function createStateDirectory(stateDir: string, asRoot: boolean): Promise<StatePaths> {
  await mkdir(stateDir, { recursive: true });
  const paths = await statePaths(stateDir);
  const mode = asRoot ? 0o711 : 0o700;
  try {
    await mkdir(paths.root, { mode });
    await chmod(paths.root, mode);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
  return paths;
}

export async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Publishes a file whole or not at all.
 * @returns false when `path` exists already, which is then left as it is.
 */
export async function createExclusively(path: string, content: string, mode: number): Promise<boolean> {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, content, { mode, flag: 'wx' });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** The private password: 32 random bytes made at the first start, readable by the starting user alone. */
export async function obtainPassword(paths: StatePaths): Promise<string> {
  const known = await readIfPresent(paths.password);
  if (known !== undefined) return known.trim();
  await createExclusively(paths.password, `${randomBytes(32).toString('base64url')}\n`, 0o600);
  return (await readFile(paths.password, 'utf8')).trim();
}

export async function rememberedPort(paths: StatePaths): Promise<number | undefined> {
  const port = Number.parseInt((await readIfPresent(paths.port)) ?? '', 10);
  return port > 0 && port < 65_536 ? port : undefined;
}

export async function rememberPort(paths: StatePaths, port: number): Promise<void> {
  const draft = `${paths.port}.${process.pid}`;
  await writeFile(draft, `${port}\n`);
  await rename(draft, paths.port);
}
