import { statfs } from 'node:fs/promises';
import type { CanonicalEvent } from '@trunkline/canonical';
import type { Connector, HealthCheck } from '@trunkline/messaging';
import { listNodes, NODE_ROLES } from '@trunkline/journal';
import type { Pool } from 'pg';
import pc from 'picocolors';
import { connectorSchemas, createConnectors } from '../composition/connector-registry.ts';
import { findHubDatabase, stateFolder } from '../composition/database.ts';
import { findKeptKeys } from '../composition/key-store.ts';
import { DEFAULT_PORT } from '../composition/hub.ts';
import { loadConfiguration } from '../configuration/load.ts';
import type { Configuration } from '../configuration/schema.ts';
import { checkSystem } from './check-system.ts';
import { partitionsText, rolesText, shortName, troublesText } from '../operations/nodes.ts';
import { sentenceOf } from '../terminal/command-error.ts';
import { configurationFile, startOf } from '../terminal/hub-in-reach.ts';
import { type Printable, terminalWidth, wrap } from '../terminal/output.ts';
import { historyFindings } from './doctor-history.ts';

const READY_TIMEOUT_MS = 5000;
/** PostgreSQL stops at a full disk; at 100 order threads a second this is about an hour of journal. */
const LEAST_FREE_BYTES = 1024 ** 3;

type Finding = HealthCheck & { readonly system: string };

/** Looks at everything that a hub needs, from here: configuration, database, each system. Exit code 1 when something is not well. */
export async function doctor(named: string | undefined): Promise<Printable> {
  const file = configurationFile(named, process.env);
  const configuration = loadConfiguration(file, connectorSchemas, process.env);
  const keys = await findKeptKeys(configuration, file);
  const connectors = createConnectors(configuration, keys);
  const found = await Promise.all([
    databaseFindings(configuration, file),
    ...[...connectors].map(([system, connector]) => systemFindings(system, connector)),
  ]);
  await keys?.end();
  const findings: readonly Finding[] = [
    { system: 'configuration', name: 'file', ok: true, detail: `${file} is right.` },
    ...found.flat(),
  ];
  const failed = findings.filter((finding) => !finding.ok).length;
  const verdict =
    failed === 0 ? `All ${findings.length} checks passed.` : `${failed} of ${findings.length} checks failed.`;
  return {
    json: { ok: failed === 0, findings },
    text: `${describe(findings)}\n\n${verdict}`,
    exitCode: failed === 0 ? 0 : 1,
  };
}

async function systemFindings(
  system: string,
  connector: Connector<CanonicalEvent>,
): Promise<readonly Finding[]> {
  try {
    return (await checkSystem(connector)).map((check) => ({ system, ...check }));
  } finally {
    await connector.close();
  }
}

async function databaseFindings(configuration: Configuration, file: string): Promise<readonly Finding[]> {
  const system = 'database';
  const pool = await findHubDatabase(configuration, file, process.env);
  if (pool === undefined) {
    const remedy = `It runs with the hub: ${startOf(file, process.env)}`;
    return [
      { system, name: 'embedded', ok: false, detail: 'The embedded PostgreSQL is not running.', remedy },
    ];
  }
  try {
    const { rows } = await pool.query<{ version: string }>(
      "select current_setting('server_version') as version",
    );
    const version = `PostgreSQL ${rows[0]?.version ?? 'of an unknown version'}`;
    return [
      { system, name: 'server', ok: true, detail: version },
      ...(await diskFindings(configuration, file)),
      ...(await historyFindings(configuration, pool)).map((finding) => ({ system, ...finding })),
      ...(await hubFindings(configuration, file)),
      ...(await nodeFindings(pool, file)),
    ];
  } catch (error) {
    const remedy = 'See whether the server is up, and whether database.url or DATABASE_URL is right.';
    return [{ system, name: 'server', ok: false, detail: sentenceOf(error), remedy }];
  } finally {
    await pool.end();
  }
}

