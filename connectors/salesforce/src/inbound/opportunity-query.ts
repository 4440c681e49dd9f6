import { createHash } from 'node:crypto';
import type { JsonObject } from '@trunkline/messaging';
import { rowsOf, type SalesforceClient, UnreadableAnswer } from '../client.ts';
import { errorsOf } from '../reported-errors.ts';
import { asArray, asRecord } from '../json-shape.ts';
import { toId18 } from '../salesforce-id.ts';
import { soqlDateTime, soqlString } from '../soql.ts';

/** A place in the stream of opportunities ordered by (SystemModstamp, Id). `id` is empty for "before all of that stamp". */
export interface Position {
  readonly at: string;
  readonly id: string;
}

/** A record as it was read. Stamps are whole seconds, so a record that is saved twice in one differs by content alone. */
export interface Version extends Position {
  readonly digest: string;
}

const OPPORTUNITY = [
  'Id',
  'Name',
  'StageName',
  'CloseDate',
  'Amount',
  'SystemModstamp',
  'Customer_PO__c',
  'Requested_Ship_Date__c',
  'Backorder_Policy__c',
  'Channel__c',
  'AccountId',
];
const ACCOUNT = ['Name', 'AccountNumber', 'Phone'];
const ADDRESS = ['Street', 'City', 'State', 'PostalCode', 'Country'];
const LINES =
  '(SELECT Id, Product2.ProductCode, Product2.Name, Description, Quantity, UnitPrice, Discount, SortOrder ' +
  'FROM OpportunityLineItems ORDER BY SortOrder, Id)';

/** Fields that exist only where an org has a feature on (multiple currencies, State and Country picklists) or ships by more than one way. */
const OPTIONAL = {
  Opportunity: ['CurrencyIsoCode', 'Ship_Method__c'],
  Account: ['ShippingStateCode', 'ShippingCountryCode', 'BillingStateCode', 'BillingCountryCode'],
} as const;

/** Those of the optional fields that this org has; asking for one that is not there refuses the whole query (INVALID_FIELD). */
export interface OptionalFields {
  readonly opportunity: readonly string[];
  readonly account: readonly string[];
}

/**
 * Learns the optional fields from the objects' descriptions. Where a description may not be read they are taken as present, and
 * Salesforce's own INVALID_FIELD says what is missing.
 */
export async function readOptionalFields(
  client: SalesforceClient,
  signal: AbortSignal,
): Promise<OptionalFields> {
  const [opportunity, account] = await Promise.all([
    fieldNames(client, 'Opportunity', signal),
    fieldNames(client, 'Account', signal),
  ]);
  return {
    opportunity: OPTIONAL.Opportunity.filter((field) => opportunity?.has(field) ?? true),
    account: OPTIONAL.Account.filter((field) => account?.has(field) ?? true),
  };
}

/** What says that an object is not there for this user. Anything else that is no description says nothing of the object. */
const NOT_THERE = new Set([
  'NOT_FOUND',
  'INVALID_TYPE',
  'INSUFFICIENT_ACCESS',
  'INSUFFICIENT_ACCESS_OR_READONLY',
]);

/**
 * Undefined when the object is not there or not visible.
 *
 * @throws UnreadableAnswer when the org could not tell (busy, out of calls, down): an org that is asked in a bad moment has not said
 *   that it lacks a field
 */
