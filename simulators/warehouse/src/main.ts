import { parseArgs } from 'node:util';
import { DEFAULTS, start, type WarehouseOptions } from './server.ts';

const USAGE = `Usage: node src/main.ts [--port 0] [--host 127.0.0.1] [--site DAL[,RNO...]] [--token T]
  [--webhook-url URL] [--webhook-secret whsec_...] [--webhook-concurrency 16]
  [--pick-delay-ms 20] [--short-rate 0.03] [--split-rate 0.05] [--adjust-rate 0] [--lot-rate 0]
  [--seed 1] [--state FILE]`;

const FLAGS = [
  'port',
  'host',
  'site',
  'token',
  'webhook-url',
  'webhook-secret',
  'webhook-concurrency',
  'pick-delay-ms',
  'short-rate',
  'split-rate',
  'adjust-rate',
  'lot-rate',
  'seed',
  'state',
] as const;
type Flags = Partial<Record<(typeof FLAGS)[number], string>>;

function readFlags(args: string[]): WarehouseOptions {
  const options = Object.fromEntries(FLAGS.map((name) => [name, { type: 'string' as const }]));
  const flags = parseArgs({ args, options, strict: true }).values as Flags;
  return {
    ...DEFAULTS,
    port: numberFlag(flags, 'port', 0, 65_535, DEFAULTS.port),
    host: flags.host ?? DEFAULTS.host,
    sites: flags.site?.split(',').map((site) => site.trim()) ?? DEFAULTS.sites,
    token: flags.token ?? DEFAULTS.token,
    webhookSecret: flags['webhook-secret'] ?? DEFAULTS.webhookSecret,
    webhookConcurrency: numberFlag(flags, 'webhook-concurrency', 1, 1000, DEFAULTS.webhookConcurrency),
    pickDelayMs: numberFlag(flags, 'pick-delay-ms', 0, 86_400_000, DEFAULTS.pickDelayMs),
    shortRate: numberFlag(flags, 'short-rate', 0, 1, DEFAULTS.shortRate),
    splitRate: numberFlag(flags, 'split-rate', 0, 1, DEFAULTS.splitRate),
    adjustRate: numberFlag(flags, 'adjust-rate', 0, 1, DEFAULTS.adjustRate),
    lotRate: numberFlag(flags, 'lot-rate', 0, 1, DEFAULTS.lotRate),
    seed: flags.seed ?? DEFAULTS.seed,
    ...(flags['webhook-url'] === undefined ? {} : { webhookUrl: flags['webhook-url'] }),
    ...(flags.state === undefined ? {} : { stateFile: flags.state }),
  };
}

function numberFlag(flags: Flags, name: keyof Flags, low: number, high: number, absent: number): number {
  const given = flags[name];
  if (given === undefined) return absent;
  const value = Number(given);
  if (given.trim() === '' || !(value >= low && value <= high)) {
    throw new RangeError(`--${name} takes a number from ${low} to ${high}; "${given}" is none.`);
  }
  return value;
}

function fail(error: unknown): never {
  const inUse = (error as { code?: string }).code === 'EADDRINUSE';
  const sentence = inUse
    ? `${(error as Error).message}. Another process listens there: stop it, or choose another --port (0 = any).`
    : (error as Error).message;
  process.stderr.write(`warehouse simulator: ${sentence}\n${inUse ? '' : `${USAGE}\n`}`);
  process.exit(2);
}

try {
  const warehouse = await start(readFlags(process.argv.slice(2)));
  let ending = false;
  const end = async (): Promise<void> => {
    if (ending) return;
    ending = true;
    await warehouse.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end());
  process.once('disconnect', () => void end());
  process.stdout.write(`${JSON.stringify({ listening: warehouse.url })}\n`);
} catch (error) {
  fail(error);
}
