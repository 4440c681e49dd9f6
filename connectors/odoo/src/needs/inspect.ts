import type { Finding, Inspection } from '@trunkline/messaging';
import type { CallOptions, OdooClient } from '../client.ts';
import { classifyOdooError } from '../error-classification.ts';
import { type FieldCatalogue, readCatalogue } from '../field-catalogue.ts';
import { toOutcome } from '../outbound/outcomes.ts';
import { readWarehouses } from '../outbound/warehouses.ts';
import type { Odoo } from '../external-ids.ts';
import type { Feature } from './feature-needs.ts';
import { judgeNeed, type ModelState } from './judge.ts';
import { NEWEST } from '../versions/differences.ts';
import { valueAt } from '../versions/lookup.ts';
import { shownVersion } from '../versions/treated-as.ts';
import { MENUS } from './menus.ts';
import { type ModelNeed, needsOf, type Operation } from './needs.ts';

/** Every flow stands still when Odoo cannot be called at all. */
const EVERY_FLOW = [
  'customer-sync',
  'order-acceptance',
  'order-release',
  'fulfilment-events',
  'inventory-adjustments',
];

const TRANSPORTS = { json2: 'JSON-2', jsonrpc: '/jsonrpc' } as const;

/** What else an inspection asks about, besides what every hub needs. */
export interface Inspected {
  readonly features?: readonly Feature[];
  /** Site to the code of its warehouse. */
  readonly warehouses?: ReadonlyMap<string, string>;
}

/**
 * Asks a server whether it still is what the mappings take it for: models, fields and their types, required fields, the account's
 * rights. Nothing is written. About 30 small calls, one after the other, so that orders hardly notice.
 *
 * A wrong address, database or key is a finding as well. @throws OdooError when the server cannot be asked now
 */
export async function inspectOdoo(
  odoo: Odoo,
  signal: AbortSignal,
  { features = [], warehouses = new Map() }: Inspected = {},
): Promise<Inspection> {
  const options = { signal };
  const { client } = odoo;
  try {
    const found = await client.server(options);
    const { major, transport } = found;
    const server = { product: 'Odoo', version: shownVersion(found), transport: TRANSPORTS[transport] };
    const needs = needsOf(major, features);
    const findings: Finding[] = [];
    let asked = 0;
    for (const [model, group] of Map.groupBy(needs, (need) => need.model)) {
      const state = await stateOf(client, major, model, group, options);
      for (const need of group) {
        asked += Object.keys(need.fields).length + need.operations.length;
        findings.push(...judgeNeed(need, state));
      }
    }
    findings.push(...(await senderFindings(client, options)));
    // Without the right to read warehouses that is the finding, and nothing is known of any.
    const readable = !findings.some(({ path }) => path === 'stock.warehouse read' || path === 'stock');
    if (readable) findings.push(...(await warehouseFindings(odoo, warehouses, signal)));
    return { server, asked: asked + 1 + warehouses.size, findings };
  } catch (error) {
    const failure = classifyOdooError(error);
    if (failure.kind !== 'rejected') throw error;
    const outcome = toOutcome(failure, () => ({}));
    const code = 'code' in outcome ? outcome.code : 'target_misconfigured';
    const { message, remedy } = failure;
    return { asked: 1, findings: [{ code, path: '', message, remedy, flows: EVERY_FLOW }] };
  }
}

async function stateOf(
  client: OdooClient,
  major: number,
  model: string,
  needs: readonly ModelNeed[],
  options: CallOptions,
): Promise<ModelState> {
  const catalogue = await catalogueOrNull(client, model, options);
  if (catalogue === null) return { catalogue, refused: [], unfilled: [] };
  const refused: Operation[] = [];
  for (const operation of new Set(needs.flatMap((need) => need.operations)))
    if (!(await allowed(client, major, model, operation, options))) refused.push(operation);
  const creates = needs.some(({ given }) => given !== undefined) && !refused.includes('create');
  const unfilled = creates ? await unfilledFields(client, model, catalogue, options) : [];
  return { catalogue, refused, unfilled };
}

