import { resolve } from 'node:path';
import { NODE_ROLES } from '@trunkline/journal';
import pino, { type Logger } from 'pino';
import { connectorSchemas } from '../composition/connector-registry.ts';
import { type RunningHub, startHub } from '../composition/hub.ts';
import { rolesOf } from '../composition/roles.ts';
import { loadConfiguration } from '../configuration/load.ts';
import { credentialsText } from './login.ts';

export interface StartOptions {
  readonly config: string;
  readonly role?: string;
  readonly port?: number;
  readonly json?: boolean;
}

/** Runs a hub until it is told to stop. Resolves with the exit code. */
export async function start(options: StartOptions): Promise<number> {
  const file = resolve(options.config);
  const configuration = loadConfiguration(file, connectorSchemas, process.env);
  const log = logOf(configuration.hub.name);
  const roles = rolesOf(configuration, options.role, process.env);
  const told = stopSignal();
  const hub = await startHub({
    configuration,
    file,
    roles,
    ...(options.port === undefined ? {} : { port: options.port }),
    log,
    environment: process.env,
  });
  announce(hub, options.json === true);
  const why = await told;
  if (options.json !== true) process.stderr.write(`${why}: finishing what is under way.\n`);
  await hub.stop();
  if (process.connected) process.disconnect();
  return Number(process.exitCode ?? 0);
}

/**
 * On stderr. Who reads stdout and stderr may be gone before the hub is, e.g. a parent that was killed: that ends the words and not the
 * hub, which has work to finish and a database server to stop.
 */
function logOf(hub: string): Logger {
  const destination = pino.destination({ dest: 2, sync: false });
  const ignore = () => undefined;
  process.stdout.on('error', ignore);
  process.stderr.on('error', ignore);
  destination.on('error', ignore);
  return pino({ level: process.env['LOG_LEVEL'] ?? 'warn', base: { hub } }, destination);
}

function announce(hub: RunningHub, json: boolean): void {
  const { firstCredentials } = hub;
  const ready = {
    listening: hub.url ?? null,
    roles: hub.roles,
    database: hub.database,
    ...(firstCredentials === undefined ? {} : { login: firstCredentials }),
  };
  // A parent that opened a channel hears it there, so that a password does not end in its log.
  if (process.send !== undefined) process.send(ready);
  else if (json) process.stdout.write(`${JSON.stringify(ready)}\n`);
  else {
    const where = hub.url === undefined ? '' : ` on ${hub.url}`;
    const as = hub.roles.length === NODE_ROLES.length ? '' : ` as ${hub.roles.join(', ')}`;
    process.stdout.write(`Trunkline is up${where}${as} with ${hub.database}.\n`);
    if (firstCredentials !== undefined) {
      process.stdout.write(`First login, shown once:\n${credentialsText(firstCredentials)}\n`);
    }
    process.stdout.write('Ctrl-C stops it.\n');
  }
}

/** Resolves with a word for why the process should end: a signal, or the parent that went. */
function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    let asked = 0;
    const on = (why: string) => () => {
      asked++;
      if (asked > 1 && why !== 'parent gone') process.exit(130);
      resolve(why);
    };
    process.on('SIGINT', on('SIGINT'));
    process.on('SIGTERM', on('SIGTERM'));
    process.on('disconnect', on('parent gone'));
  });
}
