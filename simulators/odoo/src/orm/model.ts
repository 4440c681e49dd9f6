import type { Env } from './env.ts';
import { boolean, char, datetime, integer, many2one } from './field.ts';
import type { Field, Row, Values } from './field.ts';

export const SERIES = ['19.0', '18.0', '17.0', '16.0'] as const;
export type Series = (typeof SERIES)[number];

export const isSeries = (text: string): text is Series => SERIES.some((series) => series === text);

/** Differences are told as before or since a release: `19`. */
export const majorOf = (series: Series): number => Number.parseInt(series, 10);

/** From which release to which something is there. */
export interface Span {
  readonly since?: number;
  readonly until?: number;
}

export const isIn = (major: number, { since = 0, until = Number.POSITIVE_INFINITY }: Span): boolean =>
  since <= major && major <= until;

/** A public method: how a client names its arguments, and what it does. */
export interface Method extends Span {
  /** `model` methods take no ids; JSON-2 refuses ids on them with 422 (recording 15). */
  readonly on: 'model' | 'records';
  readonly parameters?: readonly string[];
  /** How many of the parameters have no default. */
  readonly required?: number;
  /** Accepts any further keyword. */
  readonly open?: boolean;
  readonly run: (env: Env, ids: number[], args: Values) => unknown;
}

export interface ModelDefinition extends Span {
  readonly name: string;
  readonly label: string;
  readonly order?: string;
  readonly fields: Record<string, Field>;
  readonly methods?: Record<string, Method>;
  /** What is one of 18 alone. */
  readonly methodsOf18?: Record<string, Method>;
  readonly displayName?: (env: Env, row: Row) => string;
  /** What `name_search` looks into besides the name. */
  readonly searchNames?: readonly string[];
  /** Fills in values before the row exists; may refuse. */
  readonly prepare?: (env: Env, values: Values) => void;
  readonly created?: (env: Env, row: Row, values: Values) => void;
  readonly beforeWrite?: (env: Env, row: Row, values: Values) => void;
  readonly written?: (env: Env, row: Row, values: Values, before: Row) => void;
  readonly beforeUnlink?: (env: Env, row: Row) => void;
  /** Indexed columns that are no fields. */
  readonly ownIndexes?: readonly string[];
  /** 19's stock.move names an unknown field as create does, where every other write answers KeyError. */
  readonly unknownFieldIsValueError?: boolean;
}

export interface Model extends ModelDefinition {
  readonly order: string;
  readonly searchNames: readonly string[];
  readonly methods: Record<string, Method>;
}

const LOG_FIELDS: Record<string, Field> = {
  id: integer('ID', { readonly: true }),
  display_name: char('Display Name', { readonly: true }),
  create_date: datetime('Created on', { readonly: true }),
  write_date: datetime('Last Updated on', { readonly: true }),
  create_uid: many2one('Created by', 'res.users', { readonly: true }),
  write_uid: many2one('Last Updated by', 'res.users', { readonly: true }),
};

/** Completes a definition with what every model has, keeping only the fields of the series. */
export function buildModel(
  definition: ModelDefinition,
  baseMethods: Record<string, Method>,
  series: Series,
): Model {
  const major = majorOf(series);
  const fields: Record<string, Field> = { ...LOG_FIELDS };
  for (const [name, field] of Object.entries(definition.fields))
    if (isIn(major, field))
      fields[name] = {
        ...field,
        ...(major < 19 ? field.before19 : {}),
        ...(major < 18 ? field.before18 : {}),
        ...(major < 17 ? field.before17 : {}),
      };
  return {
    ...definition,
    fields,
    order: definition.order ?? 'id',
    searchNames: definition.searchNames ?? [],
    methods: Object.fromEntries(
      Object.entries({
        ...baseMethods,
        ...definition.methods,
        ...(major === 18 ? definition.methodsOf18 : {}),
      }).filter(([, method]) => isIn(major, method)),
    ),
  };
}

/** A field that the model is known to have. */
export function fieldIn(model: Model, name: string): Field {
  const field = model.fields[name];
  if (!field) throw new Error(`the simulated ${model.name} has no field ${name}`);
  return field;
}

export const active = boolean('Active', { default: true });

export const columnOf = (field: Field, name: string) => field.column ?? name;
