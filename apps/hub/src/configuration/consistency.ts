import type { ConfigurationDocument } from './document.ts';
import { entriesOf, judgeCountries, judgeRetries, oneOf, textAt } from './judge-values.ts';
import { valueAt } from './judge.ts';
import { FLOWS } from './schema.ts';

/** The flows reach the ERP and the CRM by role, and a role is one system. */
const ONE_OF_EACH = ['odoo', 'salesforce'];

/**
 * What a schema cannot say: names that must exist elsewhere in the file. Takes the file as it is, before any schema has vouched for
 * it, so that these problems are told together with the schema's.
 * @param connectors the types of document that each connector hands out, by its name
 */
export function judgeConsistency(
  document: ConfigurationDocument,
  value: unknown,
  connectors: ReadonlyMap<string, readonly string[]>,
): void {
  const systems = entriesOf(value, 'systems');
  const sites = entriesOf(value, 'sites');
  // A misspelt connector is told at its own line; what follows from it would be told twice.
  const spelt = systems.every((name) => connectors.has(textAt(value, ['systems', name, 'connector']) ?? ''));
  judgeSites(document, value, systems, sites, spelt);
  judgeRoutes(document, value, sites);
  for (const section of ['limits', 'segments'])
    for (const name of entriesOf(value, section))
      if (!systems.includes(name))
        document.report([section, name], `there is no system ${name}`, oneOf(systems));
  judgeTimezones(document, value);
  judgeLanes(document, value, systems, connectors);
  judgeCountries(document, value);
  judgeRetries(document, value);
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

function judgeTimezones(document: ConfigurationDocument, value: unknown): void {
  for (const name of entriesOf(value, 'limits')) {
    const at = ['limits', name, 'dailyBudget', 'timezone'];
    const timezone = textAt(value, at);
    if (timezone === undefined) continue;
    try {
      new Intl.DateTimeFormat('en', { timeZone: timezone });
    } catch {
      document.report(at, `${timezone} is no timezone`, 'Use an IANA name, e.g. America/Los_Angeles.');
    }
  }
}

function judgeLanes(
  document: ConfigurationDocument,
  value: unknown,
  systems: readonly string[],
  connectors: ReadonlyMap<string, readonly string[]>,
): void {
  const taken = new Map<string, string>();
  for (const lane of entriesOf(value, 'lanes'))
    for (const kind of ['messages', 'flows']) {
      const names = valueAt(value, ['lanes', lane, kind]);
      for (const [index, name] of (Array.isArray(names) ? names : []).entries()) {
        const at = ['lanes', lane, kind, String(index)];
        const other = taken.get(`${kind} ${name}`);
        if (other !== undefined)
          document.report(at, `${name} is in the lane ${other} already`, 'Name it in one lane.');
        taken.set(`${kind} ${name}`, lane);
        const [system = '', ...rest] = String(name).split(':');
        if (kind === 'messages' && !systems.includes(system))
          document.report(at, `there is no system ${system}`, oneOf(systems));
        const sent = connectors.get(textAt(value, ['systems', system, 'connector']) ?? '');
        const type = rest.join(':');
        if (kind === 'messages' && sent !== undefined && rest.length > 0 && !sent.includes(type))
          document.report(
            at,
            `${system} sends no document ${type}`,
            oneOf(sent.map((one) => `${system}:${one}`)),
          );
        if (kind === 'flows' && !FLOWS.includes(String(name)))
          document.report(at, `there is no flow ${name}`, oneOf(FLOWS));
      }
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
