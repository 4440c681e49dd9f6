import { parseArgs } from 'node:util';
import { isSeries, SERIES } from './orm/model.ts';
import { start } from './index.ts';
import type { StartOptions } from './index.ts';

const USAGE =
  'usage: main.ts --port P [--state FILE] [--series 19.0|18.0|17.0|16.0] [--database demo] [--api-key KEY] [--login L] [--password P] [--seed S] [--service-times] [--watch-stdin]';

function readOptions(): { options: StartOptions; watchStdin: boolean } {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      state: { type: 'string' },
      series: { type: 'string', default: '19.0' },
      database: { type: 'string' },
      'api-key': { type: 'string' },
      login: { type: 'string' },
      password: { type: 'string' },
      seed: { type: 'string', default: '1' },
      'service-times': { type: 'boolean', default: false },
      'watch-stdin': { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port ${values.port} is no port number`);
  if (!Number.isInteger(Number(values.seed))) throw new Error(`--seed ${values.seed} is no whole number`);
  const { series } = values;
  if (!isSeries(series))
    throw new Error(`--series ${series} is not simulated; take one of ${SERIES.join(', ')}`);
  const options: StartOptions = {
    port,
    series,
    seed: Number(values.seed),
    ...(values['service-times'] ? { serviceTimes: {} } : {}),
    ...(values.state === undefined ? {} : { state: values.state }),
    ...(values.database === undefined ? {} : { database: values.database }),
    ...(values['api-key'] === undefined ? {} : { apiKey: values['api-key'] }),
    ...(values.login === undefined ? {} : { login: values.login }),
    ...(values.password === undefined ? {} : { password: values.password }),
  };
  return { options, watchStdin: values['watch-stdin'] };
}

function fail(error: unknown, code: number): never {
  process.stderr.write(`simulated Odoo: ${(error as Error).message}\n`);
  if (code === 2) process.stderr.write(`${USAGE}\n`);
  process.exit(code);
}

async function main(): Promise<void> {
  const { options, watchStdin } = readOptions();
  const running = await start(options).catch((error: unknown) => fail(error, 1));
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    running.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error, 1),
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  process.on('disconnect', end);
  if (watchStdin) process.stdin.on('end', end).resume();
  process.stdout.write(`${JSON.stringify({ listening: running.url })}\n`);
}

await main().catch((error: unknown) => fail(error, 2));
