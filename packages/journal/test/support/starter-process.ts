import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';

const SCRIPT = fileURLToPath(new URL('./start-embedded.ts', import.meta.url));

export interface Started {
  readonly url: string;
  readonly pid: number;
  readonly port: number;
  readonly reattached: boolean;
}

export interface Refused {
  readonly code: string;
  readonly message: string;
}

export interface StarterProcess {
  readonly answer: Promise<Started | Refused>;
  /** SIGKILL: the process gets no chance to end its server. Resolves when it has gone. */
  kill(): Promise<void>;
}

const children: ChildProcess[] = [];

afterEach(async () => {
  await Promise.all(children.splice(0).map(kill));
});

export interface StarterOptions {
  readonly as?: { readonly uid: number; readonly gid: number };
  /** Another copy of the start script, in a checkout that a test has made. */
  readonly script?: string;
}

/** A separate process that starts the embedded server in `stateDir`; killed after the test at the latest. */
export function spawnStarter(stateDir: string, { as, script = SCRIPT }: StarterOptions = {}): StarterProcess {
  const child = spawn(process.execPath, [script, stateDir], {
    ...as,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return { answer: firstLine(child), kill: () => kill(child) };
}

async function firstLine(child: ChildProcess): Promise<Started | Refused> {
  if (child.stdout === null) throw new Error('the starter has no output');
  for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line) as Started;
  throw new Error('the starter ended without a word');
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

export function started(answer: Started | Refused): Started {
  if ('code' in answer) throw new Error(`not started: ${answer.code} ${answer.message}`);
  return answer;
}