export async function fieldNames(
  client: SalesforceClient,
  object: string,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | undefined> {
  const answer = await client.call(
    { method: 'GET', path: `${client.root}/sobjects/${object}/describe` },
    signal,
  );
  if (answer.status === 404 || errorsOf(answer.body).some(({ code }) => NOT_THERE.has(code)))
    return undefined;
  const { fields } = asRecord(answer.body);
  if (answer.status !== 200 || !Array.isArray(fields)) throw new UnreadableAnswer(answer);
  return new Set(fields.map((field) => String(asRecord(field)['name'])));
}

export function wonAfter(position: Position, limit: number, optional: OptionalFields): string {
  return `${select(optional)} WHERE IsWon = true AND ${after(position)} ORDER BY SystemModstamp, Id LIMIT ${limit}`;
}

export function wonByIds(ids: readonly string[], optional: OptionalFields): string {
  return `${select(optional)} WHERE IsWon = true AND Id IN (${ids.map(soqlString).join(', ')}) ORDER BY SystemModstamp, Id`;
}

/** Ids and stamps alone: what a re-read of the overlap needs to find the few that came late. */
export function stampsBetween(from: Position, through: string, limit: number): string {
  return (
    `SELECT Id, SystemModstamp FROM Opportunity WHERE IsWon = true AND ${after(from)} ` +
    `AND SystemModstamp <= ${soqlDateTime(through)} ORDER BY SystemModstamp, Id LIMIT ${limit}`
  );
}

/** Keyset order: an import stamps thousands of records alike, and a page must be able to end in the middle of them. */
function after({ at, id }: Position): string {
  const stamp = soqlDateTime(at);
  if (id === '') return `SystemModstamp >= ${stamp}`;
  return `(SystemModstamp > ${stamp} OR (SystemModstamp = ${stamp} AND Id > ${soqlString(id)}))`;
}

function select(optional: OptionalFields): string {
  const account = [
    ...ACCOUNT,
    ...ADDRESS.map((field) => `Shipping${field}`),
    ...ADDRESS.map((field) => `Billing${field}`),
    ...optional.account,
  ];
  const fields = [
    ...OPPORTUNITY,
    ...optional.opportunity,
    ...account.map((field) => `Account.${field}`),
    LINES,
  ];
  return `SELECT ${fields.join(', ')} FROM Opportunity`;
}

export interface Page<T> {
  readonly rows: readonly T[];
  /** False: there is more behind the last row. */
  readonly complete: boolean;
}

export async function query(
  client: SalesforceClient,
  soql: string,
  signal: AbortSignal,
): Promise<Page<Record<string, unknown>>> {
  const path = `${client.root}/query?q=${encodeURIComponent(soql)}`;
  const { rows, done } = rowsOf(await client.call({ method: 'GET', path }, signal));
  return { rows: rows.map(asRecord), complete: done };
}

/**
 * The record as a message's payload: `attributes` stripped at every level, and all of its lines. Salesforce cuts a long list of
 * children short and gives a `nextRecordsUrl` for the rest; an order must not lose its tail to that.
 */
export async function wholeRecord(
  client: SalesforceClient,
  record: Record<string, unknown>,
  signal: AbortSignal,
): Promise<JsonObject> {
  const lines = asRecord(record['OpportunityLineItems']);
  if (lines['done'] !== false || typeof lines['nextRecordsUrl'] !== 'string') return stripped(record);
  const records = [...asArray(lines['records'])];
  let next: string | undefined = lines['nextRecordsUrl'];
  while (next !== undefined) {
    const page = rowsOf(await client.call({ method: 'GET', path: next }, signal));
    records.push(...page.rows);
    next = page.done ? undefined : page.next;
  }
  const whole = { totalSize: records.length, done: true, records };
  return stripped({ ...record, OpportunityLineItems: whole });
}

function stripped(record: Record<string, unknown>): JsonObject {
  const text = JSON.stringify(record, (name, value: unknown) => (name === 'attributes' ? undefined : value));
  return JSON.parse(text) as JsonObject;
}

/** The record's place in the stream; throws on a row without its key fields, which no query here can give. */
export function positionOf(row: Record<string, unknown>): Position {
  const id = typeof row['Id'] === 'string' ? toId18(row['Id']) : undefined;
  const at = row['SystemModstamp'];
  if (id === undefined || typeof at !== 'string') {
    throw new Error(
      `Salesforce gave an opportunity without Id or SystemModstamp: ${JSON.stringify(row).slice(0, 200)}`,
    );
  }
  return { at, id };
}

/** Without what names the page and not the record: a query locator is another one each time. */
export function versionOf(row: Record<string, unknown>): Version {
  const content = JSON.stringify(row, (name, value: unknown) =>
    name === 'attributes' || name === 'nextRecordsUrl' ? undefined : value,
  );
  const digest = createHash('sha256').update(content).digest('base64url').slice(0, 12);
  return { ...positionOf(row), digest };
}
