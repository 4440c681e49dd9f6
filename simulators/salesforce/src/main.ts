import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DEFAULTS, type SalesforceOptions, start } from './server.ts';

const USAGE = `Usage: node src/main.ts [--port 0] [--host 127.0.0.1] [--client-id ID] [--client-secret SECRET]
  [--jwt-public-key FILE.pem] [--daily-limit 1000000] [--seed 0] [--state FILE]`;

const FLAGS = [
  'port',
  'host',
  'client-id',
  'client-secret',
  'jwt-public-key',
  'daily-limit',
  'seed',
  'state',
] as const;
type Flags = Partial<Record<(typeof FLAGS)[number], string>>;

function readFlags(args: string[]): SalesforceOptions {
  const options = Object.fromEntries(FLAGS.map((name) => [name, { type: 'string' as const }]));
  const flags = parseArgs({ args, options, strict: true }).values as Flags;
  const keyFile = flags['jwt-public-key'];
  return {
    ...DEFAULTS,
    port: numberFlag(flags, 'port', 65_535, DEFAULTS.port),
    host: flags.host ?? DEFAULTS.host,
    clientId: flags['client-id'] ?? DEFAULTS.clientId,
    clientSecret: flags['client-secret'] ?? DEFAULTS.clientSecret,
    dailyLimit: numberFlag(flags, 'daily-limit', 1e12, DEFAULTS.dailyLimit),
    seed: numberFlag(flags, 'seed', 1e6, DEFAULTS.seed),
    ...(keyFile === undefined ? {} : { jwtPublicKey: readKey(keyFile) }),
    ...(flags.state === undefined ? {} : { stateFile: flags.state }),
  };
}

function readKey(file: string): string {
  try {
    const pem = readFileSync(file, 'utf8');
    createPublicKey(pem);
    return pem;
  } catch (error) {
    throw new Error(
      `--jwt-public-key ${file} cannot be used: ${(error as Error).message}. Name a PEM file with a public key or ` +
        'certificate, as made by: openssl rsa -in private.pem -pubout -out public.pem',
    );
  }
}

function numberFlag(flags: Flags, name: keyof Flags, high: number, absent: number): number {
  const given = flags[name];
  if (given === undefined) return absent;
  if (!/^\d+$/.test(given) || Number(given) > high) {
    throw new RangeError(`--${name} takes a whole number from 0 to ${high}; "${given}" is none.`);
  }
  return Number(given);
}

function fail(error: unknown): never {
  const inUse = (error as { code?: string }).code === 'EADDRINUSE';
  const sentence = inUse
    ? `${(error as Error).message}. Another process listens there: stop it, or choose another --port (0 = any).`
    : (error as Error).message;
  process.stderr.write(`salesforce simulator: ${sentence}\n${inUse ? '' : `${USAGE}\n`}`);
  process.exit(2);
}

try {
  const salesforce = await start(readFlags(process.argv.slice(2)));
  let ending = false;
  const end = async (): Promise<void> => {
    if (ending) return;
    ending = true;
    await salesforce.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end());
  process.once('disconnect', () => void end());
  process.stdout.write(`${JSON.stringify({ listening: salesforce.url })}\n`);
} catch (error) {
  fail(error);
}
