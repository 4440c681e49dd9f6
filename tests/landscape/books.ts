import type { ErpOrder } from '../../apps/hub/src/demo/accounting/snapshot.ts';
import { fetchJson } from '../../apps/hub/src/demo/systems/http.ts';
import type { RunningLandscape } from './running-landscape.ts';
import { until } from './until.ts';

/** The CRM's own status record of an order. */
export interface StatusRecord {
  readonly Status__c: string;
  readonly Reason__c: string | null;
  readonly Order_Number__c: string | null;
  readonly Tracking_Numbers__c: string | null;
  readonly Units_Ordered__c: number;
  readonly Units_Shipped__c: number;
  readonly Units_Backordered__c: number;
  readonly Units_Cancelled__c: number;
}

/** A release as the warehouse shows it. */
export interface FloorRelease {
  readonly site: string;
  readonly releaseNumber: string;
  readonly carrierService?: string;
  readonly state: string;
  readonly lines: readonly {
    readonly sku: string;
    readonly quantity: string;
    readonly picked: string;
    readonly shipped: string;
    readonly short: string;
  }[];
  readonly shipments: readonly { readonly shipmentNumber: string; readonly trackingNumber: string }[];
}

/** Ids of the opportunities for these customer POs, in their order; read past the CRM's faults and limits. */
export async function opportunityIds(
  { landscape }: RunningLandscape,
  pos: readonly string[],
): Promise<readonly string[]> {
  const url = `${landscape.addresses.crm}/_sim/records/Opportunity?limit=2000`;
  const { records } = await fetchJson<{ records: { Id: string; Customer_PO__c: string }[] }>({
    method: 'GET',
    url,
  });
  return pos.map((po) => {
    const [found, ...more] = records.filter((record) => record.Customer_PO__c === po);
    if (found === undefined || more.length > 0) throw new Error(`Not one opportunity is for ${po}.`);
    return found.Id;
  });
}

export async function opportunityId(running: RunningLandscape, po: string): Promise<string> {
  const [id] = await opportunityIds(running, [po]);
  return id ?? '';
}

/** Every status record of an opportunity: more than one is a duplicate. */
export async function statusRecords(
  { landscape }: RunningLandscape,
  opportunity: string,
): Promise<readonly StatusRecord[]> {
  const url = `${landscape.addresses.crm}/_sim/orders?opportunity=${opportunity}`;
  return (await fetchJson<{ records: StatusRecord[] }>({ method: 'GET', url })).records;
}

/** Waits until the CRM says one of these of the order, and gives the record. */
export async function untilStatus(
  running: RunningLandscape,
  po: string,
  statuses: string | readonly string[],
  withinMs = 20_000,
): Promise<StatusRecord> {
  const id = await opportunityId(running, po);
  let last: StatusRecord | undefined;
  return until(
    `the CRM says ${String(statuses)} of ${po}`,
    async () => {
      [last] = await statusRecords(running, id);
      return last !== undefined && statuses.includes(last.Status__c) ? last : undefined;
    },
    { withinMs, seen: () => last },
  );
}

/** The orders that Odoo holds for an opportunity: more than one is a duplicate. */
export async function erpOrders(
  { systems }: RunningLandscape,
  opportunity: string,
): Promise<readonly ErpOrder[]> {
  return (await systems.erp.orders()).filter(({ order }) => order === opportunity);
}

export async function releasesOf(
  { landscape }: RunningLandscape,
  opportunity: string,
): Promise<readonly FloorRelease[]> {
  const pages = await Promise.all(
    Object.values(landscape.addresses.warehouses).map((url) =>
      fetchJson<{ releases: FloorRelease[] }>({
        method: 'GET',
        url: `${url}/_sim/releases?reference=so_${opportunity}`,
      }),
    ),
  );
  return pages.flatMap(({ releases }) => releases);
}

/** Units by SKU, as numbers: the tests' quantities are whole. */
export function unitsBySku<T extends { readonly sku: string }>(
  lines: readonly T[],
  unitsOf: (line: T) => string,
): Record<string, number> {
  const units: Record<string, number> = {};
  for (const line of lines) units[line.sku] = (units[line.sku] ?? 0) + Number(unitsOf(line));
  return Object.fromEntries(Object.entries(units).filter(([, count]) => count !== 0));
}
