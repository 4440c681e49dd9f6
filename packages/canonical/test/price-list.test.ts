/**
 * What a price list says. Pure. The oracle sorts rules as Odoo's database does, by the texts that stand there, and computes formulas with
 * whole numbers. A property that fails prints its seed.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type PricedProduct,
  type PriceFormula,
  priceFor,
  type PriceList,
  type PriceQuestion,
  type PriceRule,
} from '../src/index.ts';

const product: PricedProduct = {
  id: '5',
  familyId: '7',
  categoryIds: ['1', '4'],
  listPrice: '10.00',
  currency: 'USD',
};
const AT = '2026-06-01T00:00:00Z';
const list = (...rules: PriceRule[]): PriceList => ({
  id: '1',
  name: 'Trade',
  active: true,
  currency: 'USD',
  rules,
});
let made = 0;
const rule = (more: Partial<PriceRule> = {}): PriceRule => ({
  id: `${++made}`,
  appliesTo: { kind: 'product', productId: '5' },
  minimum: '0',
  price: { kind: 'fixed', amount: '9' },
  ...more,
});
const fixed = (minimum: string, amount: string, more: Partial<PriceRule> = {}): PriceRule =>
  rule({ minimum, price: { kind: 'fixed', amount }, ...more });
const formula = (parts: Partial<PriceFormula> = {}, more: Partial<PriceRule> = {}): PriceRule =>
  rule({
    price: { kind: 'formula', base: { kind: 'list-price' }, discountPercent: '0', ...parts },
    ...more,
  });

/** The amount, or why there is none. */
function said(of: PriceList, quantity = '1', more: Partial<PriceQuestion> = {}): string {
  const price = priceFor(of, { product, quantity, at: AT, ...more });
  return price.kind === 'known' ? price.amount : `${price.reason}: ${price.detail}`;
}