/** Only of the embedded server: another one's disk cannot be seen from here. */
async function diskFindings(configuration: Configuration, file: string): Promise<readonly Finding[]> {
  const folder = stateFolder(configuration, file);
  const disk = await statfs(folder).catch(() => undefined);
  if (disk === undefined) return [];
  const free = disk.bavail * disk.bsize;
  return [
    {
      system: 'database',
      name: 'disk',
      ok: free >= LEAST_FREE_BYTES,
      detail: `${(free / 1024 ** 3).toFixed(1)} GiB free for ${folder}`,
      remedy: 'Free some space, or move the state folder to a larger disk.',
    },
  ];
}

/** The hub's own word on itself; a port of 0 is known to the running hub alone. */
async function hubFindings(configuration: Configuration, file: string): Promise<readonly Finding[]> {
  const port = configuration.gateway?.port ?? DEFAULT_PORT;
  if (port === 0) return [];
  const given = configuration.gateway?.host ?? '127.0.0.1';
  const host = given === '0.0.0.0' || given === '::' ? '127.0.0.1' : given;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const about = { system: 'hub', name: 'ready' };
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(READY_TIMEOUT_MS) });
    const remedy = 'Look at the hub’s log.';
    return [{ ...about, ok: answer.ok, detail: `${url} answers ${answer.status}.`, remedy }];
  } catch (error) {
    const detail = `${url} does not answer: ${sentenceOf((error as Error).cause ?? error)}`;
    return [{ ...about, ok: false, detail, remedy: `Start the hub: ${startOf(file, process.env)}` }];
  }
}

/** Each node that lives, and whether between them they do all there is to do. */
async function nodeFindings(pool: Pool, file: string): Promise<readonly Finding[]> {
  const { nodes, unowned } = await listNodes(pool);
  const living = nodes.filter(({ alive }) => alive);
  const about = { system: 'hub', remedy: `Start one with it: ${startOf(file, process.env)}` };
  const missing = NODE_ROLES.filter((role) => !living.some(({ roles }) => roles.includes(role)));
  return [
    ...living.map((node) => ({
      system: 'hub',
      name: 'node',
      ok: true,
      detail: [
        `${shortName(node)}: ${rolesText(node)}; partitions ${partitionsText(node.partitions) || 'none'}; seen ${node.seenAt.toISOString()}`,
        troublesText(node),
      ]
        .filter((text) => text !== '')
        .join('; '),
    })),
    ...missing.map((role) => ({
      ...about,
      name: role,
      ok: false,
      detail: `No living node has the role ${role}.`,
    })),
    ...(unowned.length === 0 || missing.includes('worker')
      ? []
      : [
          {
            system: 'hub',
            name: 'partitions',
            ok: false,
            detail: `No node owns ${partitionsText(unowned)}; their messages wait.`,
            remedy: 'A dead node’s are taken over within its lease of 5 seconds: look again.',
          },
        ]),
  ];
}

function describe(findings: readonly Finding[]): string {
  const width = (pick: (finding: Finding) => string) =>
    Math.min(28, Math.max(...findings.map((finding) => pick(finding).length)));
  const system = width((finding) => finding.system);
  const name = width((finding) => finding.name);
  const indent = 6 + system + 2 + name + 2;
  // On a narrow terminal the words go below; beside the names there would be no room for them.
  const beside = terminalWidth() - indent >= 40;
  return findings
    .map((finding) => {
      const mark = finding.ok ? pc.green('ok  ') : pc.red('fail');
      const remedy = finding.ok || finding.remedy === undefined ? '' : `\n${finding.remedy}`;
      const text = wrap(`${finding.detail.replaceAll(/\s+/g, ' ')}${remedy}`, beside ? indent : 6);
      const head = `${mark}  ${finding.system.padEnd(system)}  ${finding.name.padEnd(name)}`;
      return beside ? `${head}  ${text.trimStart()}` : `${head.trimEnd()}\n${text}`;
    })
    .join('\n');
}
