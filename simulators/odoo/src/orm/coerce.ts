import type { Env } from './env.ts';
import { missingRecord, valueError } from './errors.ts';
import type { Field, Value } from './field.ts';
import { choicesOf, emptyValue, isNumeric, relationOf, textOf } from './field.ts';

const DATETIME = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d+)?$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** A client's value as the column holds it, or the error that the server raises for it (recording 15). */
export function coerce(env: Env, model: string, name: string, field: Field, value: unknown): Value {
  if (value === null || value === undefined || value === false) {
    if (field.type === 'boolean') return false;
    return emptyValue(field);
  }
  if (isNumeric(field)) return toNumber(field, value);
  switch (field.type) {
    case 'boolean':
      return Boolean(value);
    case 'selection':
      if (!choicesOf(field).some(([key]) => key === value))
        throw valueError(`Wrong value for ${model}.${name}: '${textOf(value)}'`);
      return value as string;
    case 'many2one':
      return toReference(env, field, value);
    case 'many2many':
      return value as number[];
    case 'date':
      return toDatetime(textOf(value)).slice(0, 10);
    case 'datetime':
      return toDatetime(textOf(value));
    case 'html':
      return asHtml(textOf(value));
    default:
      return value === '' ? false : textOf(value);
  }
}

/** The sanitiser puts bare text into a paragraph (code). */
const asHtml = (text: string): Value => (text === '' ? false : /^\s*</.test(text) ? text : `<p>${text}</p>`);

function toNumber(field: Field, value: unknown): number {
  const number = typeof value === 'boolean' ? Number(value) : Number(textOf(value).trim() || Number.NaN);
  if (Number.isNaN(number))
    throw valueError(
      field.type === 'integer'
        ? `invalid literal for int() with base 10: '${textOf(value)}'`
        : `could not convert string to float: '${textOf(value)}'`,
    );
  return field.type === 'integer' ? Math.trunc(number) : number;
}

function toReference(env: Env, field: Field, value: unknown): Value {
  const id = Array.isArray(value) ? Number(value[0]) : Number(value);
  const relation = relationOf(field);
  if (!env.find(relation, id)) throw missingRecord(relation, [id], env.user.uid);
  return id;
}

/** Only `YYYY-MM-DD[ HH:MM:SS]`, in UTC: a `T` or a `Z` is refused. */
export function toDatetime(value: string): string {
  if (value === '') return value;
  const format = value.length <= 10 ? '%Y-%m-%d' : '%Y-%m-%d %H:%M:%S';
  const shaped = value.length <= 10 ? DATE.test(value) : DATETIME.test(value);
  const full = value.length <= 10 ? `${value} 00:00:00` : value;
  const instant = new Date(`${full.slice(0, 19).replace(' ', 'T')}Z`);
  const real = !Number.isNaN(instant.getTime()) && instant.toISOString().slice(0, 10) === full.slice(0, 10);
  if (!shaped || !real) throw valueError(`time data '${value}' does not match format '${format}'`);
  return full.slice(0, 19);
}