describe('which rule decides', () => {
  test('the highest break that the quantity reaches, whatever the order of the rules', () => {
    const breaks = list(fixed('1', '9'), fixed('100', '7.5'), fixed('10', '8.25'));
    expect(['0.5', '1', '9.999', '10', '99', '100'].map((quantity) => said(breaks, quantity))).toEqual([
      '10.00',
      '9',
      '9',
      '8.25',
      '8.25',
      '7.5',
    ]);
  });

  test('the narrower rule before the higher break', () => {
    const all = fixed('50', '1', { appliesTo: { kind: 'all' } });
    const category = fixed('50', '1.5', { appliesTo: { kind: 'category', categoryId: '4' } });
    const family = fixed('50', '2', { appliesTo: { kind: 'family', familyId: '7' } });
    expect(said(list(all, category, family, fixed('1', '9')), '60')).toBe('9');
    expect(said(list(all, category, family), '60')).toBe('2');
    expect(said(list(all, category), '60')).toBe('1.5');
    expect(said(list(all, category, family), '60', { product: { ...product, familyId: '8' } })).toBe('1.5');
  });

  test('a category holds for what is in it and below it, and for nothing else', () => {
    const [own, above, other] = ['4', '1', '9'].map((categoryId) =>
      formula({ discountPercent: categoryId }, { appliesTo: { kind: 'category', categoryId } }),
    ) as [PriceRule, PriceRule, PriceRule];
    expect(said(list(other))).toBe('10.00');
    expect(said(list(above, own, other))).toBe('9.6');
    expect(said(list(above, other))).toBe('9.9');
    expect(said(list(above, own), '1', { product: { ...product, categoryIds: [] } })).toBe('10.00');
    // As Odoo sorts: the break goes before the nearness.
    expect(said(list({ ...above, minimum: '10' }, own), '10')).toBe('9.9');
  });

  test('a rule holds within its dates, both included', () => {
    const season = list(fixed('0', '5', { from: AT, until: '2026-06-30T00:00:00Z' }));
    const days = ['2026-05-31T23:59:59Z', AT, '2026-06-30T00:00:00Z', '2026-07-01T00:00:00Z'];
    expect(days.map((at) => said(season, '1', { at }))).toEqual(['10.00', '5', '5', '10.00']);
  });

  test('a rule without a break holds for a quantity that comes back', () => {
    expect(said(list(fixed('0', '5')), '-2')).toBe('5');
    expect(said(list(fixed('1', '5')), '-2')).toBe('10.00');
  });

  const SCOPES = [
    { appliesTo: { kind: 'product', productId: '5' }, sorted: '0 ' },
    { appliesTo: { kind: 'product', productId: '6' }, sorted: undefined },
    { appliesTo: { kind: 'family', familyId: '7' }, sorted: '1 ' },
    { appliesTo: { kind: 'category', categoryId: '4' }, sorted: '2 All / Goods' },
    { appliesTo: { kind: 'category', categoryId: '1' }, sorted: '2 All' },
    { appliesTo: { kind: 'category', categoryId: '9' }, sorted: undefined },
    { appliesTo: { kind: 'all' }, sorted: '3 ' },
  ] as const;
  const DAYS = [undefined, -3, -1, 1, 3];
  const day = (days: number) => new Date(Date.parse(AT) + days * 86_400_000).toISOString();

  test('the one that Odoo’s order puts first, of any list', () => {
    const arbitrary = fc.record({
      scope: fc.constantFrom(...SCOPES),
      minimum: fc.integer({ min: 0, max: 4 }),
      from: fc.constantFrom(...DAYS),
      until: fc.constantFrom(...DAYS),
    });
    fc.assert(
      fc.property(
        fc.array(arbitrary, { maxLength: 12 }),
        fc.integer({ min: -1, max: 5 }),
        (all, quantity) => {
          // As they are read: the newest first.
          const rules = all.map(({ scope, minimum, from, until }, at) => ({
            ...fixed(String(minimum), String(100 + at), {
              id: String(1000 - at),
              appliesTo: scope.appliesTo,
            }),
            ...(from === undefined ? {} : { from: day(from) }),
            ...(until === undefined ? {} : { until: day(until) }),
          }));
          const [first] = all
            .map((one, at) => ({ ...one, amount: String(100 + at), id: 1000 - at }))
            .filter(({ scope }) => scope.sorted !== undefined)
            .filter(({ minimum }) => minimum === 0 || quantity >= minimum)
            .filter(({ from = -9, until = 9 }) => from <= 0 && until >= 0)
            .toSorted((a, b) => {
              const [kindA, kindB] = [a.scope.sorted?.[0] ?? '', b.scope.sorted?.[0] ?? ''];
              if (kindA !== kindB) return kindA < kindB ? -1 : 1;
              if (a.minimum !== b.minimum) return b.minimum - a.minimum;
              const [nameA, nameB] = [a.scope.sorted ?? '', b.scope.sorted ?? ''];
              if (nameA !== nameB) return nameA > nameB ? -1 : 1;
              return b.id - a.id;
            });
          expect(said(list(...rules), String(quantity))).toBe(first?.amount ?? '10.00');
        },
      ),
    );
  });
});

