import { type Account, account } from '../accounting/account.ts';
import type { Landscape } from '../landscape/landscape.ts';
import type { Identity } from '../landscape/state-folder.ts';
import { type ErpBooks, OdooBooks } from '../systems/erp-books.ts';
import { type ErpSeeder, OdooSeeder } from '../systems/erp-seeder.ts';
import { fetchJson } from '../systems/http.ts';
import { connectOdoo } from '../systems/odoo-rpc.ts';
import { DemoCrm } from '../systems/salesforce.ts';
import { DemoWarehouse, type WarehouseSummary } from '../systems/warehouse.ts';

/** The systems around the hub, as the demo talks to them: never through the hub. */
export interface Systems {
  readonly crm: DemoCrm;
  readonly seeder: ErpSeeder;
  readonly erp: ErpBooks;
  readonly warehouses: readonly DemoWarehouse[];
}

export async function connectSystems(landscape: Landscape, identity: Identity): Promise<Systems> {
  const odoo = await connectOdoo(landscape.erp);
  return {
    crm: new DemoCrm(landscape.addresses.crm, {
      id: identity.crmClientId,
      secret: identity.crmClientSecret,
    }),
    seeder: new OdooSeeder(landscape.erp),
    erp: new OdooBooks(odoo, identity.prefix),
    warehouses: Object.values(landscape.addresses.warehouses).map((url) => new DemoWarehouse(url)),
  };
}

export async function accountNow({ crm, erp, warehouses }: Systems): Promise<Account> {
  // The CRM last: its status follows the other two, so that a status read before its cause cannot look like a difference.
  const [erpOrders, ...releases] = await Promise.all([
    erp.orders(),
    ...warehouses.map((each) => each.releases()),
  ]);
  return account({ crm: await crm.orders(), erp: erpOrders, warehouse: releases.flat() });
}

export interface Standing {
  readonly won: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly warehouse: WarehouseSummary;
}

export async function standingNow({ crm, warehouses }: Systems): Promise<Standing> {
  const [deals, ...sites] = await Promise.all([crm.summary(), ...warehouses.map((each) => each.summary())]);
  return {
    won: deals.won,
    byStatus: deals.byStatus,
    warehouse: {
      releases: total(sites, 'releases'),
      busy: total(sites, 'busy'),
      shipments: total(sites, 'shipments'),
      untold: total(sites, 'untold'),
    },
  };
}

function total(sites: readonly WarehouseSummary[], key: keyof WarehouseSummary): number {
  return sites.reduce((sum, site) => sum + site[key], 0);
}

/**
 * Mild faults of every kind that the simulators know, none of which may cost an order: refused calls, answers dropped after the commit,
 * lost races, events twice and out of order.
 */
export async function disturb({ addresses }: Landscape, seed: number, live: boolean): Promise<void> {
  const set = (url: string, json: Record<string, unknown>) =>
    fetchJson({ method: 'POST', url: `${url}/_sim/faults`, json: { seed, ...json } });
  await set(addresses.crm, { failRate: 0.02, dropAfterCommitRate: 0.02, lockRowRate: 0.02 });
  if (!live)
    await set(addresses.erp.url, { failRate: 0.02, dropAfterCommitRate: 0.02, serializationFailRate: 0.02 });
  for (const url of Object.values(addresses.warehouses)) {
    await set(url, { failRate: 0.02, dropAfterCommitRate: 0.02, duplicateRate: 0.05, outOfOrderRate: 0.05 });
  }
}

export async function calm({ addresses }: Landscape, live: boolean): Promise<void> {
  const urls = [addresses.crm, ...(live ? [] : [addresses.erp.url]), ...Object.values(addresses.warehouses)];
  await Promise.all(urls.map((url) => fetchJson({ method: 'DELETE', url: `${url}/_sim/faults` })));
}
