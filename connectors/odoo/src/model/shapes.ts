import type { DecimalString } from '../values.ts';

/** One field of a model, as `trunkline odoo types` writes it from the server's own `fields_get`. */
export interface FieldShape {
  readonly type: string;
  /** NOT NULL in the database: it reads without null. */
  readonly required?: true;
  readonly readonly?: true;
  /** Of a many2one, one2many, many2many: the model on the other side. */
  readonly relation?: string;
  /** Of a selection: its values. */
  readonly values?: string;
}

export type ModelShape = Readonly<Record<string, FieldShape>>;

/** What a client without generated types works on: every model and every field, with values of any kind. */
export type AnyModels = Readonly<Record<string, Readonly<Record<string, { readonly type: 'any' }>>>>;

/** The other record of a many2one: its id and its display name. */
export interface RecordReference {
  readonly id: number;
  readonly name: string;
}

type Nullable<F extends FieldShape, V> = F extends { required: true } ? V : V | null;

/**
 * What a field reads as. Odoo writes `false` for every empty value; here a boolean's false stays false and every other empty
 * value is null. Numbers that are not whole are decimal strings, which decimal.js takes as they are; times are RFC 3339 UTC.
 */
export type ReadValue<F extends FieldShape> = F['type'] extends 'any'
  ? unknown
  : F['type'] extends 'boolean'
    ? boolean
    : F['type'] extends 'integer'
      ? number
      : F['type'] extends 'float' | 'monetary'
        ? DecimalString
        : F['type'] extends 'many2one'
          ? Nullable<F, RecordReference>
          : F['type'] extends 'one2many' | 'many2many'
            ? readonly number[]
            : F['type'] extends 'selection'
              ? Nullable<F, F extends { values: infer V extends string } ? V : string>
              : F['type'] extends 'many2one_reference'
                ? number | null
                : F['type'] extends TextType
                  ? Nullable<F, string>
                  : unknown;

type TextType = 'char' | 'text' | 'html' | 'date' | 'datetime' | 'binary' | 'reference';

/** Odoo's commands on a one2many or many2many: create, update, delete, unlink, link, clear, replace. */
export type LinkCommand =
  | readonly [0, 0, Readonly<Record<string, unknown>>]
  | readonly [1, number, Readonly<Record<string, unknown>>]
  | readonly [2 | 3 | 4, number]
  | readonly [5]
  | readonly [6, 0, readonly number[]];

/** What a field takes in `create` and `write`: what it reads as, a many2one also as a bare id, null to empty it. */
export type WriteValue<F extends FieldShape> = F['type'] extends 'one2many' | 'many2many'
  ? readonly LinkCommand[]
  : F['type'] extends 'many2one'
    ? Nullable<F, number | Pick<RecordReference, 'id'>>
    : ReadValue<F>;

export type FieldName<M extends ModelShape> = keyof M & string;

/** A record as it was read: `id`, and the fields that were asked for. */
export type Row<M extends ModelShape, F extends FieldName<M>> = { readonly id: number } & {
  readonly [K in Exclude<F, 'id'>]: ReadValue<M[K]>;
};

/** Values for `create` and `write`: any fields of the model that are not read-only. */
export type Values<M extends ModelShape> = {
  readonly [K in FieldName<M> as M[K] extends { readonly: true } ? never : K]?: WriteValue<M[K]>;
};
