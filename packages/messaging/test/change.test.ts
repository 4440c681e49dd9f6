/** Real: changes of JSON documents; pure. Nothing is doubled. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyChanges, type Change, differences, type JsonObject } from '../src/index.ts';

const order = {
  order: {
    shipTo: { city: 'Rneo', region: 'NV' },
    lines: [
      { sku: 'CHAI-OLD', quantity: '4' },
      { sku: 'TOFU', quantity: '1' },
    ],
  },
};
const changed = (...changes: readonly Change[]) => differences(order, applyChanges(order, changes));

describe('one change for many documents', () => {
  test('replaces a member, or an element’s member wherever a value stands', () => {
    expect(changed({ op: 'replace', path: '/order/shipTo/city', value: 'Reno' })).toEqual([
      { path: '/order/shipTo/city', before: 'Rneo', after: 'Reno' },
    ]);
    const skus = { op: 'replace', path: '/order/lines/*/sku', value: 'CHAI' } as const;
    expect(changed({ ...skus, was: 'CHAI-OLD' })).toEqual([
      { path: '/order/lines/0/sku', before: 'CHAI-OLD', after: 'CHAI' },
    ]);
    expect(changed(skus).map(({ path }) => path)).toEqual(['/order/lines/0/sku', '/order/lines/1/sku']);
    expect(changed({ op: 'replace', path: '/order/lines/1/sku', value: 'X' })).toHaveLength(1);
  });

  test('adds and removes members, and never an element', () => {
    expect(changed({ op: 'add', path: '/order/shipTo/postalCode', value: '89501' })).toEqual([
      { path: '/order/shipTo/postalCode', after: '89501' },
    ]);
    expect(changed({ op: 'remove', path: '/order/shipTo/region' })).toEqual([
      { path: '/order/shipTo/region', before: 'NV' },
    ]);
    expect(changed({ op: 'remove', path: '/order/lines/0' })).toEqual([]);
    expect(changed({ op: 'add', path: '/order/lines/2', value: {} })).toEqual([]);
  });

  test('leaves alone what a document lacks, and what is so already', () => {
    const nothing: Change[] = [
      { op: 'replace', path: '/order/billTo/city', value: 'Reno' },
      { op: 'replace', path: '/order/shipTo/city', was: 'Lander', value: 'Reno' },
      { op: 'replace', path: '/order/shipTo/city', value: 'Rneo' },
      { op: 'remove', path: '/order/shipTo/none' },
      { op: 'add', path: '/no/such', value: 1 },
      { op: 'replace', path: '/order/constructor', value: 1 },
    ];
    for (const change of nothing) expect(applyChanges(order, [change])).toBe(order);
  });

  test('what is added and removed again leaves the document as it was', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (document, name) => {
        fc.pre(!Object.hasOwn(document, name));
        const path = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
        const added = applyChanges(document as JsonObject, [{ op: 'add', path, value: [1] }]);
        expect(differences(document as JsonObject, added)).toEqual([{ path, after: [1] }]);
        expect(applyChanges(added, [{ op: 'remove', path }])).toEqual(document);
      }),
    );
  });
});
