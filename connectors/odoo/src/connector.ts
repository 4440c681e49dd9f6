import type { CanonicalEvent } from '@trunkline/canonical';
import type { Connector, Finding, HealthCheck, ReportExchange, Translator } from '@trunkline/messaging';
import { createOdooClient, type OdooClientOptions } from './client.ts';
import type { OdooConfig } from './config.ts';
import { classifyOdooError } from './error-classification.ts';
import type { Odoo } from './external-ids.ts';
import { createChangeHint, createHints } from './inbound/change-hint.ts';
import { inCompany } from './in-company.ts';
import { createChangeStream } from './inbound/change-stream.ts';
import { outgoingPickings } from './inbound/outgoing-pickings.ts';
import { PARTNER_DOCUMENT, partners } from './inbound/partners.ts';
import { priceLists } from './inbound/price-lists.ts';
import { products } from './inbound/products.ts';
import { createRecordSweep } from './inbound/record-sweep.ts';
import { forAll, speakingForAll } from './inbound/refusals.ts';
import { saleOrders } from './inbound/sale-orders.ts';
import { wonLeads } from './inbound/won-leads.ts';
import { checkKey } from './key-rotation/key-health.ts';
import { createKeyRing, type KeyRing, type KeyStore } from './key-rotation/key-ring.ts';
import { rotateKey, type RotationOptions } from './key-rotation/rotate-key.ts';
import { mannersOf } from './manners.ts';
import type { Feature } from './needs/feature-needs.ts';
import { inspectOdoo } from './needs/inspect.ts';
import { createOdooTarget } from './outbound/target.ts';
import { LEAD_DOCUMENT, translateLead } from './translators/lead.ts';
import { ORDER_DOCUMENT, translateOrderInErp } from './translators/order-in-erp.ts';
import { PICKING_DOCUMENT, translatePicking } from './translators/picking.ts';
import { PRICE_LIST_DOCUMENT, translatePriceList } from './translators/price-list-document.ts';
import { PRODUCT_DOCUMENT, translateProduct } from './translators/product.ts';
import { shownVersion } from './versions/treated-as.ts';
import { checkUntriedVersion } from './versions/untried-version.ts';

export interface OdooDependencies {
  /** The system's name in the configuration. */
  readonly system: string;
  readonly onExchange?: ReportExchange;
  /** Where renewed API keys are kept; absent: the configured key is used for ever. */
  readonly keyStore?: KeyStore;
  /** The warehouse's code of each site that names one: the inspection says when Odoo has none of that code. */
  readonly warehouses?: ReadonlyMap<string, string>;
}

const TRANSLATORS: Readonly<Record<string, Translator<CanonicalEvent>>> = {
  [LEAD_DOCUMENT]: translateLead,
  [ORDER_DOCUMENT]: translateOrderInErp,
  [PRODUCT_DOCUMENT]: translateProduct,
  [PRICE_LIST_DOCUMENT]: translatePriceList,
};

/** Every type of document that Odoo sends, whatever of it is followed. */
export const ODOO_DOCUMENTS: readonly string[] = [
  PICKING_DOCUMENT,
  PARTNER_DOCUMENT,
  PRODUCT_DOCUMENT,
  PRICE_LIST_DOCUMENT,
  ORDER_DOCUMENT,
  LEAD_DOCUMENT,
];

