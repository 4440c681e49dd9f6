/**
 * Describes, against what a real org answered. Real: describe-Account.json and describe-Opportunity.json of the sample
 * folder, where it is there. Doubled: nothing.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { normaliseId, recordId } from '../src/record-id.ts';
import { Client } from './client.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const samples = join(process.env['TRUNKLINE_SHARED'] ?? join(root, '..', 'shared'), 'samples', 'salesforce');
const sampled = existsSync(samples);
if (!sampled)
  console.warn(
    `No samples at ${samples}: describes are not compared with a real org's. Set TRUNKLINE_SHARED.`,
  );

interface Field {
  name: string;
  type: string;
  length: number;
  createable: boolean;
  updateable: boolean;
  nillable: boolean;
  precision: number;
  scale: number;
  referenceTo: string[];
  relationshipName: string | null;
}

let client: Client;

beforeAll(async () => {
  client = await Client.of();
});

afterAll(() => client.org.close());

const fieldsOf = async (object: string): Promise<Field[]> =>
  (await client.call('GET', `/sobjects/${object}/describe`)).body['fields'] as Field[];

describe.runIf(sampled)('a describe', () => {
  /** The sampled org has no state and country picklists, one currency, and sets a stage's probability by hand. */
  const OWN = new Set([
    'BillingCountryCode',
    'ShippingCountryCode',
    'CurrencyIsoCode',
    'Probability',
    'OwnerId',
  ]);

  it.each(['Account', 'Opportunity'])(
    'of %s agrees with a real one in type, length and what may be written',
    async (object) => {
      const real = JSON.parse(readFileSync(join(samples, `describe-${object}.json`), 'utf8'))
        .fields as Field[];
      const ours = (await fieldsOf(object)).filter(({ name }) => !name.endsWith('__c') && !OWN.has(name));
      expect(ours.length).toBeGreaterThan(15);
      for (const field of ours) {
        const {
          name,
          type,
          length,
          precision,
          scale,
          createable,
          updateable,
          nillable,
          referenceTo,
          relationshipName,
        } = field;
        const counterpart = real.find((one) => one.name === name);
        expect(counterpart).toMatchObject({
          name,
          type,
          length,
          precision,
          scale,
          createable,
          updateable,
          nillable,
          referenceTo,
          relationshipName,
        });
      }
    },
  );

  it('has ids with the suffix that real ids have', () => {
    const texts = readdirSync(samples).map((file) => readFileSync(join(samples, file), 'utf8'));
    const ids = new Set(texts.flatMap((text) => text.match(/\b0[01][0-9A-Za-z]{16}\b/g) ?? []));
    expect(ids.size).toBeGreaterThan(40);
    for (const id of ids) expect(normaliseId(id.slice(0, 15))).toBe(id);
  });
});

describe('the org', () => {
  it('lists its objects, its versions, and its limits', async () => {
    const global = await client.call('GET', '/sobjects');
    const names = (global.body['sobjects'] as { name: string; keyPrefix: string }[]).map(({ name }) => name);
    const versions = (await (await fetch(`${client.org.url}/services/data`)).json()) as { version: string }[];
    const limits = await client.call('GET', '/limits');
    expect(names).toEqual(
      expect.arrayContaining([
        'Account',
        'Contact',
        'Opportunity',
        'OpportunityLineItem',
        'Product2',
        'Trunkline_Order__c',
      ]),
    );
    expect(versions.at(-1)).toMatchObject({ version: '66.0', url: '/services/data/v66.0' });
    expect(limits.body).toMatchObject({ DailyApiRequests: { Max: 1_000_000 } });
  });

  it('answers under any version, and 404 for what is no object and no version', async () => {
    const ask = async (path: string) =>
      (
        await fetch(`${client.org.url}/services/data/${path}`, {
          headers: { authorization: `Bearer ${client.token}` },
        })
      ).status;
    expect(await ask('v58.0/sobjects')).toBe(200);
    expect(await ask('v66.0/sobjects/Nothing/describe')).toBe(404);
    expect(await ask('latest/sobjects')).toBe(404);
  });

  it('makes ids in ascending order', () => {
    const ids = [1, 9, 10, 36, 61, 62, 3843, 3844, 1e9].map((serial) => recordId('006', serial));
    expect([...ids].sort((a, b) => (a < b ? -1 : 1))).toEqual(ids);
    expect(new Set(ids.map(({ length }) => length))).toEqual(new Set([18]));
  });
});
