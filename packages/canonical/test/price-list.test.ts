/** Which rule of a price list decides. Pure. */
import { expect, test } from 'vitest';
import { type PriceList, type PriceRule, priceFor } from '../src/index.ts';

const product = { sku: 'BOLT', familyId: '7', listPrice: '10.00' };
const AT = '2026-06-01T00:00:00Z';
const list = (...rules: PriceRule[]): PriceList => ({ id: '1', name: 'Trade', currency: 'USD', rules });
const fixed = (minimum: string, amount: string, more: Partial<PriceRule> = {}): PriceRule => ({
  appliesTo: { kind: 'product', sku: 'BOLT' },
  minimum,
  price: { kind: 'fixed', amount },
  ...more,
});

test('the highest break that the quantity reaches, whatever the order of the rules', () => {
  const breaks = list(fixed('1', '9'), fixed('100', '7.5'), fixed('10', '8.25'));
  expect(
    ['0.5', '1', '9.999', '10', '99', '100'].map((quantity) => priceFor(breaks, product, quantity, AT)),
  ).toEqual(['10.00', '9', '9', '8.25', '8.25', '7.5']);
});

test('the narrower rule before the higher break', () => {
  const all = fixed('50', '1', { appliesTo: { kind: 'all' } });
  const family = fixed('50', '2', { appliesTo: { kind: 'family', familyId: '7' } });
  expect(priceFor(list(all, family, fixed('1', '9')), product, '60', AT)).toBe('9');
  expect(priceFor(list(all, family), product, '60', AT)).toBe('2');
  expect(priceFor(list(all), { ...product, familyId: '8' }, '60', AT)).toBe('1');
});

test('a discount is exact, and what the ERP computes is not guessed', () => {
  const off = (percent: string) => list(fixed('0', '0', { price: { kind: 'discount', percent } }));
  expect(priceFor(off('12.5'), product, '1', AT)).toBe('8.75');
  expect(priceFor(list(fixed('0', '0', { price: { kind: 'unknown' } })), product, '1', AT)).toBeUndefined();
});

test('a rule holds within its dates, both included', () => {
  const season = list(fixed('0', '5', { from: '2026-06-01T00:00:00Z', until: '2026-06-30T00:00:00Z' }));
  const on = (at: string) => priceFor(season, product, '1', at);
  expect([
    on('2026-05-31T23:59:59Z'),
    on(AT),
    on('2026-06-30T00:00:00Z'),
    on('2026-07-01T00:00:00Z'),
  ]).toEqual(['10.00', '5', '5', '10.00']);
});
