import { Decimal } from 'decimal.js';

/** A decimal number as a string: `"9.80"`, `"-3"`. Never a float outside this file. */
export type DecimalString = string;

/** A many2one as `read` gives it: `[id, display name]`, or `false`. */
export type Many2one = readonly [number, string] | false;

/** Plain notation alone: what `load()` and decimal.js both read the same way. */
export function isDecimal(text: string): text is DecimalString {
  return /^-?\d+(\.\d+)?$/.test(text);
}

/**
 * A JSON number of Odoo as a decimal string. Odoo computes in binary floats, so a sum can arrive as
 * 54.629999999999995: 15 significant digits are what a double holds exactly, and the noise lies behind.
 *
 * @param scale digits after the point, from the field's `digits` where it has them: 9.8 with 2 is `"9.80"`
 */
export function decimalFromOdoo(value: number | string, scale?: number): DecimalString {
  const rounded = new Decimal(value).toSignificantDigits(15);
  return scale === undefined ? rounded.toFixed() : rounded.toFixed(scale);
}

/** For JSON arguments, where Odoo takes a float. `load()` takes the string itself. */
export function decimalToOdoo(value: DecimalString): number {
  return new Decimal(value).toNumber();
}

export function sameDecimal(left: DecimalString, right: DecimalString): boolean {
  return new Decimal(left).equals(right);
}

const odooDatetime = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(?:\.\d+)?$/;

/** `2026-11-23 05:49:22` (always UTC) to `2026-11-23T05:49:22Z`. @throws RangeError */
export function datetimeFromOdoo(value: string): string {
  const match = odooDatetime.exec(value);
  if (match === null) throw new RangeError(`"${value}" is no datetime of Odoo (YYYY-MM-DD HH:MM:SS).`);
  return `${match[1]}T${match[2]}Z`;
}

/**
 * RFC 3339 with any offset to `YYYY-MM-DD HH:MM:SS` in UTC; a `T` or `Z` makes Odoo answer 500 (recording 15).
 * Parts of a second are cut, because Odoo reads back whole seconds. @throws RangeError
 */
export function datetimeToOdoo(rfc3339: string): string {
  const time = new Date(rfc3339);
  if (Number.isNaN(time.getTime())) throw new RangeError(`"${rfc3339}" is no RFC 3339 time.`);
  return time.toISOString().slice(0, 19).replace('T', ' ');
}

/** `ttype` of a field as `fields_get` names it; types that carry no `false` for null are left out. */
export type FieldType =
  | 'boolean'
  | 'many2one'
  | 'one2many'
  | 'many2many'
  | 'float'
  | 'monetary'
  | 'integer'
  | (string & {});

/**
 * Odoo writes `false` for every empty value. It is a value for a boolean, and null for all else.
 * `float` and `monetary` become decimal strings, `datetime` RFC 3339.
 */
export function fromOdoo(type: FieldType, value: unknown): unknown {
  if (type === 'boolean') return value === true;
  if (value === false || value === null || value === undefined) return null;
  if ((type === 'float' || type === 'monetary') && typeof value === 'number') return decimalFromOdoo(value);
  if (type === 'datetime' && typeof value === 'string') return datetimeFromOdoo(value);
  return value;
}

export function idOf(value: Many2one): number | null {
  return value === false ? null : value[0];
}

export function textOf(value: string | false): string | null {
  return value === false ? null : value;
}
