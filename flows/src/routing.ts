import type { SalesOrder } from '@trunkline/canonical';
import type { ExceptionReport, Fault } from '@trunkline/messaging';
import { exceptionReport } from './exception-report.ts';

/** Where orders are fulfilled: configuration. */
export interface Routing {
  /** The site code that should fulfil an order; undefined when no route fits. */
  readonly routeOrder: (order: SalesOrder) => string | undefined;
  readonly knownSites: ReadonlySet<string>;
  /** The ERP's code of each site's warehouse, of the sites that name one. None: the ERP chooses, and the routes alone decide. */
  readonly warehouses?: ReadonlyMap<string, string>;
}

/** Where what the ERP planned is fulfilled. */
export type PlanSite =
  | { readonly kind: 'site'; readonly site: string }
  | { readonly kind: 'no_route'; readonly site: string | undefined }
  /** The ERP plans it where no site, or no single one, takes its stock from. */
  | { readonly kind: 'no_site'; readonly warehouse: string; readonly sites: readonly string[] };

/** The site of an order before anything is planned. */
export function siteOf(routing: Routing, order: SalesOrder): PlanSite {
  const site = routing.routeOrder(order);
  return site === undefined || !routing.knownSites.has(site)
    ? { kind: 'no_route', site }
    : { kind: 'site', site };
}

/**
 * The site whose warehouse a plan is in. The route decides among sites that share one warehouse; when people moved a plan to another
 * site's warehouse, that site has the reserved goods, and the release goes there.
 */
export function siteOfPlan(
  routing: Routing,
  order: SalesOrder,
  { warehouse }: { readonly warehouse?: string },
): PlanSite {
  const routed = siteOf(routing, order);
  if (routed.kind !== 'site' || warehouse === undefined) return routed;
  const named = routing.warehouses ?? new Map<string, string>();
  if (named.size === 0 || named.get(routed.site) === warehouse) return routed;
  const sites = [...named].filter(([, code]) => code === warehouse).map(([site]) => site);
  const [only, ...others] = sites;
  if (only !== undefined && others.length === 0) return { kind: 'site', site: only };
  return only === undefined && !named.has(routed.site) ? routed : { kind: 'no_site', warehouse, sites };
}

/** `name` is what people know the order by. */
export function noRoute(
  flow: string,
  name: string,
  { shipTo }: SalesOrder,
  site: string | undefined,
): ExceptionReport {
  const { country, region } = shipTo;
  const where = region === undefined ? country : `${country}, ${region}`;
  const summary =
    site === undefined
      ? `No route fits order ${name} to ${where}.`
      : `Order ${name} to ${where} is routed to ${site}, which is no configured site.`;
  const value = region === undefined ? country : `${country}/${region}`;
  const fault: Fault = {
    code: 'no_route',
    path: 'shipTo',
    message: `No site fulfils ${value}.`,
    missing: { kind: 'site', system: 'hub', value },
  };
  return exceptionReport(flow, 'no_route', summary, [fault]);
}

export function noSiteOfWarehouse(
  flow: string,
  { orderNumber, planNumber }: { readonly orderNumber: string; readonly planNumber: string },
  { warehouse, sites }: Extract<PlanSite, { kind: 'no_site' }>,
): ExceptionReport {
  const whose = sites.length === 0 ? 'no site names' : `${sites.join(' and ')} name`;
  const summary = `Order ${orderNumber} is planned in the warehouse ${warehouse} (${planNumber}), which ${whose}.`;
  const fault: Fault = {
    code: 'warehouse_without_site',
    path: 'warehouse',
    message: `The warehouse ${warehouse} stands for ${sites.length === 0 ? 'no' : 'more than one'} site.`,
  };
  return exceptionReport(flow, 'warehouse_without_site', summary, [fault]);
}
