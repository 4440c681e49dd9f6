import { contentDigest, type SalesOrder } from '@trunkline/canonical';
import type { Command, Mappings } from '@trunkline/messaging';
import type { Configuration, Route } from '../configuration/schema.ts';

/** What routing looks at. */
export type RoutedOrder = Pick<SalesOrder, 'shipTo' | 'channel'>;

/**
 * The site that fulfils an order: the first route that fits. Conditions are fields with allowed values, not expressions: they can be
 * checked before an order meets them (ADR 6).
 */
export function siteRouter(routes: readonly Route[]): (order: RoutedOrder) => string | undefined {
  return (order) => routes.find((route) => fits(route, order))?.site;
}

/** Where no route fits, people may have said which site it is: of the region, else of the whole country. */
export function withMappedSites(
  route: (order: RoutedOrder) => string | undefined,
  mappings: Mappings,
): (order: RoutedOrder) => string | undefined {
  return (order) => {
    const { country, region } = order.shipTo;
    const ofRegion = region === undefined ? undefined : mappings.find('site', 'hub', `${country}/${region}`);
    return route(order) ?? ofRegion ?? mappings.find('site', 'hub', country);
  };
}

function fits(route: Route, order: RoutedOrder): boolean {
  const { country, region, channel } = route.when ?? {};
  return (
    (country === undefined || country.includes(order.shipTo.country)) &&
    (region === undefined || (order.shipTo.region !== undefined && region.includes(order.shipTo.region))) &&
    (channel === undefined || (order.channel !== undefined && channel.includes(order.channel)))
  );
}

/** The ERP's code of each site's warehouse, of the sites that name one. */
export function warehousesOf({ sites }: Pick<Configuration, 'sites'>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(sites).flatMap(([site, { odooWarehouse }]): [string, string][] =>
      odooWarehouse === undefined ? [] : [[site, odooWarehouse]],
    ),
  );
}

/** Other than before: orders that found no place are decided again. */
export function routingDigest(configuration: Configuration): string {
  return contentDigest({ routes: configuration.routes, warehouses: [...warehousesOf(configuration)] });
}

/** The system that holds the orders. */
export function erpOf<C>(configuration: Configuration, connectors: ReadonlyMap<string, C>): C | undefined {
  return connectors.get(firstOf(configuration, 'odoo') ?? '');
}

function firstOf({ systems }: Configuration, connector: string): string | undefined {
  return Object.keys(systems).find((name) => systems[name]?.connector === connector);
}

/** From a command's role to the configured system: `erp` and `crm` by connector, `warehouse` by its site. */
export function commandRouter(configuration: Configuration): (command: Command) => string | undefined {
  const roles = new Map([
    ['erp', firstOf(configuration, 'odoo')],
    ['crm', firstOf(configuration, 'salesforce')],
  ]);
  return (command) => {
    if (command.role === 'warehouse')
      return command.place === undefined ? undefined : configuration.sites[command.place]?.executes;
    return roles.get(command.role);
  };
}
