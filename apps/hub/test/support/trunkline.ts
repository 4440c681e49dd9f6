import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './configuration-file.ts';

const CLI = resolve(import.meta.dirname, '../../src/cli.ts');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Environment = Readonly<Record<string, string>>;

/** Nothing of the caller's own hub: neither its configuration, nor its database, nor its colours. */
function surroundings(environment: Environment): { cwd: string; env: NodeJS.ProcessEnv } {
  const { DATABASE_URL: _url, TRUNKLINE_CONFIG: _config, npm_lifecycle_event: _npm, ...rest } = process.env;
  const cwd = temporaryFolder();
  return { cwd, env: { ...rest, TRUNKLINE_STATE: cwd, NO_COLOR: '1', COLUMNS: '100', ...environment } };
}

/** Runs a command to its end. */
export function trunkline(args: readonly string[], environment: Environment = {}): Promise<Ended> {
  const options = { ...surroundings(environment), timeout: 110_000, maxBuffer: 16 * 1024 * 1024 };
  return new Promise((ended) => {
    const child = execFile(process.execPath, [CLI, ...args], options, (_error, stdout, stderr) =>
      ended({ code: child.exitCode, stdout, stderr }),
    );
  });
}

/** Runs a command whose reader goes away before it has read anything. Resolves with what it says on stderr. */
export function unread(args: readonly string[]): Promise<string> {
  const line = `"$@" | true`;
  return new Promise((ended) => {
    execFile(
      'sh',
      ['-c', line, 'sh', process.execPath, CLI, ...args],
      surroundings({}),
      (_error, _out, stderr) => ended(stderr),
    );
  });
}

/** A command that runs until it is told to end; killed when the test ends before that. */
export class RunningCommand {
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';
  readonly #exited: Promise<unknown>;

  constructor(args: readonly string[], environment: Environment = {}) {
    this.#child = spawn(process.execPath, [CLI, ...args], {
      ...surroundings(environment),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (chunk) => (this.#stdout += chunk));
    this.#child.stderr?.on('data', (chunk) => (this.#stderr += chunk));
    this.#exited = once(this.#child, 'close');
    onTestFinished(() => this.kill());
  }

  /** What it has printed, once `pattern` occurs there. */
  async printed(pattern: RegExp): Promise<string> {
    for (;;) {
      if (pattern.test(this.#stdout)) return this.#stdout;
      const [end] = await Promise.race([
        once(this.#child.stdout as NodeJS.ReadableStream, 'data').then(() => []),
        this.#exited.then(() => ['ended']),
      ]);
      if (end === 'ended' && !pattern.test(this.#stdout))
        throw new Error(`It ended without ${pattern}: ${this.#stdout}${this.#stderr}`);
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  async ended(): Promise<Ended> {
    await this.#exited;
    return { code: this.#child.exitCode, stdout: this.#stdout, stderr: this.#stderr };
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    await this.#exited;
  }
}
