import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openDatabase } from '@trunkline/journal';
import { startEmbeddedPostgres } from '@trunkline/journal/embedded';
import type { Job } from './journal/job.ts';
import type { Figures } from './journal/measure.ts';
import { medianOf, type Row, tableOf, type Verdict, verdictsOf } from './journal/report.ts';
import { watchMegabytes } from './journal/server-processes.ts';
import { installPeers, versionOf } from './peers/install.ts';
import { wholeNumber } from './whole-number.ts';

const KINDS = ['bare', 'plain', 'full'] as const;
const TURN = fileURLToPath(new URL('./journal/turn.ts', import.meta.url));

/**
 * Slow contestants get a share of the events, so that a run ends within minutes.
 */
const SHARES: Readonly<Record<string, number>> = {
  trunkline: 1,
  raw: 1,
  'pg-boss': 1,
  'graphile-worker': 0.2,
  dbos: 0.2,
};

interface Outcome {
  readonly job: string;
  readonly machine: {
    readonly node: string;
    readonly postgres: string;
    readonly cores: number;
    readonly load: number;
  };
  readonly rounds: number;
  readonly contestants: readonly Row[];
  readonly verdicts: readonly Verdict[];
}

/**
 * The journal beside its peers and the raw limit: in one run, turn by turn, each turn in a process of its own on a freshly started
 * server with fsync on.
 */
export async function journalBench(args: readonly string[]): Promise<Outcome | undefined> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '3' },
      events: { type: 'string', default: '20000' },
      only: { type: 'string' },
      'without-peers': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const rounds = wholeNumber('--rounds', values.rounds, 1);
  const events = wholeNumber('--events', values.events, 1000);
  const contestants = Object.keys(SHARES).filter((name) =>
    values.only === undefined
      ? !values['without-peers'] || ['trunkline', 'raw'].includes(name)
      : values.only.split(',').includes(name),
  );
  if (contestants.some((name) => !['trunkline', 'raw'].includes(name))) await installPeers();
  const outcome = await run(contestants, rounds, events);
  if (values.json) return outcome;
  const { node, postgres, cores, load } = outcome.machine;
  process.stdout.write(
    [
      '',
      `${outcome.job}; medians of ${rounds}; node ${node}, PostgreSQL ${postgres}, ${cores} cores, load average ${load}`,
      '',
      tableOf(outcome.contestants),
      '',
      ...outcome.verdicts.map(
        ({ goal, measured, reached }) => `${reached ? 'reached' : 'MISSED '}  ${goal}: ${measured}`,
      ),
      '',
    ].join('\n'),
  );
  return undefined;
}

async function run(contestants: readonly string[], rounds: number, events: number): Promise<Outcome> {
  const stateDir = await mkdtemp(join(tmpdir(), 'trunkline-bench-'));
  const load = Math.round((loadavg()[0] ?? 0) * 10) / 10;
  const turns = new Map<string, Figures[]>();
  let postgres = '';
  try {
    for (let round = 0; round < rounds; round++) {
      for (const kind of KINDS) {
        // Another goes first each time.
        const order = contestants.map((_, i) => contestants[(i + round) % contestants.length] ?? '');
        for (const contestant of order) {
          const job = { contestant, events: eventsFor(contestant, events), kind };
          const title = `round ${round + 1}/${rounds} ${kind} ${contestant}`;
          const { figures, server } = await takeTurn(stateDir, job, title);
          postgres = server;
          const name = `${contestant} ${kind}`;
          turns.set(name, [...(turns.get(name) ?? []), figures]);
        }
      }
    }
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
  const rows = contestants.map((contestant) => ({
    contestant,
    version: versionOf(contestant),
    events: eventsFor(contestant, events),
    bare: medianOf(turns.get(`${contestant} bare`) ?? []),
    plain: medianOf(turns.get(`${contestant} plain`) ?? []),
    full: medianOf(turns.get(`${contestant} full`) ?? []),
  }));
  return {
    job: `${events} events of 1 KB, 2,000 keys, order per key, fsync on`,
    machine: { node: process.versions.node, postgres, cores: availableParallelism(), load },
    rounds,
    contestants: rows,
    verdicts: verdictsOf(rows),
  };
}

/** A multiple of 1,000, so that all batches are full. */
function eventsFor(contestant: string, events: number): number {
  return Math.max(1000, Math.round((events * (SHARES[contestant] ?? 1)) / 1000) * 1000);
}

/** On a server that was started for this turn: nothing in its buffers, nobody's checkpoint or vacuum to pay for. */
async function takeTurn(
  stateDir: string,
  job: Job,
  title: string,
): Promise<{ figures: Figures; server: string }> {
  const server = await startEmbeddedPostgres({ stateDir });
  const admin = openDatabase({ url: server.url, poolSize: 1 });
  try {
    const { rows } = await admin.query<{ server_version: string }>('show server_version');
    await admin.query('drop database if exists turn with (force)');
    await admin.query('create database turn');
    const peak = watchMegabytes(server.pid);
    const figures = await inChild(job, server.url.replace(/\/[^/]*$/, '/turn'), server.pid, title);
    return { figures: { ...figures, serverMegabytes: peak() }, server: rows[0]?.server_version ?? '' };
  } finally {
    await admin.query('drop database if exists turn with (force)').catch(() => undefined);
    await admin.end();
    await server.stop();
  }
}

function inChild(job: Job, url: string, postmaster: number, title: string): Promise<Figures> {
  const child = fork(TURN, [JSON.stringify(job), url, String(postmaster)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // A peer's deprecations are not news of this run.
    execArgv: ['--no-deprecation'],
  });
  return new Promise((resolve, reject) => {
    let figures: Figures | undefined;
    child.on('message', (message: { step?: string; figures?: Figures }) => {
      if (message.step !== undefined) process.stderr.write(`${title} ${message.step}\n`);
      figures = message.figures ?? figures;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (figures !== undefined) resolve(figures);
      else reject(new Error(`${title} ended with code ${code} and no figures; its own words are above.`));
    });
  });
}