/** Null: there is no such model. A model that may not be read has its fields all the same. */
async function catalogueOrNull(
  client: OdooClient,
  model: string,
  options: CallOptions,
): Promise<FieldCatalogue | null> {
  try {
    return await readCatalogue(client, model, options);
  } catch (error) {
    const failure = classifyOdooError(error);
    if (failure.kind === 'rejected' && failure.code === 'odoo-model-missing') return null;
    if (failure.kind === 'rejected' && failure.code === 'odoo-right-missing') return {};
    throw error;
  }
}

/** `has_access` since 18; 19 still answers the older name, with nothing. */
function allowed(
  client: OdooClient,
  major: number,
  model: string,
  operation: Operation,
  options: CallOptions,
): Promise<boolean> {
  return major >= 18
    ? client.call<boolean>(model, 'has_access', { ids: [], operation }, options)
    : client.call<boolean>(model, 'check_access_rights', { operation, raise_exception: false }, options);
}

/** Required columns that neither a default nor a computation fills, as this account sees them. */
async function unfilledFields(
  client: OdooClient,
  model: string,
  catalogue: FieldCatalogue,
  options: CallOptions,
): Promise<readonly string[]> {
  const entered = Object.keys(catalogue).filter((name) => isEntered(catalogue, name));
  if (entered.length === 0) return [];
  const defaults = await defaultsOf(client, model, entered, options);
  return entered.filter((name) => defaults[name] === undefined || defaults[name] === false);
}

/** Overrides of `default_get` name its argument as they like, and JSON-2 goes by the name. */
async function defaultsOf(
  client: OdooClient,
  model: string,
  fields: readonly string[],
  options: CallOptions,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await client.call(model, 'default_get', { fields }, options);
  } catch (error) {
    const failure = classifyOdooError(error);
    if (failure.kind !== 'rejected' || failure.code !== 'odoo-field-mismatch') throw error;
    return client.call(model, 'default_get', { fields_list: fields }, options);
  }
}

function isEntered(catalogue: FieldCatalogue, name: string): boolean {
  const field = catalogue[name];
  return (
    field?.required === true &&
    field.store === true &&
    field.type !== 'boolean' &&
    (field.depends ?? []).length === 0
  );
}

/** Sites whose warehouse this account does not see: their orders would be refused one by one. */
async function warehouseFindings(
  odoo: Odoo,
  warehouses: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  if (warehouses.size === 0) return [];
  const known = await readWarehouses(odoo, signal);
  return [...warehouses]
    .filter(([, code]) => !known.has(code))
    .map(([site, code]) => ({
      code: 'target_setting_missing',
      path: `sites.${site}.odooWarehouse`,
      message: `Odoo shows no warehouse “${code}” to this account, which the site ${site} names. It shows: ${[...known.keys()].join(', ')}.`,
      remedy: `Correct odooWarehouse of the site ${site} in the configuration, or make the warehouse (${valueAt(MENUS.warehouses, NEWEST)}) with the short name ${code}, or give the account the company that it belongs to.`,
      flows: ['order-acceptance', 'order-release'],
    }));
}

/** Without an e-mail address Odoo refuses every validation that leaves a note ("please configure the sender's email address"). */
async function senderFindings(client: OdooClient, options: CallOptions): Promise<readonly Finding[]> {
  const { uid } = await client.call<{ uid?: number }>('res.users', 'context_get', {}, options);
  if (uid === undefined) return [];
  const [user] = await client.call<{ email?: string | false; login: string }[]>(
    'res.users',
    'read',
    { ids: [uid], fields: ['email', 'login'] },
    options,
  );
  if (user === undefined || (typeof user.email === 'string' && user.email !== '')) return [];
  return [
    {
      code: 'target_setting_missing',
      path: 'res.users email',
      message: `The service account “${user.login}” has no e-mail address in Odoo, which then refuses to validate transfers with a backorder.`,
      remedy: 'Settings > Users & Companies > Users > the account > its contact: enter an e-mail address.',
      flows: ['fulfilment-events'],
    },
  ];
}
