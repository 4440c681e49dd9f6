/** `npm run chaos -- --seed S --minutes M`, or `--cuts N`: a whole landscape with everything around the hub failing, and what came of it. */
import { parseArgs } from 'node:util';
import { reportText } from './report.ts';
import { runChaos } from './run-chaos.ts';
import { runCuts } from './run-cuts.ts';

const HELP = `npm run chaos -- [--seed S] [--minutes M] [--orders N] [--nodes N] [--json]
npm run chaos -- --cuts N [--seed S] [--json]

Runs hub nodes, PostgreSQL and simulators on this machine and breaks them by a script that the seed makes. Exit code 0 only when nothing was
lost, duplicated, out of order or stuck; 1 when something was; 2 when what was asked for is wrong. The last line is one JSON object.

  --seed S       a whole number; a new one each time unless given, and printed
  --minutes M    how long faults are injected (default 2); the landscape then has four minutes to come to rest
  --orders N     orders over that time (default 90 a minute)
  --nodes N      hub nodes (default 2); all but the first have a clock that is seven minutes fast
  --cuts N       instead: N connections are cut after the commit, over all systems that the hub writes to
  --json         only the JSON object on stdout, everything else on stderr
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      minutes: { type: 'string' },
      orders: { type: 'string' },
      nodes: { type: 'string' },
      cuts: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const seed = number('seed', values.seed, 0, 2 ** 31) ?? Math.floor(Math.random() * 1_000_000);
  const out = values.json ? process.stderr : process.stdout;
  const startedAt = performance.now();
  const say = (sentence: string) => {
    out.write(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${sentence}\n`);
  };
  say(`seed ${seed}`);
  const cuts = number('cuts', values.cuts, 10, 100_000);
  if (cuts !== undefined) {
    const result = await runCuts({ seed, cuts, say });
    out.write(`${reportText(result.verdict, result.faults, [])}\n`);
    process.stdout.write(`${JSON.stringify({ seed, ...result })}\n`);
    return result.passed ? 0 : 1;
  }
  const minutes = number('minutes', values.minutes, 0.2, 240) ?? 2;
  const orders = number('orders', values.orders, 1, 100_000) ?? Math.ceil(90 * minutes);
  const nodes = number('nodes', values.nodes, 1, 8) ?? 2;
  const result = await runChaos({ seed, minutes, orders, nodes, say });
  out.write(`${reportText(result.verdict, result.faults, result.unexpected)}\n`);
  process.stdout.write(`${JSON.stringify({ seed, minutes, nodes, ...result })}\n`);
  return result.passed ? 0 : 1;
}

class WrongArgument extends Error {}

function number(name: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text !== '' && value >= least && value <= most) return value;
  throw new WrongArgument(`--${name} takes a number from ${least} to ${most}; "${text}" is none.`);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const wrong =
      error instanceof WrongArgument || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
    process.stderr.write(
      wrong ? `${(error as Error).message}\n\n${HELP}` : `${(error as Error).stack ?? String(error)}\n`,
    );
    process.exit(wrong ? 2 : 1);
  },
);
