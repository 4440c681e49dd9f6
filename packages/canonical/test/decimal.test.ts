/** Real: decimals. Doubled: nothing; the oracle is BigInt arithmetic on scaled integers. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  add,
  compare,
  isDecimal,
  isNegative,
  isPositive,
  isZero,
  maximum,
  minimum,
  multiply,
  parseDecimal,
  round,
  subtract,
  sum,
} from '../src/index.ts';

const PLACES = 6;
const SCALE = 10n ** BigInt(PLACES);

/** A decimal of at most six places as an integer of millionths, and as text. */
const decimal = fc
  .bigInt({ min: -(10n ** 24n), max: 10n ** 24n })
  .map((units) => ({ units, text: textOf(units, PLACES) }));

function textOf(units: bigint, places: number): string {
  const scale = 10n ** BigInt(places);
  const magnitude = units < 0n ? -units : units;
  const fraction = (magnitude % scale).toString().padStart(places, '0').replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${magnitude / scale}${fraction === '' ? '' : `.${fraction}`}`;
}

describe('decimals', () => {
  test('are exact in plain notation, whatever their size', () => {
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        expect(add(a.text, b.text)).toBe(textOf(a.units + b.units, PLACES));
        expect(subtract(a.text, b.text)).toBe(textOf(a.units - b.units, PLACES));
        expect(multiply(a.text, b.text)).toBe(textOf(a.units * b.units, 2 * PLACES));
        expect(Math.sign(compare(a.text, b.text))).toBe(a.units < b.units ? -1 : a.units > b.units ? 1 : 0);
        expect(minimum(a.text, b.text)).toBe(a.units <= b.units ? a.text : b.text);
        expect(maximum(a.text, b.text)).toBe(a.units >= b.units ? a.text : b.text);
        expect([isNegative(a.text), isZero(a.text), isPositive(a.text)]).toEqual([
          a.units < 0n,
          a.units === 0n,
          a.units > 0n,
        ]);
      }),
    );
  });

  test('sum in any order to the same', () => {
    fc.assert(
      fc.property(fc.array(decimal), (values) => {
        const total = values.reduce((units, value) => units + value.units, 0n);
        expect(sum(values.map(({ text }) => text))).toBe(textOf(total, PLACES));
        expect(sum(values.map(({ text }) => text).reverse())).toBe(textOf(total, PLACES));
      }),
    );
  });

  test('round half up to the minor unit', () => {
    expect(['0.005', '-0.005', '1.994', '2.5'].map((value) => round(value, 2))).toEqual([
      '0.01',
      '-0.01',
      '1.99',
      '2.5',
    ]);
    fc.assert(
      fc.property(decimal, ({ units, text }) => {
        const off = subtract(round(text, 2), text);
        expect(compare(off.replace('-', ''), '0.005')).toBeLessThanOrEqual(0);
        expect(isDecimal(round(text, 2))).toBe(true);
        expect(round(textOf((units / SCALE) * SCALE, PLACES), 2)).toBe(
          textOf((units / SCALE) * SCALE, PLACES),
        );
      }),
    );
  });

  test('are read from what systems write, and read again the same', () => {
    fc.assert(
      fc.property(decimal, ({ text }) => {
        expect(parseDecimal(text)).toBe(text);
        expect(isDecimal(text)).toBe(true);
        expect(parseDecimal(` +${text.replace('-', '')}.`.replace(/(\.\d+)\.$/, '$10'))).toBe(
          text.replace('-', ''),
        );
      }),
    );
    expect([2.55, '10.0', '1e3', '.5', '-0', '1E-2', 1e21].map((value) => parseDecimal(value))).toEqual([
      '2.55',
      '10',
      '1000',
      '0.5',
      '0',
      '0.01',
      '1000000000000000000000',
    ]);
  });

  test.each([
    ['1,5'],
    ['0x10'],
    ['Infinity'],
    ['NaN'],
    [''],
    ['1e9999'],
    ['--1'],
    ['1 2'],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [null],
    [undefined],
  ])('refuse %s', (value) => {
    expect(parseDecimal(value)).toBeUndefined();
  });
});
