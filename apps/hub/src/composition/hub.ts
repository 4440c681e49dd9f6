import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CanonicalEvent } from '@trunkline/canonical';
import { createFlows } from '@trunkline/flows';
import {
  createFirstCredentials,
  createGateway,
  createProbes,
  type CredentialKind,
  type Gateway,
  type NewCredentials,
  storedCredentials,
} from '@trunkline/gateway';
import {
  CaseWorker,
  CredentialTable,
  Engine,
  type ExchangeRecorder,
  MappingTable,
  migrate,
  type NodeRole,
  reconsiderRoutes,
  Retention,
  type TargetPolicy,
  notePollProgress,
} from '@trunkline/journal';
import {
  type Connector,
  type CursorStore,
  DEFAULT_RETRY,
  type HealthCheck,
  type Mappings,
  type Processor,
  type Target,
  type WebhookReceiver,
} from '@trunkline/messaging';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { type Configuration, durationMs } from '../configuration/schema.ts';
import { JournalCases } from '../operations/cases.ts';
import { judgeEdit } from '../operations/judge-edit.ts';
import { JournalOperations } from '../operations/operations.ts';
import { exchangeRecorder } from './audit.ts';
import { type Clockwork, createClockwork } from './clockwork.ts';
import { stakesOf } from '../operations/stakes.ts';
import { createConnectors } from './connector-registry.ts';
import { type OpenedDatabase, openHubDatabase } from './database.ts';
import { hubMetrics, journalMetrics } from './metrics.ts';
import type { Errands } from './errand.ts';
import { PollingConsumer } from './polling.ts';
import { careOf } from './flow-care.ts';
import { mappedTarget } from './mapped-target.ts';
import { type AnyFlow, createProcessor, judgeOf } from './processor.ts';
import { commandRouter, erpOf, routingDigest, siteRouter, warehousesOf, withMappedSites } from './routing.ts';
import { retentionPolicy } from './retention.ts';
import { LaneAssignment, LanedIntake } from './lanes.ts';
import { limitsOf } from './limits.ts';

export const DEFAULT_PORT = 8470;

export interface HubOptions {
  readonly configuration: Configuration;
  /** The configuration's own, which relative paths start from. */
  readonly file: string;
  readonly roles: readonly NodeRole[];
  /** In place of the configured one; for a node without the role `gateway`, where it answers health and metrics. */
  readonly port?: number;
  readonly log: Logger;
  readonly environment: NodeJS.ProcessEnv;
}

export interface RunningHub {
  /** Undefined: this node does not listen. */
  readonly url: string | undefined;
  readonly roles: readonly NodeRole[];
  readonly database: string;
  /** Only at the very first start of this journal. */
  readonly firstCredentials: NewCredentials | undefined;
  /** Drains, then closes everything that `startHub` opened. */
  stop(): Promise<void>;
}

