import { Decimal } from 'decimal.js';
import Type from 'typebox';

/**
 * An exact decimal number as a string in plain notation: "10", "-2.5". Never a JavaScript number, because a quantity or an amount
 * that went through a float is not the one that was ordered.
 */
export type DecimalString = string;

export const DECIMAL_PATTERN = '^-?(0|[1-9][0-9]*)(\\.[0-9]+)?$';
export const DecimalSchema = Type.String({ pattern: DECIMAL_PATTERN, maxLength: 40 });

const Exact = Decimal.clone({ precision: 60, toExpNeg: -40, toExpPos: 40 });
const pattern = new RegExp(DECIMAL_PATTERN);

/**
 * Reads what systems write ("10.0", "1e3", 2.55) into plain notation without trailing zeros; undefined when it is no finite number.
 * A JSON number is read through its shortest decimal form, which is what the sender typed as long as it had at most 15 digits.
 */
export function parseDecimal(value: string | number | null | undefined): DecimalString | undefined {
  if (value === null || value === undefined) return undefined;
  const text = typeof value === 'number' ? String(value) : value.trim();
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text)) return undefined;
  const parsed = new Exact(text);
  return parsed.isFinite() ? plain(parsed) : undefined;
}

export function isDecimal(value: string): boolean {
  return pattern.test(value);
}

export function add(a: DecimalString, b: DecimalString): DecimalString {
  return plain(new Exact(a).plus(b));
}

export function subtract(a: DecimalString, b: DecimalString): DecimalString {
  return plain(new Exact(a).minus(b));
}

export function multiply(a: DecimalString, b: DecimalString): DecimalString {
  return plain(new Exact(a).times(b));
}

export function sum(values: Iterable<DecimalString>): DecimalString {
  let total = new Exact(0);
  for (const value of values) total = total.plus(value);
  return plain(total);
}

/** Negative, zero or positive, as a sort comparator wants it. */
export function compare(a: DecimalString, b: DecimalString): number {
  return new Exact(a).comparedTo(b);
}

export function minimum(a: DecimalString, b: DecimalString): DecimalString {
  return compare(a, b) <= 0 ? a : b;
}

export function maximum(a: DecimalString, b: DecimalString): DecimalString {
  return compare(a, b) >= 0 ? a : b;
}

export function isZero(a: DecimalString): boolean {
  return new Exact(a).isZero();
}

export function isPositive(a: DecimalString): boolean {
  return compare(a, '0') > 0;
}

export function isNegative(a: DecimalString): boolean {
  return compare(a, '0') < 0;
}

/** Rounds half up to `places` decimals, e.g. an amount to its currency's minor unit. */
export function round(a: DecimalString, places: number): DecimalString {
  return plain(new Exact(a).toDecimalPlaces(places, Decimal.ROUND_HALF_UP));
}

/** The nearest multiple of `step`, half away from zero. @param step not zero */
export function roundTo(a: DecimalString, step: DecimalString): DecimalString {
  const multiples = new Exact(a).div(step).toDecimalPlaces(0, Decimal.ROUND_HALF_UP);
  return plain(multiples.times(step));
}

function plain(value: Decimal): DecimalString {
  return value.isZero() ? '0' : value.toFixed();
}
