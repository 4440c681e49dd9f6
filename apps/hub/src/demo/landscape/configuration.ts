import { stringify } from 'yaml';
import { HUB_STATE, type Identity } from './state-folder.ts';

/** Where the systems of the landscape are. */
export interface Addresses {
  readonly crm: string;
  readonly erp: {
    readonly url: string;
    readonly database: string;
    readonly key: string;
    readonly login?: string;
  };
  /** Site code to the address of its warehouse. */
  readonly warehouses: Readonly<Record<string, string>>;
  readonly gatewayPort: number;
}

/** Site code to the code of its warehouse in Odoo. */
export type Warehouses = Readonly<Record<string, string>>;

/** A fresh database's own warehouse, from which both sites of the demo sell. */
export const ONE_WAREHOUSE: Warehouses = { DAL: 'WH', RNO: 'WH' };

/** The names that the configuration gives the sites' systems; the webhook address ends in it. */
export const SITES: readonly { readonly code: string; readonly system: string; readonly timezone: string }[] =
  [
    { code: 'DAL', system: 'dallas', timezone: 'America/Chicago' },
    { code: 'RNO', system: 'reno', timezone: 'America/Los_Angeles' },
  ];

/** Countries that Reno ships to; Dallas ships to all others. */
const FROM_RENO = ['US', 'CA', 'JP', 'AU', 'MX'];

/** The hub's configuration for the demo's landscape, as written to trunkline.yaml. */
export function demoConfiguration(
  addresses: Addresses,
  identity: Identity,
  warehousesInOdoo: Warehouses = ONE_WAREHOUSE,
): Record<string, unknown> {
  const { erp } = addresses;
  const warehouses = SITES.map(({ code, system }) => [
    system,
    {
      connector: 'warehouse-rest',
      url: addresses.warehouses[code],
      site: code,
      token: identity.warehouseToken,
      webhookSecret: identity.webhookSecret,
    },
  ]);
  return {
    hub: { name: 'trunkline-demo', state: HUB_STATE },
    gateway: { host: '127.0.0.1', port: addresses.gatewayPort },
    systems: {
      crm: {
        connector: 'salesforce',
        instance: addresses.crm,
        auth: {
          flow: 'client_credentials',
          clientId: identity.crmClientId,
          clientSecret: identity.crmClientSecret,
        },
        pollIntervalMs: 250,
      },
      erp: {
        connector: 'odoo',
        url: erp.url,
        database: erp.database,
        apiKey: erp.key,
        ...(erp.login === undefined ? {} : { login: erp.login }),
      },
      ...Object.fromEntries(warehouses),
    },
    sites: Object.fromEntries(
      SITES.map(({ code, system, timezone }) => {
        const odooWarehouse = warehousesInOdoo[code];
        const named = odooWarehouse === undefined ? {} : { odooWarehouse };
        return [code, { executes: system, ...named, timezone }];
      }),
    ),
    routes: [{ site: 'RNO', when: { country: FROM_RENO } }, { site: 'DAL' }],
    // A production hub waits longer between tries; the demo's systems are never down for minutes, and somebody looks on.
    flows: { 'order-acceptance': { retry: { base: '100ms', max: '5s', giveUpAfter: '24h' } } },
  };
}

export function configurationText(configuration: Record<string, unknown>): string {
  return `# Written by the demo at every start; changes are overwritten.\n${stringify(configuration)}`;
}