/** Puts one node together and starts it: database, engine, pollers, gateway, in this order; stops in the reverse one. */
export async function startHub(options: HubOptions): Promise<RunningHub> {
  const { configuration, file, log, environment } = options;
  const database = await openHubDatabase(configuration, file, environment, (error) =>
    log.error({ error: error.message }, 'database'),
  );
  try {
    return await startOn(database, options);
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function startOn(database: OpenedDatabase, options: HubOptions): Promise<RunningHub> {
  const { configuration, roles, log } = options;
  const { pool } = database;
  const partitions = await migrate(pool, configuration.database?.partitions);
  const retention = new Retention(pool, retentionPolicy(configuration));
  // Before anything is accepted: it must find its slice.
  await retention.prepare();
  const credentialRows = new CredentialTable<CredentialKind>(pool);
  const exchanges: ExchangeRecorder = exchangeRecorder(configuration, () => connectors);
  const connectors = createConnectors(configuration, pool, exchanges.report);
  const registry = new Registry();
  const metrics = hubMetrics(registry);
  const mappings = new MappingTable(pool, (error) => log.error({ error: messageOf(error) }, 'mappings'));
  const lanes = new LaneAssignment(configuration);
  const process = processorOf(configuration, { connectors, mappings, lanes });
  const shared = { pool, partitions, connectors };
  const engine = engineOf(options, { ...shared, exchanges, mappings, lanes, process, metrics });
  const intake = new LanedIntake(engine.intake, lanes);
  const errands: Errands = (system, signal) => engine.errandTurn(system, signal);
  const sweep = { pool, erp: erpOf(configuration, connectors), process, intake, errands, configuration, log };
  const clockwork = createClockwork({ ...shared, configuration, retention, sweep, errands, log });
  const pollers = roles.includes('worker') ? pollersOf(pool, connectors, engine, intake, log) : [];
  const operations = new JournalOperations({
    pool,
    partitions,
    hub: configuration.hub.name,
    configuration,
    processed: () => engine.processed,
  });
  const worker = roles.includes('worker')
    ? new CaseWorker({ pool, judgeEdit, onError: (error) => log.error({ error: messageOf(error) }, 'cases') })
    : undefined;
  journalMetrics(registry, () => operations.overview());
  const ways = { engine, store: intake };
  const gateway = await gatewayOf(options, { ...shared, ...ways, operations, registry, credentialRows });
  // The gateway first: what cannot be listened on must not have begun to work.
  const port = portOf(options);
  const url =
    port === undefined
      ? undefined
      : await gateway.listen({ host: configuration.gateway?.host ?? '127.0.0.1', port });
  try {
    // Shown once and never again, so not before everything that usually fails a start has gone well.
    const firstCredentials = roles.includes('gateway')
      ? await createFirstCredentials(credentialRows)
      : undefined;
    await mappings.start();
    await engine.start(url);
    if (roles.includes('scheduler')) clockwork.start();
    if (worker !== undefined) {
      worker.start();
      await reconsiderRoutes(pool, routingDigest(configuration));
    }
    for (const poller of pollers) poller.start();
    return {
      url,
      roles,
      database: database.origin,
      firstCredentials,
      stop: () => stopAll({ pollers, gateway, engine, worker, clockwork, mappings, connectors, database }),
    };
  } catch (error) {
    await mappings.stop();
    await gateway.close();
    throw error;
  }
}

interface GatewayParts {
  readonly pool: Pool;
  readonly partitions: number;
  readonly connectors: ReadonlyMap<string, Connector<CanonicalEvent>>;
  readonly engine: Engine;
  readonly store: LanedIntake;
  readonly operations: JournalOperations;
  readonly registry: Registry;
  readonly credentialRows: CredentialTable<CredentialKind>;
}

function gatewayOf({ configuration, roles }: HubOptions, parts: GatewayParts): Promise<Gateway> {
  const { pool, partitions, connectors, engine, store, operations, registry, credentialRows } = parts;
  const ready = () => readiness(pool, engine);
  if (!roles.includes('gateway')) return createProbes({ metrics: registry, ready });
  return createGateway({
    hubName: configuration.hub.name,
    operations,
    cases: new JournalCases({
      pool,
      partitions,
      configuration,
      care: careOf(configuration),
      judge: judgeOf(() => connectors),
    }),
    webhooks: webhooksOf(connectors),
    store,
    invalid: engine.intake,
    ready,
    credentials: storedCredentials({ rows: credentialRows }),
    metrics: registry,
    log: false,
    ...consoleFolder(),
    ...bodyLimitOf(configuration),
  });
}

interface EngineParts {
  readonly pool: Pool;
  readonly partitions: number;
  readonly connectors: ReadonlyMap<string, Connector<CanonicalEvent>>;
  readonly exchanges: ExchangeRecorder;
  readonly mappings: Mappings;
  readonly lanes: LaneAssignment;
  readonly process: Processor;
  readonly metrics: ReturnType<typeof hubMetrics>;
}

function processorOf(
  configuration: Configuration,
  { connectors, mappings, lanes }: Pick<EngineParts, 'connectors' | 'mappings' | 'lanes'>,
): Processor {
  return createProcessor({
    connectors,
    // Each flow reads and writes only states of its own kind; to the journal they are all JSON.
    flows: Object.values(
      createFlows(
        {
          routeOrder: withMappedSites(siteRouter(configuration.routes), mappings),
          knownSites: new Set(Object.keys(configuration.sites)),
          warehouses: warehousesOf(configuration),
        },
        { countryOf: (word) => mappings.find('country', 'hub', word) },
      ),
    ).flat() as unknown as readonly AnyFlow[],
    route: commandRouter(configuration),
    laneOf: (flow, cause) => lanes.ofCommand(flow, cause),
    expiresAfterMs: expiryOf(configuration),
  });
}

function engineOf({ configuration, roles, log }: HubOptions, parts: EngineParts): Engine {
  const { pool, partitions, connectors, exchanges, mappings, lanes, process, metrics } = parts;
  return new Engine({
    pool,
    partitions,
    roles,
    process,
    exchanges,
    stakesOf,
    targets: targetsOf(connectors, configuration, mappings),
    lanes: lanes.policies,
    onAttempt: metrics.attempted,
    onError: (error) => log.error({ error: messageOf(error) }, 'journal'),
    onTrouble: (trouble) => {
      metrics.troubled(trouble);
      const { kind, node, held, cause } = trouble;
      const whose = node === undefined ? {} : { node };
      const parts = held.map(({ part }) => part);
      log.warn({ kind, ...whose, parts, epochs: held.map(({ epoch }) => epoch), cause }, 'lease');
    },
  });
}

interface Running {
  readonly pollers: readonly PollingConsumer[];
  readonly gateway: Gateway;
  readonly engine: Engine;
  readonly worker: CaseWorker | undefined;
  readonly clockwork: Clockwork;
  readonly mappings: MappingTable;
  readonly connectors: ReadonlyMap<string, Connector<CanonicalEvent>>;
  readonly database: OpenedDatabase;
}

async function stopAll(running: Running): Promise<void> {
  const { pollers, gateway, engine, worker, clockwork, mappings, connectors, database } = running;
  await Promise.all([...pollers.map((poller) => poller.stop()), worker?.stop(), clockwork.stop()]);
  await gateway.close();
  await engine.stop();
  await mappings.stop();
  await Promise.allSettled([...connectors.values()].map((connector) => connector.close()));
  await database.close();
}

/** Several nodes of one file on one machine would meet on its port, so only those that serve take it unasked. */
function portOf({ configuration, roles, port }: HubOptions): number | undefined {
  if (port !== undefined) return port;
  return roles.includes('gateway') ? (configuration.gateway?.port ?? DEFAULT_PORT) : undefined;
}

function bodyLimitOf({ gateway }: Configuration): { bodyLimit?: number } {
  return gateway?.bodyLimit === undefined ? {} : { bodyLimit: gateway.bodyLimit };
}

/** A database whose disk is full answers questions all the same. */
async function readiness(pool: Pool, engine: Engine): Promise<readonly HealthCheck[]> {
  await pool.query('select 1');
  const writes = engine.writes
    ? { name: 'writes', ok: true, detail: 'The journal stores what it is given.' }
    : {
        name: 'writes',
        ok: false,
        detail: 'The journal has stored nothing from this node for longer than a lease.',
        remedy: 'See whether the disk of the database is full or the server read-only.',
      };
  return [{ name: 'journal', ok: true, detail: 'The journal answers.' }, writes];
}

function policyOf(configuration: Configuration): TargetPolicy {
  // One policy per target: the most patient of the flows', because a target's deliveries share its breaker and its lane.
  const retries = Object.values(configuration.flows ?? {}).flatMap((flow) => flow.retry ?? []);
  const longest = (pick: (retry: (typeof retries)[number]) => string | undefined, fallback: number) => {
    const given = retries.flatMap((retry) => pick(retry) ?? []).map(durationMs);
    return given.length === 0 ? fallback : Math.max(...given);
  };
  return {
    retry: {
      baseMs: longest((retry) => retry.base, DEFAULT_RETRY.baseMs),
      maxMs: longest((retry) => retry.max, DEFAULT_RETRY.maxMs),
      giveUpAfterMs: longest((retry) => retry.giveUpAfter, DEFAULT_RETRY.giveUpAfterMs),
    },
  };
}

/** How long each flow's commands are of use, where it has an end. */
function expiryOf({ flows }: Configuration): ReadonlyMap<string, number> {
  return new Map(
    Object.entries(flows ?? {}).flatMap(([flow, settings]): [string, number][] =>
      settings?.expiresAfter === undefined ? [] : [[flow, durationMs(settings.expiresAfter)]],
    ),
  );
}

function targetsOf(
  connectors: ReadonlyMap<string, Connector<CanonicalEvent>>,
  configuration: Configuration,
  mappings: Mappings,
) {
  const policy = policyOf(configuration);
  const targets = new Map<string, { target: Target; policy: TargetPolicy }>();
  for (const [system, connector] of connectors)
    if (connector.target !== undefined)
      targets.set(system, {
        target: mappedTarget(system, connector.target, mappings),
        policy: { ...policy, limits: limitsOf(configuration, system) },
      });
  return targets;
}

function pollersOf(
  pool: Pool,
  connectors: ReadonlyMap<string, Connector<CanonicalEvent>>,
  engine: Engine,
  intake: CursorStore,
  log: Logger,
): readonly PollingConsumer[] {
  return [...connectors].flatMap(([system, connector]) =>
    (connector.pollers ?? []).map(
      (poller) =>
        new PollingConsumer({
          system,
          poller,
          cursors: intake,
          mine: () => engine.owns(`${system}/${poller.stream}`),
          turn: (signal) => engine.pollTurn(system, signal),
          onError: (error) => log.warn({ system, stream: poller.stream, error: messageOf(error) }, 'poll'),
          onProgress: (progress) =>
            notePollProgress(pool, { source: system, stream: poller.stream, ...progress }),
        }),
    ),
  );
}

function webhooksOf(
  connectors: ReadonlyMap<string, Connector<CanonicalEvent>>,
): ReadonlyMap<string, WebhookReceiver> {
  const webhooks = new Map<string, WebhookReceiver>();
  for (const [system, connector] of connectors)
    if (connector.webhook !== undefined) webhooks.set(system, connector.webhook);
  return webhooks;
}

function consoleFolder(): { consoleDir?: string } {
  const built = fileURLToPath(new URL('../../../console/dist', import.meta.url));
  return existsSync(built) ? { consoleDir: built } : {};
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
