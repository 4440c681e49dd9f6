import type { CanonicalEvent } from '@trunkline/canonical';
import {
  createOdooConnector,
  type KeyStore,
  ODOO_DOCUMENTS,
  type OdooConfig,
  OdooConfigSchema,
} from '@trunkline/connector-odoo';
import {
  createSalesforceConnector,
  SALESFORCE_DOCUMENTS,
  type SalesforceConfig,
  SalesforceConfigSchema,
} from '@trunkline/connector-salesforce';
import {
  createWarehouseRestConnector,
  WAREHOUSE_DOCUMENTS,
  type WarehouseRestConfig,
  WarehouseRestConfigSchema,
} from '@trunkline/connector-warehouse-rest';
import type { Connector, ReportExchange } from '@trunkline/messaging';
import type { Pool } from 'pg';
import type { TSchema } from 'typebox';
import type { Configuration } from '../configuration/schema.ts';
import { keyStoreOf } from './key-store.ts';
import { warehousesOf } from './routing.ts';

interface Registered {
  readonly schema: TSchema;
  /** Every type of document that it hands out, by which lanes are given. */
  readonly documents: readonly string[];
  /** The settings have passed `schema`. */
  readonly create: (
    settings: unknown,
    dependencies: {
      readonly system: string;
      readonly onExchange?: ReportExchange;
      readonly keyStore?: KeyStore;
      readonly warehouses?: ReadonlyMap<string, string>;
    },
  ) => Connector<CanonicalEvent>;
}

/** Every connector that a configuration can name. A new one is registered here and nowhere else. */
const REGISTRY: ReadonlyMap<string, Registered> = new Map<string, Registered>([
  [
    'odoo',
    {
      schema: OdooConfigSchema,
      documents: ODOO_DOCUMENTS,
      create: (settings, dependencies) => createOdooConnector(settings as OdooConfig, dependencies),
    },
  ],
  [
    'salesforce',
    {
      schema: SalesforceConfigSchema,
      documents: SALESFORCE_DOCUMENTS,
      create: (settings, dependencies) =>
        createSalesforceConnector(settings as SalesforceConfig, dependencies),
    },
  ],
  [
    'warehouse-rest',
    {
      schema: WarehouseRestConfigSchema,
      documents: WAREHOUSE_DOCUMENTS,
      create: (settings, dependencies) =>
        createWarehouseRestConnector(settings as WarehouseRestConfig, dependencies),
    },
  ],
]);

export const connectorSchemas: ReadonlyMap<string, TSchema> = new Map(
  [...REGISTRY].map(([name, { schema }]) => [name, schema]),
);

export const connectorDocuments: ReadonlyMap<string, readonly string[]> = new Map(
  [...REGISTRY].map(([name, { documents }]) => [name, documents]),
);

/** One connector per configured system; the configuration has been judged. */
export function createConnectors(
  configuration: Configuration,
  /** The journal's database, where renewed keys are; without it the configured ones are used. */
  pool?: Pool,
  onExchange?: ReportExchange,
): ReadonlyMap<string, Connector<CanonicalEvent>> {
  const warehouses = warehousesOf(configuration);
  return new Map(
    Object.entries(configuration.systems).map(([system, { connector, ...settings }]) => {
      const registered = REGISTRY.get(connector);
      if (registered === undefined)
        throw new Error(`There is no connector ${connector}; trunkline check would have said so.`);
      return [
        system,
        registered.create(settings, {
          system,
          warehouses,
          ...(onExchange === undefined ? {} : { onExchange }),
          ...(pool === undefined ? {} : { keyStore: keyStoreOf(pool, system) }),
        }),
      ];
    }),
  );
}
