import type { Env } from './env.ts';

/** `false` is Odoo's null. many2one holds an id, many2many the ids; one2many is never stored. */
export type Value = string | number | boolean | number[];

/** One stored record. Keys that start with `_` are the simulator's own columns and can't be reached from outside. */
export type Row = { id: number; [column: string]: Value };

export type FieldType =
  | 'char'
  | 'text'
  | 'html'
  | 'integer'
  | 'float'
  | 'monetary'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'selection'
  | 'many2one'
  | 'one2many'
  | 'many2many';

export type Values = Record<string, unknown>;

export interface Field {
  readonly type: FieldType;
  readonly string: string;
  readonly relation?: string;
  /** one2many: the many2one of the other model that points back. */
  readonly inverse?: string;
  readonly required?: boolean;
  readonly readonly?: boolean;
  readonly companyDependent?: boolean;
  readonly selection?: readonly (readonly [string, string])[];
  /** Equality look-ups on it go through a Map. */
  readonly indexed?: boolean;
  /** Where the value lives in the row, when a series names the field differently. */
  readonly column?: string;
  readonly default?: Value | ((env: Env, values: Values) => Value);
  readonly compute?: (env: Env, row: Row) => Value;
  /** Writing goes through here in place of the row. */
  readonly assign?: (env: Env, row: Row, value: unknown) => void;
  /** The value lives on the record this many2one points to (product.product -> product.template). */
  readonly through?: string;
  /** The releases that have it: from the first to the last that does. */
  readonly since?: number;
  readonly until?: number;
  /** What 16 to 18 say differently. */
  readonly before19?: Partial<Pick<Field, 'string' | 'relation' | 'selection'>>;
  readonly before17?: Partial<Pick<Field, 'selection'>>;
  /** What 16 and 17 do differently. */
  readonly before18?: Partial<Pick<Field, 'selection' | 'required' | 'compute'>>;
}

type Options = Omit<Field, 'type' | 'string'>;

const of =
  (type: FieldType) =>
  (string: string, options: Options = {}): Field => ({ type, string, ...options });

export const char = of('char');
export const text = of('text');
export const html = of('html');
export const integer = of('integer');
export const float = of('float');
export const monetary = of('monetary');
export const boolean = of('boolean');
export const date = of('date');
export const datetime = of('datetime');

export const many2one = (string: string, relation: string, options: Options = {}): Field => ({
  type: 'many2one',
  string,
  relation,
  ...options,
});

export const one2many = (
  string: string,
  relation: string,
  inverse: string,
  options: Options = {},
): Field => ({
  type: 'one2many',
  string,
  relation,
  inverse,
  ...options,
});

export const many2many = (string: string, relation: string, options: Options = {}): Field => ({
  type: 'many2many',
  string,
  relation,
  ...options,
});

export const selection = (
  string: string,
  choices: readonly (readonly [string, string])[],
  options: Options = {},
): Field => ({
  type: 'selection',
  string,
  selection: choices,
  ...options,
});

export const isToMany = (field: Field) => field.type === 'one2many' || field.type === 'many2many';

/** The model that a relational field leads to; asking it of any other field is a mistake in the simulator. */
export function relationOf(field: Field): string {
  if (field.relation === undefined) throw new Error(`the field ${field.string} leads to no other model`);
  return field.relation;
}

/** The many2one on the other side of a one2many. */
export function inverseOf(field: Field): string {
  if (field.inverse === undefined) throw new Error(`the field ${field.string} has no other side`);
  return field.inverse;
}

/** The choices of a selection. */
export const choicesOf = (field: Field) => field.selection ?? [];

/** A value of unknown kind as text, for messages and conversions. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : (JSON.stringify(value) ?? '');
}

export const isRelational = (field: Field) => field.type === 'many2one' || isToMany(field);

export const isNumeric = (field: Field) =>
  field.type === 'integer' || field.type === 'float' || field.type === 'monetary';

/** What an empty cell of this type holds and how a read shows it. */
export function emptyValue(field: Field): Value {
  if (isNumeric(field)) return 0;
  return isToMany(field) ? [] : false;
}
