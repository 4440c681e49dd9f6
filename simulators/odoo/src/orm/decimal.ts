import { Decimal } from 'decimal.js';

/**
 * Odoo's quantities and prices travel as JSON numbers. They are kept as such, and every sum or product is made in
 * decimals and turned back, so that 0.1 + 0.2 is 0.3 here too. Whole numbers (nearly all) take the short way.
 */
export function plus(a: number, b: number): number {
  return Number.isInteger(a) && Number.isInteger(b) ? a + b : new Decimal(a).plus(b).toNumber();
}

export const minus = (a: number, b: number): number => plus(a, -b);

export function times(...factors: number[]): number {
  return factors.reduce((product, each) => product.times(each), new Decimal(1)).toNumber();
}

export const sum = (numbers: Iterable<number>): number => {
  let total = 0;
  for (const each of numbers) total = plus(total, each);
  return total;
};

/** Money of a two-digit currency. */
export const cents = (amount: number): number =>
  new Decimal(amount).toDecimalPlaces(2, Decimal.ROUND_HALF_UP).toNumber();

/** A plain decimal string, never in exponent form. */
export const plain = (amount: number): string => new Decimal(amount).toFixed();
