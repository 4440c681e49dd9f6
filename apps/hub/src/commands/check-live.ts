import type { CanonicalEvent } from '@trunkline/canonical';
import type { Connector, HealthCheck } from '@trunkline/messaging';
import pc from 'picocolors';
import { countStages } from '@trunkline/journal';
import type { Pool } from 'pg';
import { connectorSchemas, createConnectors } from '../composition/connector-registry.ts';
import { findHubDatabase } from '../composition/database.ts';
import { loadConfiguration } from '../configuration/load.ts';
import { checkSystem } from './check-system.ts';
import { type InspectedSystem, inspectSystems } from '../inspection/inspect-systems.ts';
import { whomItHits } from '../inspection/report-findings.ts';
import { configurationFile } from '../terminal/hub-in-reach.ts';
import { type Printable, serverText, wrap } from '../terminal/output.ts';

/**
 * Asks the configured systems whether they are what the flows take them for. Exit code 1 when something is not, or could not be asked.
 * Open orders are counted where the hub's journal can be reached; without it the findings stand alone.
 */
export async function checkLive(named: string | undefined): Promise<Printable> {
  const file = configurationFile(named, process.env);
  const configuration = loadConfiguration(file, connectorSchemas, process.env);
  const pool = await findHubDatabase(configuration, file, process.env).catch(() => undefined);
  const stages = pool === undefined ? undefined : await stagesOf(pool);
  // Renewed keys stand in the journal: without one there are none.
  const connectors = createConnectors(configuration, stages === undefined ? undefined : pool);
  try {
    const systems = await inspectSystems(connectors, stages ?? new Map(), new AbortController().signal);
    const checked = await checkOthers(connectors);
    const ok =
      systems.every(({ findings, unasked }) => findings.length === 0 && unasked === undefined) &&
      checked.every(({ checks }) => checks.every((check) => check.ok));
    const json = { file, ok, ordersCounted: stages !== undefined, systems: [...systems, ...checked] };
    const text = [
      ...systems.map((system) => describe(system, stages !== undefined)),
      ...checked.map(describeChecked),
    ].join('\n');
    return { json, text, exitCode: ok ? 0 : 1 };
  } finally {
    await Promise.allSettled([...connectors.values()].map((connector) => connector.close()));
    await pool?.end();
  }
}

interface CheckedSystem {
  readonly system: string;
  readonly checks: readonly HealthCheck[];
}

/** Systems of which no fields and rights are known: that they answer, and take the credentials. */
function checkOthers(
  connectors: ReadonlyMap<string, Connector<CanonicalEvent>>,
): Promise<readonly CheckedSystem[]> {
  const others = [...connectors].filter(([, { inspect }]) => inspect === undefined);
  return Promise.all(
    others.map(async ([system, connector]) => ({ system, checks: await checkSystem(connector) })),
  );
}

function describeChecked({ system, checks }: CheckedSystem): string {
  const failed = checks.filter(({ ok }) => !ok);
  if (failed.length === 0)
    return `${pc.green('ok  ')}  ${system}: ${checks.map(({ name }) => name).join(', ')}: all well.`;
  return failed
    .map(
      ({ name, detail, remedy = '' }) =>
        `${pc.red('fail')}  ${system}: ${name}\n${wrap(`${detail}\n${remedy}`.trim(), 6)}`,
    )
    .join('\n');
}

/** Undefined: the journal does not answer, or is not made yet. */
async function stagesOf(pool: Pool): Promise<ReadonlyMap<string, number> | undefined> {
  try {
    return await countStages(pool, 'order');
  } catch {
    return undefined;
  }
}

function describe({ system, server, asked, findings, unasked }: InspectedSystem, counted: boolean): string {
  const what = server === undefined ? '' : ` ${serverText(server)};`;
  if (unasked !== undefined)
    return `${pc.red('fail')}  ${system}: it could not be asked: ${unasked}\n${wrap('See whether it is up, then check again.', 6)}`;
  if (findings.length === 0)
    return `${pc.green('ok  ')}  ${system}:${what} ${asked} things asked, all as the flows need them.`;
  const each = findings.map(({ code, message, remedy, flows, orders }) => {
    const hit = counted ? whomItHits(flows, orders) : `Flows: ${flows.join(', ')}.`;
    return `${pc.red('fail')}  ${system}: ${code}\n${wrap(`${message}\n${remedy}\n${hit}`, 6)}`;
  });
  return each.join('\n');
}
