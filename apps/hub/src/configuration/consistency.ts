import type { ConfigurationDocument } from './document.ts';
import { valueAt } from './judge.ts';

/** The flows reach the ERP and the CRM by role, and a role is one system. */
const ONE_OF_EACH = ['odoo', 'salesforce'];

/**
 * What a schema cannot say: names that must exist elsewhere in the file. Takes the file as it is, before any schema has vouched for
 * it, so that these problems are told together with the schema's.
 */
export function judgeConsistency(
  document: ConfigurationDocument,
  value: unknown,
  connectors: ReadonlySet<string>,
): void {
  const systems = entriesOf(value, 'systems');
  const sites = entriesOf(value, 'sites');
  // A misspelt connector is told at its own line; what follows from it would be told twice.
  const spelt = systems.every((name) => connectors.has(textAt(value, ['systems', name, 'connector']) ?? ''));
  judgeSites(document, value, systems, sites, spelt);
  judgeRoutes(document, value, sites);
  for (const connector of systems.length > 0 && spelt ? ONE_OF_EACH : []) {
    const named = systems.filter((name) => textAt(value, ['systems', name, 'connector']) === connector);
    if (named.length === 1) continue;
    const count = named.length === 0 ? 'none is configured' : `${named.length} are: ${named.join(', ')}`;
    document.report(
      ['systems'],
      `the flows need exactly one ${connector} system, and ${count}`,
      `Keep one system with connector: ${connector}.`,
    );
  }
}

function judgeSites(
  document: ConfigurationDocument,
  value: unknown,
  systems: readonly string[],
  sites: readonly string[],
  spelt: boolean,
): void {
  for (const code of sites) {
    const executes = textAt(value, ['sites', code, 'executes']);
    if (executes === undefined) continue;
    const at = ['sites', code, 'executes'];
    if (!systems.includes(executes)) {
      document.report(at, `there is no system ${executes}`, oneOf(systems));
      continue;
    }
    const served = textAt(value, ['systems', executes, 'site']);
    if (spelt && textAt(value, ['systems', executes, 'connector']) !== 'warehouse-rest')
      document.report(at, `${executes} is no warehouse`, 'Name a system whose connector is warehouse-rest.');
    else if (served !== undefined && served !== code)
      document.report(
        at,
        `the system ${executes} serves site ${served}, not ${code}`,
        `Correct systems.${executes}.site, or name the system that serves ${code}.`,
      );
  }
}

function judgeRoutes(document: ConfigurationDocument, value: unknown, sites: readonly string[]): void {
  const routes = valueAt(value, ['routes']);
  if (!Array.isArray(routes)) return;
  const takesAll = routes.findIndex((_, index) => valueAt(routes, [String(index), 'when']) === undefined);
  routes.forEach((_, index) => {
    const site = textAt(routes, [String(index), 'site']);
    if (site !== undefined && !sites.includes(site))
      document.report(['routes', String(index), 'site'], `there is no site ${site}`, oneOf(sites));
    if (takesAll >= 0 && index > takesAll)
      document.report(
        ['routes', String(index)],
        `this route is never reached: route ${takesAll} has no conditions and takes every order`,
        'Put the route without conditions last.',
      );
  });
}

function entriesOf(value: unknown, name: string): readonly string[] {
  const map = valueAt(value, [name]);
  return typeof map === 'object' && map !== null && !Array.isArray(map) ? Object.keys(map) : [];
}

function textAt(value: unknown, path: readonly string[]): string | undefined {
  const found = valueAt(value, path);
  return typeof found === 'string' ? found : undefined;
}

function oneOf(names: readonly string[]): string {
  return names.length === 0 ? 'Add it.' : `Use one of: ${names.join(', ')}.`;
}
