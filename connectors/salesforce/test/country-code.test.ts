/**
 * Country names to codes; pure. The names of real demand files are read from the folder of shared samples beside the checkout (or
 * TRUNKLINE_SHARED) when it is there, and skipped aloud when not.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { countryCode } from '../src/translators/country-code.ts';

const root = resolve(import.meta.dirname, '../../..');
const shared = process.env['TRUNKLINE_SHARED'] ?? join(root, '../shared');
const reference = join(shared, 'samples/refdata/country-codes-country-codes.csv');

describe('countryCode', () => {
  test.each([
    ['USA', 'US'],
    ['U.S.A.', 'US'],
    ['United States of America', 'US'],
    ['us', 'US'],
    ['UK', 'GB'],
    ['Great Britain', 'GB'],
    ['EIRE', 'IE'],
    [' germany ', 'DE'],
    ['Deutschland', 'DE'],
    ['DEU', 'DE'],
    ['The Netherlands', 'NL'],
    ['Côte d’Ivoire', 'CI'],
    ["Cote d'Ivoire", 'CI'],
    ['Trinidad and Tobago', 'TT'],
    ['RSA', 'ZA'],
    ['Korea, Republic of', 'KR'],
    ['Czech Republic', 'CZ'],
  ])('%s is %s', (name, code) => {
    expect(countryCode(undefined, name)).toBe(code);
  });

  test.each(['Unspecified', 'European Community', 'Channel Islands', '', '  ', 'XX', '?'])(
    '%j is no country',
    (name) => {
      expect(countryCode(null, name)).toBeUndefined();
    },
  );

  test('the code field goes before the name, unless it is no code', () => {
    expect(countryCode('DE', 'France')).toBe('DE');
    expect(countryCode('ZZ', 'France')).toBe('FR');
  });

  test.skipIf(!existsSync(reference))('agrees with the published country list on codes and names', () => {
    const [header = [], ...rows] = readFileSync(reference, 'utf8').trim().split(/\r?\n/).map(fieldsOf);
    const column = (name: string) => header.indexOf(name);
    const [alpha2, alpha3, name] = [
      column('ISO3166-1-Alpha-2'),
      column('ISO3166-1-Alpha-3'),
      column('CLDR display name'),
    ];
    expect(rows.length).toBeGreaterThan(240);
    for (const row of rows) {
      const expected = row[alpha2];
      expect([row[alpha3], countryCode(row[alpha2], null)]).toEqual([row[alpha3], expected]);
      expect([row[alpha3], countryCode(null, row[alpha3])]).toEqual([row[alpha3], expected]);
      expect([row[name], countryCode(null, row[name])]).toEqual([row[name], expected]);
    }
  });
});

function fieldsOf(row: string): string[] {
  return [...row.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, field = '']) =>
    field.replace(/^"|"$/g, ''),
  );
}
