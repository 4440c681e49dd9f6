import { type Binaries, prepareBinaries } from './binaries.ts';
import { ensureCluster } from './cluster.ts';
import { connectionUrl, ensureDatabase } from './connection.ts';
import { clearCrashRemains } from './crash-remains.ts';
import { EmbeddedPostgresError, explainFileError } from './errors.ts';
import { tryPort } from './free-port.ts';
import { launchPostmaster, settled, stopPostmaster } from './postmaster.ts';
import { type RunningPostmaster, readPostmaster } from './postmaster-pid.ts';
import { chooseServerAccount } from './server-account.ts';
import { boundLog, keepLogBounded } from './server-log.ts';
import { withStartLock } from './start-lock.ts';
import {
  createStateDirectory,
  obtainPassword,
  readIfPresent,
  rememberedPort,
  rememberPort,
  type StatePaths,
  statePaths,
} from './state-directory.ts';
import { watchPostmaster } from './watch.ts';

const START_TIMEOUT_MS = 120_000;
const PORT_ATTEMPTS = 3;

export interface EmbeddedPostgresOptions {
  /** The server keeps everything in `<stateDir>/postgres`; made when absent. */
  readonly stateDir: string;
  /** Refused when taken. Without it: the port of the last start when free, else any free one. */
  readonly port?: number;
  /** Server settings beside or over the defaults. A server that runs already keeps those it was started with. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Progress for the operator, one sentence a call. */
  readonly log?: (sentence: string) => void;
  /** How long crash recovery or another process's start may take; 120,000 ms unless told. */
  readonly startTimeoutMs?: number;
}

export interface PostmasterExit {
  /** True when this handle's own `stop` brought it about. */
  readonly expected: boolean;
}

export interface EmbeddedPostgres {
  /** postgres://user:password@127.0.0.1:port/trunkline, as a superuser. */
  readonly url: string;
  readonly dataDir: string;
  readonly port: number;
  readonly pid: number;
  /** The server ran already: started by another process, or by one that has died since. */
  readonly reattached: boolean;
  /** Ends the server for everybody who uses it: fast, then immediate. Resolves when it has gone; idempotent. */
  stop(): Promise<void>;
  /** Called once when the postmaster has gone, however. Returns a function that withdraws the callback. */
  onExit(callback: (exit: PostmasterExit) => void): () => void;
}

/**
 * Starts PostgreSQL in `stateDir`, or re-attaches to the one that runs there. Safe when several processes
 * call it at once: one starts, the others re-attach. The server outlives a killed parent; end it by `stop`.
 * @throws EmbeddedPostgresError with a sentence for the operator.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const timeoutMs = options.startTimeoutMs ?? START_TIMEOUT_MS;
  try {
    const paths = await createStateDirectory(options.stateDir, process.getuid?.() === 0);
    return await withStartLock(paths.lock, timeoutMs, async () => {
      const running = await settled(paths, timeoutMs);
      if (running === undefined) return await startAndAttach(paths, timeoutMs, options);
      options.log?.(`Re-attaching to the PostgreSQL that listens on 127.0.0.1:${running.port}`);
      return await attach(paths, running, true);
    });
  } catch (error) {
    throw explainFileError(error, options.stateDir);
  }
}

/** The connection URL of the server that is ready in `stateDir`, for a second process; undefined when none is. */
export async function findRunningEmbedded(stateDir: string): Promise<string | undefined> {
  try {
    const paths = await statePaths(stateDir);
    const running = await readPostmaster(paths.data);
    const password = await readIfPresent(paths.password);
    if (running?.status !== 'ready' || password === undefined) return undefined;
    return connectionUrl(running.port, password.trim());
  } catch (error) {
    throw explainFileError(error, stateDir);
  }
}

async function start(
  paths: StatePaths,
  timeoutMs: number,
  options: EmbeddedPostgresOptions,
): Promise<RunningPostmaster> {
  const binaries = await prepareBinaries();
  const account = chooseServerAccount(paths.data, binaries.native);
  const password = await passwordFor(paths);
  const isNew = (await readIfPresent(paths.port)) === undefined;
  if (isNew) options.log?.(`Making a PostgreSQL ${binaries.majorVersion} data directory in ${paths.data}`);
  await ensureCluster(paths, binaries, account, password);
  await clearCrashRemains(paths.data);
  await boundLog(paths.log);
  const settings = options.settings ?? {};
  for (let attempt = 1; ; attempt += 1) {
    const port = await choosePort(paths, options.port, attempt);
    try {
      const running = await launchPostmaster({ paths, binaries, account, port, settings, timeoutMs });
      await rememberPort(paths, port);
      options.log?.(`PostgreSQL ${binaries.majorVersion} listens on 127.0.0.1:${port}`);
      return running;
    } catch (error) {
      const lostRace = error instanceof EmbeddedPostgresError && error.code === 'PORT_IN_USE';
      if (!lostRace || options.port !== undefined || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

async function passwordFor(paths: StatePaths): Promise<string> {
  const hasData = (await readIfPresent(`${paths.data}/PG_VERSION`)) !== undefined;
  if (hasData && (await readIfPresent(paths.password)) === undefined) {
    throw new EmbeddedPostgresError(
      'PASSWORD_MISSING',
      `The embedded PostgreSQL has data in ${paths.data}, but its password file ${paths.password} is missing. Put that file back (it belongs into every backup), or move ${paths.root} away to start empty.`,
    );
  }
  return await obtainPassword(paths);
}

async function choosePort(paths: StatePaths, wanted: number | undefined, attempt: number): Promise<number> {
  if (wanted !== undefined) {
    if ((await tryPort(wanted)) !== undefined) return wanted;
    throw new EmbeddedPostgresError(
      'PORT_IN_USE',
      `The embedded PostgreSQL can't listen on port ${wanted}: another program has it. End that program or choose another port.`,
    );
  }
  const last = attempt === 1 ? await rememberedPort(paths) : undefined;
  const port = (last === undefined ? undefined : await tryPort(last)) ?? (await tryPort(0));
  if (port !== undefined) return port;
  throw new EmbeddedPostgresError('PORT_IN_USE', 'The embedded PostgreSQL found no free port on 127.0.0.1.');
}

/** A server that can't be used after all is not left running. */
async function startAndAttach(
  paths: StatePaths,
  timeoutMs: number,
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const running = await start(paths, timeoutMs, options);
  try {
    return await attach(paths, running, false);
  } catch (error) {
    await stopPostmaster(running.pid, paths.data, (await prepareBinaries()).pgCtl);
    throw error;
  }
}

async function attach(
  paths: StatePaths,
  running: RunningPostmaster,
  reattached: boolean,
): Promise<EmbeddedPostgres> {
  const password = await passwordFor(paths);
  await ensureDatabase(paths, running.port, password);
  const url = connectionUrl(running.port, password);
  return handleOf(paths, running, url, reattached, await prepareBinaries());
}

function handleOf(
  paths: StatePaths,
  { pid, port }: RunningPostmaster,
  url: string,
  reattached: boolean,
  binaries: Binaries,
): EmbeddedPostgres {
  const logBound = keepLogBounded(paths.log);
  const watch = watchPostmaster(pid, paths.data, () => clearInterval(logBound));
  let stopping: Promise<void> | undefined;
  return {
    url,
    dataDir: paths.data,
    port,
    pid,
    reattached,
    stop: () => {
      stopping ??= watch.expectExit(() => stopPostmaster(pid, paths.data, binaries.pgCtl));
      return stopping;
    },
    onExit: (callback) => watch.onExit(callback),
  };
}
