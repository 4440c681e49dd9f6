import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { DemoFailure } from '../failure.ts';

export interface ChildOptions {
  /** For people, e.g. "the simulated Odoo". */
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
  /** Node's own flags. */
  readonly nodeFlags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What it prints on stderr, appended. */
  readonly logFile: string;
  readonly startTimeoutMs: number;
  /** Asks it to end while it starts. */
  readonly signal?: AbortSignal;
}

/** What a child says when it is ready: on the IPC channel, or as a JSON line on stdout. */
export interface Ready {
  readonly listening: string;
  readonly login?: { readonly user: string; readonly password: string };
}

export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * A process of the landscape. It has a process group of its own, so that Ctrl-C at the terminal reaches the demo alone and the order of
 * ending is ours, and an IPC channel, so that it ends by itself when the demo is killed (it sees `disconnect`).
 */
export class LandscapeChild {
  readonly name: string;
  readonly ready: Ready;
  /** Resolves when the process has gone, however. */
  readonly exited: Promise<ChildExit>;
  readonly #process: ChildProcess;

  private constructor(name: string, child: ChildProcess, ready: Ready, exited: Promise<ChildExit>) {
    this.name = name;
    this.ready = ready;
    this.exited = exited;
    this.#process = child;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** @throws DemoFailure (exit 1) with its last words when it ends or stays silent before it is ready. */
  static async start(options: ChildOptions): Promise<LandscapeChild> {
    const logged = await stat(options.logFile).then(
      ({ size }) => size,
      () => 0,
    );
    const log = openSync(options.logFile, 'a', 0o600);
    // Its words go straight into the file: into a pipe they would break it (EPIPE) while it ends after us.
    const child = spawn(process.execPath, [...(options.nodeFlags ?? []), options.script, ...options.args], {
      stdio: ['ignore', 'pipe', log, 'ipc'],
      detached: true,
      env: { ...process.env, ...options.env },
    });
    closeSync(log);
    const exited = exitOf(child);
    const stop = () => child.kill('SIGTERM');
    options.signal?.addEventListener('abort', stop, { once: true });
    try {
      const ready = await Promise.race([
        readyOf(child),
        exited.then(async (exit) => {
          throw new EndedEarly(options, exit, await lastWords(options.logFile, logged));
        }),
        pause(options.startTimeoutMs, undefined, { ref: false }).then(() => Promise.reject(silent(options))),
      ]);
      return new LandscapeChild(options.name, child, ready, exited);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    } finally {
      options.signal?.removeEventListener('abort', stop);
    }
  }

  /** Asks it to end, and after `graceMs` ends it. Resolves when it has gone. */
  async stop(graceMs: number): Promise<void> {
    this.#process.kill('SIGTERM');
    const gone = await Promise.race([this.exited.then(() => true), pause(graceMs, false, { ref: false })]);
    if (!gone) this.kill();
    await this.exited;
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }
}

function exitOf(child: ChildProcess): Promise<ChildExit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: 1, signal: null }));
  });
}

function readyOf(child: ChildProcess): Promise<Ready> {
  return new Promise((resolve) => {
    child.on('message', (message) => {
      if (isReady(message)) resolve(message);
    });
    if (child.stdout === null) return;
    // Read to its end, or a child that says more would come to a halt.
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!line.startsWith('{')) return;
      try {
        const message: unknown = JSON.parse(line);
        if (isReady(message)) resolve(message);
      } catch {
        // A log line that only looks like JSON.
      }
    });
  });
}

function isReady(message: unknown): message is Ready {
  return (
    typeof message === 'object' &&
    message !== null &&
    'listening' in message &&
    typeof message.listening === 'string'
  );
}

/** The end of what it logged since it was started. */
async function lastWords(file: string, from: number): Promise<string> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const start = Math.max(from, size - 2000);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    return buffer.toString('utf8', 0, bytesRead).trim();
  } finally {
    await handle.close();
  }
}

/** It ended before it was ready. */
export class EndedEarly extends DemoFailure {
  readonly exit: ChildExit;

  constructor({ name, logFile }: ChildOptions, exit: ChildExit, words: string) {
    const cause = words === '' ? `See ${logFile}.` : `It said:\n${words}`;
    super(`${capital(name)} ${howItEnded(exit)} before it was ready. ${cause}`, 1);
    this.exit = exit;
  }
}

export function howItEnded({ code, signal }: ChildExit): string {
  return signal === null ? `ended unexpectedly with code ${code}` : `was ended by ${signal}`;
}

function silent({ name, startTimeoutMs, logFile }: ChildOptions): DemoFailure {
  return new DemoFailure(
    `${capital(name)} was not ready after ${startTimeoutMs / 1000} s. See ${logFile}; a slow machine may need a second try.`,
    1,
  );
}

export function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
