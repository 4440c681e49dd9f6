/** `check` against a scripted org on a real socket. Real: HTTP, the connector. Doubled: Salesforce. */
import { afterEach, describe, expect, test } from 'vitest';
import { createSalesforceConnector } from '../src/index.ts';
import { ORDER_FIELDS } from '../src/translators/order-status.ts';
import { closedPort, type Script, startScriptedOrg } from './scripted-org.ts';

const signal = new AbortController().signal;
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const opportunityFields = ['Customer_PO__c', 'Requested_Ship_Date__c', 'Backorder_Policy__c', 'Channel__c'];
const described = (names: readonly string[]) => ({ body: { fields: names.map((name) => ({ name })) } });

/** A sound org but for `changes`, by path. */
function orgWith(changes: Record<string, Awaited<ReturnType<Script>>>): Script {
  return ({ path }) => {
    const change = Object.entries(changes).find(([part]) => path.endsWith(part));
    if (change !== undefined) return change[1];
    if (path === '/services/data') return { body: [{ version: '65.0' }, { version: '66.0' }] };
    if (path.endsWith('/Trunkline_Order__c/describe')) return described(ORDER_FIELDS);
    if (path.endsWith('/Opportunity/describe')) return described(opportunityFields);
    return {};
  };
}

async function check(instance: string) {
  const auth = { flow: 'client_credentials', clientId: 'id', clientSecret: 'secret' } as const;
  const connector = createSalesforceConnector({ instance, auth }, { system: 'crm' });
  open.push(connector);
  return connector.check(signal);
}

describe('check', () => {
  test('a sound org passes, and its use of the API is shown', async () => {
    const org = await startScriptedOrg(orgWith({}));
    open.push(org);
    const checks = await check(org.url);
    expect(checks.map(({ ok }) => ok)).toEqual([true, true, true, true, true]);
    expect(checks.at(-1)?.detail).toMatch(/^\d+ of 15000 calls used/);
  });

  test.each([
    [
      'another web server',
      { '/services/data': { body: { hello: 1 } } },
      'reachable',
      /not as a Salesforce API/,
    ],
    ['an older org', { '/services/data': { body: [{ version: '60.0' }] } }, 'reachable', /newest is 60.0/],
    [
      'a wrong secret',
      {
        '/token': {
          status: 400,
          body: { error: 'invalid_client', error_description: 'invalid client credentials' },
        },
      },
      'authorised',
      /invalid client credentials/,
    ],
    [
      'an API that is off',
      { '/limits': { status: 403, body: [{ errorCode: 'API_DISABLED_FOR_ORG', message: 'off' }] } },
      'authorised',
      /API_DISABLED_FOR_ORG/,
    ],
    [
      'no object',
      { '/Trunkline_Order__c/describe': { status: 404, body: [] } },
      'fields of Trunkline_Order__c',
      /not there/,
    ],
    [
      'a missing field',
      { '/Trunkline_Order__c/describe': described(ORDER_FIELDS.slice(0, -1)) },
      'fields of Trunkline_Order__c',
      /Updated_At__c/,
    ],
    [
      'a hidden field',
      { '/Opportunity/describe': described(opportunityFields.slice(1)) },
      'fields of Opportunity',
      /Customer_PO__c/,
    ],
  ])('%s is named with a remedy', async (_case, changes, name, detail) => {
    const org = await startScriptedOrg(orgWith(changes));
    open.push(org);
    const last = (await check(org.url)).at(-1);
    expect(last).toMatchObject({ name, ok: false, remedy: expect.any(String) });
    expect(last?.detail).toMatch(detail);
  });

  test('nobody listening is named with a remedy', async () => {
    expect(await check(await closedPort())).toMatchObject([
      { name: 'reachable', ok: false, remedy: expect.any(String) },
    ]);
  });
});
