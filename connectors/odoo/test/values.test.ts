/** Values and external ids as pure functions; fast-check looks for what breaks them. */
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { externalIdName } from '../src/external-ids.ts';
import {
  datetimeFromOdoo,
  datetimeToOdoo,
  decimalFromOdoo,
  decimalToOdoo,
  fromOdoo,
  isDecimal,
} from '../src/values.ts';
import { differencesOf } from '../src/version-differences.ts';

describe('decimals', () => {
  test.each([
    [54.629999999999995, undefined, '54.63'],
    [9.8, 2, '9.80'],
    [0.1 + 0.2, undefined, '0.3'],
    [1e21, undefined, '1000000000000000000000'],
    [-0.0000001, undefined, '-0.0000001'],
    [1234567.891, 2, '1234567.89'],
  ])('%d at scale %s is %s', (value, scale, expected) => {
    expect(decimalFromOdoo(value, scale)).toBe(expected);
  });

  property.prop([fc.integer({ min: -1e12, max: 1e12 }), fc.integer({ min: 0, max: 3 })])(
    'a decimal of up to 15 digits comes back from a JSON number as it went',
    (units, scale) => {
      const text = decimalFromOdoo(`${units}e-${scale}`);
      expect(decimalFromOdoo(JSON.parse(JSON.stringify(decimalToOdoo(text))) as number)).toBe(text);
    },
  );
});

test('what is a decimal', () => {
  expect(['0', '-3', '2.50', '0.001'].every(isDecimal)).toBe(true);
  expect(['', '1e3', '.5', '1,5', 'abc', 'NaN', ' 1'].some(isDecimal)).toBe(false);
});

describe('times', () => {
  test('any offset becomes UTC', () =>
    expect(datetimeToOdoo('2026-12-01T12:00:00+02:00')).toBe('2026-12-01 10:00:00'));
  test('what is no time is refused', () => {
    expect(() => datetimeToOdoo('tomorrow')).toThrow(RangeError);
    expect(() => datetimeFromOdoo('2026-12-01T10:00:00Z')).toThrow(RangeError);
  });

  property.prop([fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })])(
    'whole seconds survive both ways',
    (date) => {
      const seconds = `${date.toISOString().slice(0, 19)}Z`;
      expect(datetimeFromOdoo(datetimeToOdoo(seconds))).toBe(seconds);
    },
  );
});

test('false is null for every type but boolean', () => {
  expect(['char', 'many2one', 'date', 'datetime'].map((type) => fromOdoo(type, false))).toEqual([
    null,
    null,
    null,
    null,
  ]);
  expect(fromOdoo('boolean', false)).toBe(false);
  expect(fromOdoo('float', 9.8)).toBe('9.8');
  expect(fromOdoo('datetime', '2026-11-23 05:49:22')).toBe('2026-11-23T05:49:22Z');
});

describe('external ids', () => {
  test('a key with characters that Odoo refuses', () =>
    expect(externalIdName('so', 'AB.12/x_y')).toBe('so_AB_x2e_12_x2f_x__y'));

  property.prop([fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })])(
    'two keys never meet',
    (left, right) => {
      fc.pre(left !== right && left.isWellFormed() && right.isWellFormed());
      expect(externalIdName('p', left)).not.toBe(externalIdName('p', right));
    },
  );

  property.prop([fc.string({ unit: 'binary' })])('only characters that Odoo takes', (key) => {
    expect(externalIdName('p', key)).toMatch(/^[A-Za-z0-9_-]+$/);
  });

  test('escapes that look alike stay apart', () => {
    const keys = ['_x2e_', '.', '_', '__', '_.', '._', 'x2e', '_x', 'x_'];
    expect(new Set(keys.map((key) => externalIdName('p', key))).size).toBe(keys.length);
  });
});

test('a newer server is taken for the newest known, an older one is refused', () => {
  expect(differencesOf(20)).toEqual(differencesOf(19));
  expect(differencesOf(19)).toEqual(differencesOf(18));
  expect(differencesOf(17).storableProduct).toEqual({ detailed_type: 'product' });
  expect(() => differencesOf(15)).toThrow(RangeError);
});