/** One Odoo database as the hub's ERP. */
export function createOdooConnector(
  config: OdooConfig,
  { system, onExchange, keyStore, warehouses }: OdooDependencies,
): Connector<CanonicalEvent> {
  const { callsPerSecond, concurrency, batch, lingerMs, pollIntervalMs } = mannersOf(config);
  const ring = createKeyRing(config.apiKey, keyStore);
  const connection: OdooClientOptions = {
    url: config.url,
    database: config.database,
    apiKey: config.apiKey,
    ...(config.login === undefined ? {} : { login: config.login }),
    ...(config.transport === undefined ? {} : { transport: config.transport }),
    ...(config.limits?.timeoutMs === undefined ? {} : { timeoutMs: config.limits.timeoutMs }),
  };
  const opened = createOdooClient({
    ...connection,
    keys: ring,
    // One more than the target uses, so that polling does not wait behind a batch.
    concurrency: concurrency + 1,
    ...(onExchange === undefined ? {} : { onExchange }),
    ...(callsPerSecond === undefined ? {} : { callsPerSecond }),
  });
  const client = inCompany(opened, config.company);
  const odoo: Odoo = { client, externalIdModule: config.externalIdModule ?? 'trunkline' };
  const swept = createRecordSweep(system, odoo);
  // Before the first poll nothing is known, and one more is none too many.
  const hints = createHints(() => (client.knownServer()?.major ?? 0) < 19);
  const known = config.password === undefined ? {} : { password: config.password };
  const secrets = [config.hintSecret ?? []].flat();
  const polling = {
    system,
    odoo,
    intervalMs: pollIntervalMs,
    overlapSeconds: config.overlapSeconds ?? 15,
  };
  return {
    system,
    translate: (message) => (TRANSLATORS[message.type] ?? translatePicking)(message),
    target: createOdooTarget({ system, odoo, concurrency, batch, lingerMs }),
    pollers: [
      createChangeStream(outgoingPickings(odoo), polling),
      ...(config.follow?.includes('partners') === true ? [createChangeStream(partners(odoo), polling)] : []),
      ...(config.follow?.includes('products') === true ? [createChangeStream(products(odoo), polling)] : []),
      ...(config.follow?.includes('price-lists') === true
        ? [createChangeStream(priceLists(odoo), polling)]
        : []),
      ...(config.follow?.includes('orders') === true ? [createChangeStream(saleOrders(odoo), polling)] : []),
      ...(config.follow?.includes('won-leads') === true ? [createChangeStream(wonLeads(odoo), polling)] : []),
    ]
      .map(speakingForAll)
      .map(hints.hinted),
    ...(secrets.length === 0 ? {} : { webhook: createChangeHint(secrets, hints.changed) }),
    serverVersion() {
      const server = client.knownServer();
      return server === undefined ? undefined : shownVersion(server);
    },
    check: (signal) => checkOdoo(odoo, ring, config.password !== undefined, signal),
    inspect: (signal) =>
      forAll(() =>
        inspectOdoo(odoo, signal, {
          features: featuresOf(config),
          ...(warehouses === undefined ? {} : { warehouses }),
        }),
      ),
    ...(keyStore === undefined
      ? {}
      : {
          renewCredentials: (signal) => forAll(() => renew(system, { connection, ring, ...known }, signal)),
        }),
    sweep: {
      marks: (records, signal) => forAll(() => swept.marks(records, signal)),
      read: (records, signal) => forAll(() => swept.read(records, signal)),
    },
    close: () => {
      hints.close();
      return client.close();
    },
  };
}

/** What is followed beyond orders and deliveries asks for models and rights of its own. */
function featuresOf({ follow = [] }: OdooConfig): readonly Feature[] {
  return [
    ...(follow.includes('won-leads') ? (['won-leads'] as const) : []),
    ...(follow.includes('products') ? (['products'] as const) : []),
    ...(follow.includes('price-lists') ? (['price-lists'] as const) : []),
  ];
}

/** By clients of its own, whose exchanges nobody records: keys stand in them. */
async function renew(
  system: string,
  { connection, ring, password }: Pick<RotationOptions, 'connection' | 'ring' | 'password'>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const client = createOdooClient({ ...connection, keys: ring });
  const known = password === undefined ? {} : { password };
  try {
    return await rotateKey({ system, connection, ring, client, ...known, nowMs: Date.now }, signal);
  } finally {
    await client.close();
  }
}

const MODELS = ['res.partner', 'product.product', 'sale.order', 'stock.picking', 'stock.move'] as const;

async function checkOdoo(
  odoo: Odoo,
  ring: KeyRing,
  hasPassword: boolean,
  signal: AbortSignal,
): Promise<readonly HealthCheck[]> {
  const found: HealthCheck[] = [];
  try {
    const server = await odoo.client.server({ signal });
    const over = server.transport === 'json2' ? 'JSON-2' : '/jsonrpc';
    found.push({ name: 'version', ok: true, detail: `Odoo ${shownVersion(server)} over ${over}` });
    found.push(...(await checkUntriedVersion(odoo.client, server, signal)));
  } catch (error) {
    return [failed('reach', error)];
  }
  for (const model of MODELS) {
    try {
      const count = await odoo.client.call<number>(model, 'search_count', { domain: [] }, { signal });
      found.push({ name: model, ok: true, detail: `${count} records in reach` });
    } catch (error) {
      found.push(failed(model, error));
    }
  }
  try {
    found.push(await checkKey(odoo.client, ring, hasPassword, signal));
  } catch (error) {
    found.push(failed('API key', error));
  }
  return found;
}

function failed(name: string, error: unknown): HealthCheck {
  const failure = classifyOdooError(error);
  return {
    name,
    ok: false,
    detail: failure.message,
    remedy: failure.kind === 'rejected' ? failure.remedy : 'See whether Odoo is up and its address right.',
  };
}
