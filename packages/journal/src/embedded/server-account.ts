import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { EmbeddedPostgresError } from './errors.ts';

/** How the server's processes are started: as ourselves, or with root dropped to `uid` and `gid`. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
  /** The account can't pass through a folder above the files, so it keeps CAP_DAC_READ_SEARCH. */
  readonly needsSearch: boolean;
}

const SETPRIV = '/usr/bin/setpriv';
const CAP_DAC_READ_SEARCH = 2n;
const CAP_SETPCAP = 8n;

/** The accounts that are tried, best first; initdb refuses a uid that has no passwd entry. */
const ACCOUNTS = ['trunkline', 'nobody'];

/**
 * PostgreSQL refuses uid 0. Undefined means: not root, start it as we are.
 * An existing data directory keeps the account that it was made with.
 * @throws EmbeddedPostgresError NO_ACCOUNT | ROOT_CANNOT_BE_DROPPED
 */
export function chooseServerAccount(dataDir: string, nativeDir: string): ServerAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const { uid, gid } = ownerOf(dataDir) ?? passwdAccount();
  const blocked = [dirname(dataDir), nativeDir].map((path) => blockingAncestor(path, uid, gid));
  const blocker = blocked.find((path) => path !== undefined);
  if (blocker !== undefined && !canKeepSearch()) {
    throw new EmbeddedPostgresError(
      'ROOT_CANNOT_BE_DROPPED',
      `PostgreSQL doesn't run as root, and the account it was to run under (uid ${uid}) can't pass through ${blocker}. Run Trunkline as an ordinary user, or from a folder that others may pass through ("chmod o+x ${blocker}" allows that), or name another server in DATABASE_URL.`,
    );
  }
  return { uid, gid, needsSearch: blocker !== undefined };
}

function ownerOf(dataDir: string): { uid: number; gid: number } | undefined {
  const stat = statSync(dataDir, { throwIfNoEntry: false });
  return stat !== undefined && stat.uid !== 0 ? { uid: stat.uid, gid: stat.gid } : undefined;
}

function passwdAccount(): { uid: number; gid: number } {
  const rows = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ACCOUNTS) {
    const fields = rows.find((row) => row.startsWith(`${name}:`))?.split(':');
    const uid = Number(fields?.[2]);
    if (uid > 0) return { uid, gid: Number(fields?.[3]) };
  }
  throw new EmbeddedPostgresError(
    'NO_ACCOUNT',
    `PostgreSQL doesn't run as root, and this machine has none of the accounts ${ACCOUNTS.join(', ')} to run it under. Run Trunkline as an ordinary user, or make one with "useradd --system trunkline".`,
  );
}

function blockingAncestor(path: string, uid: number, gid: number): string | undefined {
  for (let at = resolve(path); ; at = dirname(at)) {
    const { mode, uid: owner, gid: group } = statSync(at);
    const searchBit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
    if ((mode & searchBit) === 0) return at;
    if (dirname(at) === at) return undefined;
  }
}

function canKeepSearch(): boolean {
  try {
    accessSync(SETPRIV, constants.X_OK);
    const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    const mask = (1n << CAP_DAC_READ_SEARCH) | (1n << CAP_SETPCAP);
    return (BigInt(`0x${effective ?? '0'}`) & mask) === mask;
  } catch {
    return false;
  }
}

export interface Invocation {
  readonly command: string;
  readonly args: string[];
  readonly options: { cwd: string; env: NodeJS.ProcessEnv; uid?: number; gid?: number };
}

/**
 * The command line that runs `command` under `account`. With `needsSearch` the one capability is passed on
 * as ambient, all others leave the bounding set, and `no_setuid_fixup` makes access(2), by which PostgreSQL
 * examines its own binaries, honour it (capabilities(7); without it: "invalid binary: Permission denied").
 */
export function invocationAs(
  account: ServerAccount | undefined,
  command: string,
  args: string[],
): Invocation {
  const options = { cwd: resolve('/'), env: serverEnvironment() };
  if (account === undefined) return { command, args, options };
  const { uid, gid } = account;
  if (!account.needsSearch) return { command, args, options: { ...options, uid, gid } };
  const identity = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--no-new-privs'];
  const sets = ['inh-caps', 'ambient-caps', 'bounding-set'].map((set) => `--${set}=-all,+dac_read_search`);
  const privileges = [...identity, ...sets, '--securebits=+no_setuid_fixup'];
  return { command: SETPRIV, args: [...privileges, command, ...args], options };
}

/** PG* variables of the caller (PGDATA, PGPORT, PGOPTIONS ...) would change this server; secrets don't belong in it. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'TMPDIR', 'SystemRoot', 'TEMP', 'TMP'];
  const inherited = kept.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(inherited), LC_ALL: 'C', TZ: 'UTC' };
}