describe('what it comes to', () => {
  test('discount, rounding, surcharge, margins, in this order', () => {
    expect(said(list(formula({ discountPercent: '12.5' })))).toBe('8.75');
    expect(said(list(formula({ discountPercent: '-33.333' })))).toBe('13.3333');
    expect(said(list(formula({ discountPercent: '3', roundTo: '10', surcharge: '-0.01' })))).toBe('9.99');
    expect(said(list(formula({ discountPercent: '50', minimumMargin: '-1' })))).toBe('9');
    expect(said(list(formula({ discountPercent: '-50', maximumMargin: '2' })))).toBe('12');
    expect(said(list(formula({ discountPercent: '12.5', roundTo: '0.5' })))).toBe('9');
  });

  test('any formula is exact', () => {
    const cents = fc.integer({ min: -5000, max: 5000 });
    const money = (units: number | bigint, places = 2) => {
      const sign = units < 0 ? '-' : '';
      const digits = String(units)
        .replace('-', '')
        .padStart(places + 1, '0');
      return `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
    };
    const parts = fc.record({
      listPrice: fc.integer({ min: 0, max: 1_000_000 }),
      discount: fc.integer({ min: -20_000, max: 10_000 }),
      step: fc.integer({ min: 0, max: 1200 }),
      surcharge: cents,
      low: cents,
      high: cents,
    });
    fc.assert(
      fc.property(parts, ({ listPrice, discount, step, surcharge, low, high }) => {
        // In millionths: a price has cents, a percentage hundredths.
        const base = BigInt(listPrice) * 10_000n;
        let price = BigInt(listPrice) * BigInt(10_000 - discount);
        if (step > 0) {
          const unit = BigInt(step) * 10_000n;
          const magnitude = price < 0n ? -price : price;
          const rounded = ((2n * magnitude + unit) / (2n * unit)) * unit;
          price = price < 0n ? -rounded : rounded;
        }
        price += BigInt(surcharge) * 10_000n;
        if (low !== 0 && price < base + BigInt(low) * 10_000n) price = base + BigInt(low) * 10_000n;
        if (high !== 0 && price > base + BigInt(high) * 10_000n) price = base + BigInt(high) * 10_000n;
        const seen = said(
          list(
            formula({
              discountPercent: money(discount),
              roundTo: money(step),
              surcharge: money(surcharge),
              minimumMargin: money(low),
              maximumMargin: money(high),
            }),
          ),
          '1',
          { product: { ...product, listPrice: money(listPrice) } },
        );
        expect(Number(seen) * 1e6).toBeCloseTo(Number(price), 2);
        expect(seen).toBe(price === 0n ? '0' : money(price, 6).replace(/\.?0+$/, ''));
      }),
    );
  });

  test('cost is a base where the product tells it', () => {
    const markedUp = list(formula({ base: { kind: 'cost' }, discountPercent: '-20' }));
    expect(said(markedUp)).toBe('cost-unknown: product 5');
    const cost = { amount: '4.50', currency: 'USD' };
    expect(said(markedUp, '1', { product: { ...product, cost } })).toBe('5.4');
  });

  test('another list is a base where it is given, with its own breaks; lists that go round are told', () => {
    const onOther = formula({ base: { kind: 'price-list', priceListId: '2' }, discountPercent: '10' });
    const other = { ...list(fixed('10', '8')), id: '2' };
    expect(said(list(onOther), '10')).toBe('price-list-unknown: price list 2');
    expect(said(list(onOther), '10', { lists: [other] })).toBe('7.2');
    expect(said(list(onOther), '9', { lists: [other] })).toBe('9');
    const back = { ...list(formula({ base: { kind: 'price-list', priceListId: '1' } })), id: '2' };
    expect(said(list(onOther), '1', { lists: [back] })).toBe('price-lists-circular: price list 1');
  });

  test('a base in another currency is converted, and without a rate no price is told', () => {
    const euros = (one?: PriceRule): PriceList => ({
      ...list(...(one === undefined ? [] : [one])),
      currency: 'EUR',
    });
    const off = euros(formula({ discountPercent: '10', surcharge: '1' }));
    expect(said(off)).toBe('rate-unknown: USD to EUR');
    expect(said(euros())).toBe('rate-unknown: USD to EUR');
    expect(said(euros(fixed('0', '7')))).toBe('7');
    const rateOf = (from: string, to: string) => (from === 'USD' && to === 'EUR' ? '0.9' : undefined);
    expect(said(off, '1', { rateOf })).toBe('9.1');
    expect(said(euros(), '1', { rateOf })).toBe('9');
    const onOther = list(formula({ base: { kind: 'price-list', priceListId: '2' } }));
    const other = { ...euros(fixed('0', '7')), id: '2' };
    expect(said(onOther, '1', { lists: [other], rateOf })).toBe('rate-unknown: EUR to USD');
  });

  test('what the ERP computes in another way is not guessed, and the rule is named', () => {
    const odd = rule({ id: '77', price: { kind: 'computed-by-erp', method: 'auction' } });
    expect(priceFor(list(odd), { product, quantity: '1', at: AT })).toEqual({
      kind: 'unknown',
      reason: 'computed-by-erp',
      detail: 'auction',
      ruleId: '77',
    });
    expect(priceFor(list(), { product, quantity: '1', at: AT })).toEqual({ kind: 'known', amount: '10.00' });
  });
});
