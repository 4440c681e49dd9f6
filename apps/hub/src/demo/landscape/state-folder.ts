import { randomBytes, randomInt } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { findRunningEmbedded, startEmbeddedPostgres } from '@trunkline/journal/embedded';
import { DemoFailure, messageOf, systemCode } from '../failure.ts';

/** What was made up once and stays the same for a state folder: the systems' secrets, and what tells this landscape from others. */
export interface Identity {
  readonly crmClientId: string;
  readonly crmClientSecret: string;
  readonly erpKey: string;
  readonly warehouseToken: string;
  readonly webhookSecret: string;
  /** Where the simulated CRM's record ids begin, in millions. */
  readonly crmSerial: number;
  /** Of every key on a live ERP. */
  readonly prefix?: string;
}

/** Which parts of the landscape outlive the state folder, and so remember earlier landscapes. */
export interface Outliving {
  readonly erp: boolean;
  readonly database: boolean;
}

const LOCK = 'demo.pid';

/** The demo's own folder: the systems' state files, their logs, the hub's configuration and database. Used by one demo at a time. */
export class StateFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Makes and locks it. @throws DemoFailure (exit 1) when another demo uses it or it cannot be written.
   * @param fresh what an earlier run left is removed.
   */
  static async open(
    name: 'demo' | 'demo-live' | 'batch',
    fresh: boolean,
    environment: NodeJS.ProcessEnv,
  ): Promise<StateFolder> {
    const folder = new StateFolder(resolve(environment['TRUNKLINE_STATE'] || '.trunkline', name));
    try {
      await mkdir(folder.path, { recursive: true, mode: 0o711 });
      await folder.#lock();
      if (fresh) await folder.#clear();
    } catch (error) {
      throw explained(folder.path, error);
    }
    return folder;
  }

  /**
   * Removes what an earlier run left when the simulated systems did not get to write down what they held (a power cut, a kill -9 of theirs):
   * the hub's database would know orders that no system has. Says whether it did.
   */
  async dropTorn(systems: readonly string[]): Promise<boolean> {
    if ((await this.read(MASTERS)) === undefined) return false;
    const states = await Promise.all(systems.map((system) => this.#has(`${system}.json`)));
    if (states.every((there) => there)) return false;
    await this.#clear();
    return true;
  }

  async #has(name: string): Promise<boolean> {
    return (await readdir(this.path)).includes(name);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  async read<T>(name: string): Promise<T | undefined> {
    try {
      return JSON.parse(await readFile(this.file(name), 'utf8')) as T;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw new DemoFailure(
        `${this.file(name)} cannot be read: ${messageOf(error)}. Remove ${this.path} to begin anew.`,
        1,
      );
    }
  }

  /** In one step, so that a crash leaves the old one. */
  async write(name: string, content: string): Promise<void> {
    const draft = this.file(`${name}.new`);
    try {
      await writeFile(draft, content, { mode: 0o600 });
      await rename(draft, this.file(name));
    } catch (error) {
      throw explained(this.path, error);
    }
  }

  /**
   * A server that outlives the folder knows the orders of earlier runs by the CRM's record ids, so with one these begin at a random place;
   * else at the start, so that the same seed gives the same run.
   */
  async identity({ erp, database }: Outliving): Promise<Identity> {
    const known = await this.read<Identity>('identity.json');
    if (known !== undefined) return known;
    const identity: Identity = {
      crmClientId: 'trunkline-demo',
      crmClientSecret: randomBytes(24).toString('base64url'),
      erpKey: randomBytes(20).toString('hex'),
      warehouseToken: randomBytes(24).toString('base64url'),
      webhookSecret: `whsec_${randomBytes(32).toString('base64')}`,
      crmSerial: erp || database ? randomInt(1, 1_000_000) : 0,
      ...(erp ? { prefix: `T${Date.now().toString(36).toUpperCase()}` } : {}),
    };
    await this.write('identity.json', JSON.stringify(identity));
    return identity;
  }

  /** Ends the hub's embedded database when it outlived the hub (a kill -9). */
  async endDatabase(): Promise<void> {
    const stateDir = this.file(HUB_STATE);
    if ((await findRunningEmbedded(stateDir)) === undefined) return;
    await (await startEmbeddedPostgres({ stateDir })).stop();
  }

  async release(): Promise<void> {
    await rm(this.file(LOCK), { force: true });
  }

  async #lock(): Promise<void> {
    const holder = Number(await readFile(this.file(LOCK), 'utf8').catch(() => ''));
    if (Number.isInteger(holder) && holder > 0 && holder !== process.pid && (await isDemo(holder))) {
      throw new DemoFailure(
        `A demo already runs on ${this.path} (process ${holder}). Stop it with Ctrl-C, or give this one another folder: TRUNKLINE_STATE=/some/folder.`,
        1,
      );
    }
    await writeFile(this.file(LOCK), `${process.pid}\n`);
  }

  async #clear(): Promise<void> {
    await this.endDatabase();
    for (const name of await readdir(this.path)) {
      if (name !== LOCK) await rm(this.file(name), { recursive: true, force: true });
    }
  }
}

/** Says that the systems have their masters. */
export const MASTERS = 'masters.json';

/** Where the hub keeps its embedded database, inside the state folder. */
export const HUB_STATE = 'hub';

/** A process of that number lives and is no stranger who got the number later. */
async function isDemo(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemCode(error) !== 'EPERM') return false;
  }
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => 'demo');
  return command.includes('demo');
}

function explained(path: string, error: unknown): unknown {
  switch (systemCode(error)) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new DemoFailure(
        `${path} cannot be written: ${messageOf(error)}. Give TRUNKLINE_STATE a folder that you own.`,
        1,
      );
    case 'ENOSPC':
    case 'EDQUOT':
      return new DemoFailure(
        `There is no space left for ${path}. Free some, or give TRUNKLINE_STATE a folder on another disk.`,
        1,
      );
    case 'ENOTDIR':
    case 'EEXIST':
      return new DemoFailure(
        `${path} is in the way: ${messageOf(error)}. Remove it, or give TRUNKLINE_STATE another folder.`,
        1,
      );
    default:
      return error;
  }
}
