import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { LandscapeChild } from '../../apps/hub/src/demo/landscape/child.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const START_MS = 60_000;
const GRACE_MS = 30_000;
/** Between two starts of a node that cannot start, e.g. because its database is away. */
const AGAIN_MS = 300;

export interface HubNodeOptions {
  readonly name: string;
  readonly configuration: string;
  readonly databaseUrl: string;
  readonly roles: string;
  /** Absent: the configured one. */
  readonly port?: number;
  /** Its wall clock is wrong by so much. Milliseconds. */
  readonly clockShiftMs?: number;
  readonly logFile: string;
  readonly say: (sentence: string) => void;
}

/** One hub process with its supervisor: whatever ends it, it is started again until it is told to stay down. */
export class HubNode {
  readonly name: string;
  readonly #options: HubNodeOptions;
  #child: LandscapeChild | undefined;
  #wanted = false;
  #downForMs = 0;
  #paused = false;
  #supervising: Promise<void> = Promise.resolve();
  /** Exits that nobody asked for, in its own words. */
  readonly unexpected: string[] = [];

  constructor(options: HubNodeOptions) {
    this.#options = options;
    this.name = options.name;
  }

  /** Starts it and keeps it running. Resolves when it is up for the first time. */
  async start(): Promise<void> {
    this.#wanted = true;
    const child = await this.#launch();
    this.#supervising = this.#supervise(child);
  }

  get up(): boolean {
    return this.#child !== undefined && !this.#paused;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** kill -9; the supervisor starts it again after `downForMs`. */
  async kill(downForMs: number): Promise<void> {
    this.#downForMs = downForMs;
    const child = this.#child;
    this.#child = undefined;
    this.resume(child);
    child?.kill();
    await child?.exited;
  }

  /** kill -9, and nobody starts it again. */
  async killForGood(): Promise<void> {
    this.#wanted = false;
    await this.kill(0);
    await this.#supervising;
  }

  /** SIGTERM: it drains and gives its partitions back, and comes again after `downForMs`. */
  async restart(downForMs: number): Promise<void> {
    this.#downForMs = downForMs;
    const child = this.#child;
    this.#child = undefined;
    await child?.stop(GRACE_MS);
  }

  /** SIGSTOP: for longer than a lease, and it wakes as a node that others have taken for dead. */
  suspend(): void {
    if (this.#child?.pid === undefined) return;
    this.#paused = true;
    process.kill(this.#child.pid, 'SIGSTOP');
  }

  resume(child = this.#child): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (child?.pid !== undefined) process.kill(child.pid, 'SIGCONT');
  }

  /** For good. */
  async stop(): Promise<void> {
    this.#wanted = false;
    this.resume();
    const child = this.#child;
    await child?.stop(GRACE_MS);
    await this.#supervising;
  }

  async #supervise(first: LandscapeChild): Promise<void> {
    for (let child: LandscapeChild | undefined = first; child !== undefined; ) {
      const { code, signal } = await child.exited;
      // Whoever asked for the end took the child away first.
      if (this.#child === child && this.#wanted) {
        this.unexpected.push(`${this.name} ended by itself (code ${code}, signal ${signal})`);
        this.#options.say(`${this.unexpected.at(-1)}; its log is ${this.#options.logFile}`);
      }
      this.#child = undefined;
      await pause(this.#downForMs);
      this.#downForMs = 0;
      child = await this.#startAgain();
    }
  }

  async #startAgain(): Promise<LandscapeChild | undefined> {
    while (this.#wanted) {
      try {
        return await this.#launch();
      } catch {
        await pause(AGAIN_MS);
      }
    }
    return undefined;
  }

  async #launch(): Promise<LandscapeChild> {
    const { configuration, databaseUrl, roles, port, clockShiftMs, logFile, name } = this.#options;
    const clock = resolve(import.meta.dirname, 'shifted-clock.mjs');
    const child = await LandscapeChild.start({
      name: `the node ${name}`,
      script: resolve(ROOT, 'apps/hub/src/cli.ts'),
      nodeFlags: [
        '--max-semi-space-size=4',
        '--heap-growing-percent=50',
        ...(clockShiftMs === undefined ? [] : ['--import', clock]),
      ],
      args: [
        'start',
        '-c',
        configuration,
        '--role',
        roles,
        ...(port === undefined ? [] : ['--port', String(port)]),
      ],
      env: {
        DATABASE_URL: databaseUrl,
        ...(clockShiftMs === undefined ? {} : { TRUNKLINE_TEST_CLOCK_SHIFT_MS: String(clockShiftMs) }),
      },
      logFile,
      startTimeoutMs: START_MS,
    });
    if (!this.#wanted) {
      await child.stop(GRACE_MS);
      throw new Error('It is not wanted any more.');
    }
    this.#child = child;
    return child;
  }
}
