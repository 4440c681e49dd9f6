import pc from 'picocolors';
import { countJournal } from '@trunkline/journal';
import type { Pool } from 'pg';
import { connectorSchemas, createConnectors } from '../composition/connector-registry.ts';
import { findHubDatabase } from '../composition/database.ts';
import { loadConfiguration } from '../configuration/load.ts';
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
    const wrong = systems.filter(({ findings, unasked }) => findings.length > 0 || unasked !== undefined);
    const json = { file, ok: wrong.length === 0, ordersCounted: stages !== undefined, systems };
    const text = systems.map((system) => describe(system, stages !== undefined)).join('\n');
    return { json, text, exitCode: wrong.length === 0 ? 0 : 1 };
  } finally {
    await Promise.allSettled([...connectors.values()].map((connector) => connector.close()));
    await pool?.end();
  }
}

/** Undefined: the journal does not answer, or is not made yet. */
async function stagesOf(pool: Pool): Promise<ReadonlyMap<string, number> | undefined> {
  try {
    return (await countJournal(pool, 'order')).stages;
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
