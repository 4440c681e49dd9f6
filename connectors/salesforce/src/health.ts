import type { HealthCheck } from '@trunkline/messaging';
import type { SalesforceClient } from './client.ts';
import type { SalesforceSettings } from './config.ts';
import { errorsOf } from './reported-errors.ts';
import { fieldNames } from './inbound/opportunity-query.ts';
import { asArray, asRecord } from './json-shape.ts';
import { ORDER_FIELDS } from './translators/order-status.ts';

const OPPORTUNITY_FIELDS = [
  'Customer_PO__c',
  'Requested_Ship_Date__c',
  'Backorder_Policy__c',
  'Channel__c',
] as const;

/** In the order in which one needs the other; stops at the first that fails, as the rest could only fail by it. */
export async function checkOrg(
  client: SalesforceClient,
  settings: SalesforceSettings,
  signal: AbortSignal,
): Promise<readonly HealthCheck[]> {
  const steps: readonly (() => Promise<HealthCheck>)[] = [
    () => reach(client, settings, signal),
    () => authorise(client, signal),
    () => fields(client, settings.orderObject, ORDER_FIELDS, signal),
    () => fields(client, 'Opportunity', OPPORTUNITY_FIELDS, signal),
    () => allowance(client),
  ];
  const checks: HealthCheck[] = [];
  for (const step of steps) {
    const check = await step();
    checks.push(check);
    if (!check.ok) break;
  }
  return checks;
}

async function reach(
  client: SalesforceClient,
  settings: SalesforceSettings,
  signal: AbortSignal,
): Promise<HealthCheck> {
  const name = 'reachable';
  const remedy = 'Compare `instance` with Setup > My Domain, and see whether this machine may reach it.';
  try {
    const answer = await client.callAnonymously('/services/data', signal);
    const versions = asArray(answer.body).map((entry) => String(asRecord(entry)['version']));
    if (versions.length === 0) {
      const detail = `${settings.instance} answered HTTP ${answer.status}, but not as a Salesforce API.`;
      return { name, ok: false, detail, remedy };
    }
    if (versions.includes(settings.apiVersion)) {
      return { name, ok: true, detail: `${settings.instance} has API version ${settings.apiVersion}.` };
    }
    return {
      name,
      ok: false,
      detail: `${settings.instance} has no API version ${settings.apiVersion}; its newest is ${versions.at(-1)}.`,
      remedy: 'Set `apiVersion` to one that the org has.',
    };
  } catch (error) {
    return { name, ok: false, detail: (error as Error).message, remedy };
  }
}

async function authorise(client: SalesforceClient, signal: AbortSignal): Promise<HealthCheck> {
  const name = 'authorised';
  const remedy =
    'Compare `auth` with the External Client App; see that its run-as user (client credentials) or its pre-authorised users (JWT) are set, and that its scope has `api`.';
  try {
    const token = await client.authenticate(signal);
    const answer = await client.call({ method: 'GET', path: `${client.root}/limits` }, signal);
    if (answer.status === 200) return { name, ok: true, detail: `API at ${token.instanceUrl}.` };
    const words = errorsOf(answer.body).map((error) => `${error.code}: ${error.message}`);
    return { name, ok: false, detail: `HTTP ${answer.status} ${words.join('; ')}`.trim(), remedy };
  } catch (error) {
    return { name, ok: false, detail: (error as Error).message, remedy };
  }
}

async function fields(
  client: SalesforceClient,
  object: string,
  wanted: readonly string[],
  signal: AbortSignal,
): Promise<HealthCheck> {
  const name = `fields of ${object}`;
  const remedy = `Make them as setup.md says, and give the integration user's permission set access to ${object} and each field.`;
  try {
    const present = await fieldNames(client, object, signal);
    if (present === undefined) {
      return { name, ok: false, detail: `${object} is not there, or not visible to the user.`, remedy };
    }
    const missing = wanted.filter((field) => !present.has(field));
    if (missing.length === 0) return { name, ok: true, detail: `All ${wanted.length} are there.` };
    return { name, ok: false, detail: `Missing or not visible: ${missing.join(', ')}.`, remedy };
  } catch (error) {
    return { name, ok: false, detail: (error as Error).message, remedy };
  }
}

/** A poll a second needs 86,400 calls a day; an allowance that is nearly used up will stop the orders. */
async function allowance(client: SalesforceClient): Promise<HealthCheck> {
  const name = 'API allowance';
  const usage = client.usage();
  if (usage === undefined) return { name, ok: true, detail: 'The org did not say.' };
  const detail = `${usage.used} of ${usage.allowed} calls used in the last 24 hours.`;
  if (usage.used < usage.allowed * 0.9) return { name, ok: true, detail };
  const remedy = 'Raise `pollIntervalMs`, find what else calls, or buy calls.';
  return { name, ok: false, detail, remedy };
}
