import { retentionPolicy } from '../composition/retention.ts';
import { type Configuration, durationMs } from './schema.ts';

/** What works and is hardly meant. Found in the file alone: what the systems and the mappings hold is not asked. */
export interface Warning {
  readonly name: WarningName;
  readonly path: readonly string[];
  readonly message: string;
  readonly remedy: string;
}

export type WarningName =
  | 'no_catch_all_route'
  | 'site_without_route'
  | 'system_without_flow'
  | 'retry_without_effect'
  | 'retention_below_dedupe'
  | 'audit_outlives_messages';

/** Of a configuration in which nothing is wrong. Pure. */
export function warningsOf(configuration: Configuration): readonly Warning[] {
  return [
    ...routeWarnings(configuration),
    ...systemWarnings(configuration),
    ...retryWarnings(configuration),
    ...retentionWarnings(configuration),
  ];
}

function routeWarnings({ routes, sites }: Configuration): readonly Warning[] {
  const found: Warning[] = [];
  if (routes.every(({ when }) => when !== undefined && Object.keys(when).length > 0))
    found.push({
      name: 'no_catch_all_route',
      path: ['routes'],
      message:
        'every route has conditions, so an order may fit none: it would wait with the exception no_route',
      remedy: 'Put a route without `when` last, or leave it so if such orders are for a person.',
    });
  const routed = new Set(routes.map(({ site }) => site));
  // What people move to its warehouse in Odoo is released there, without a route.
  for (const [code, { odooWarehouse }] of Object.entries(sites))
    if (!routed.has(code) && odooWarehouse === undefined)
      found.push({
        name: 'site_without_route',
        path: ['sites', code],
        message: `no route leads to the site ${code}: it gets orders by a mapping of a country or region alone`,
        remedy: 'Add a route, name its `odooWarehouse`, or remove the site.',
      });
  return found;
}

/** A warehouse is reached by the sites that it executes; the ERP and the CRM are reached by their role. */
function systemWarnings({ systems, sites }: Configuration): readonly Warning[] {
  const executing = new Set(Object.values(sites).map(({ executes }) => executes));
  return Object.entries(systems).flatMap(([name, { connector }]): Warning[] =>
    connector !== 'warehouse-rest' || executing.has(name)
      ? []
      : [
          {
            name: 'system_without_flow',
            path: ['systems', name],
            message: `no site names ${name} in \`executes\`: no flow sends anything to it`,
            remedy: 'Name it at the site that it works, or remove it.',
          },
        ],
  );
}

/** One policy holds for all systems: of several flows' values the longest. */
function retryWarnings({ flows = {} }: Configuration): readonly Warning[] {
  return (['base', 'max', 'giveUpAfter'] as const).flatMap((setting) => {
    const given = Object.entries(flows).flatMap(([flow, settings]) => {
      const text = settings?.retry?.[setting];
      return text === undefined ? [] : [{ flow, text, ms: durationMs(text) }];
    });
    const longest = given.reduce((a, b) => (b.ms > a.ms ? b : a), { flow: '', text: '', ms: 0 });
    return given
      .filter(({ ms }) => ms < longest.ms)
      .map(
        ({ flow, text }): Warning => ({
          name: 'retry_without_effect',
          path: ['flows', flow, 'retry', setting],
          message: `${text} has no effect: one policy holds for all flows, and ${longest.flow} says ${longest.text}`,
          remedy: 'Give the value once, or the same one everywhere.',
        }),
      );
  });
}

function retentionWarnings(configuration: Configuration): readonly Warning[] {
  const { defaultDays, classes, dedupeDays, auditDays } = retentionPolicy(configuration);
  const found: Warning[] = [];
  // A kind that is kept for less on purpose is no matter: a repeat of it changes nothing all the same.
  if (defaultDays < dedupeDays)
    found.push({
      name: 'retention_below_dedupe',
      path: ['retention'],
      message: `a repeat is known for ${dedupeDays} days, and what it repeats is gone after ${defaultDays}`,
      remedy: 'Keep messages for as long as repeats are known, or set a shorter `retention.dedupe`.',
    });
  const longest = Math.max(defaultDays, ...classes.map(({ days }) => days));
  if (auditDays > longest)
    found.push({
      name: 'audit_outlives_messages',
      path: ['retention', 'audit'],
      message: `requests and responses are kept for ${auditDays} days, and the attempts that lead to them for ${longest} at most`,
      remedy: 'Nobody finds them without their attempts: keep both for as long.',
    });
  return found;
}
