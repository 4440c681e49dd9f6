import type { FieldName, FieldShape, ModelShape } from './shapes.ts';

type Equality = '=' | '!=';
type Order = '<' | '<=' | '>' | '>=';
type Membership = 'in' | 'not in';
type Pattern = 'like' | 'not like' | 'ilike' | 'not ilike' | '=like' | '=ilike';
type Family = 'child_of' | 'parent_of';

/** A condition on one field: `[field, operator, value]`, with the operators and values that its type allows. */
type TermOn<K extends string, F extends FieldShape> = F['type'] extends 'any'
  ? readonly [K, Equality | Order | Membership | Pattern | Family, unknown]
  : F['type'] extends 'boolean'
    ? readonly [K, Equality, boolean]
    : F['type'] extends 'integer'
      ? readonly [K, Equality | Order, number] | readonly [K, Membership, readonly number[]]
      : F['type'] extends 'float' | 'monetary'
        ? readonly [K, Equality | Order, string | number] | readonly [K, Membership, readonly string[]]
        : F['type'] extends 'date' | 'datetime'
          ? readonly [K, Equality, string | null] | readonly [K, Order, string]
          : F['type'] extends 'selection'
            ? SelectionTerm<K, F extends { values: infer V extends string } ? V : string>
            : F['type'] extends 'many2one' | 'one2many' | 'many2many'
              ? RelationTerm<K>
              :
                  | readonly [K, Equality, string | null]
                  | readonly [K, Pattern, string]
                  | readonly [K, Membership, readonly (string | null)[]];

type SelectionTerm<K extends string, V extends string> =
  | readonly [K, Equality, V | null]
  | readonly [K, Membership, readonly (V | null)[]];

type RelationTerm<K extends string> =
  | readonly [K, Equality, number | null]
  | readonly [K, Membership, readonly number[]]
  | readonly [K, Family, number | readonly number[]]
  // By display name.
  | readonly [K, Pattern, string];

type RelationName<M extends ModelShape> = {
  [K in FieldName<M>]: M[K]['type'] extends 'many2one' | 'one2many' | 'many2many' | 'any' ? K : never;
}[FieldName<M>];

/** Through a relation, `partner_id.country_id.code`: the path beyond the first field is the server's to judge. */
type PathTerm<M extends ModelShape> = readonly [
  `${RelationName<M>}.${string}`,
  Equality | Order | Membership | Pattern | Family,
  unknown,
];

export type Term<M extends ModelShape> =
  | { [K in FieldName<M>]: TermOn<K, M[K]> }[FieldName<M>]
  | PathTerm<M>
  | readonly ['id', Equality | Order, number]
  | readonly ['id', Membership, readonly number[]];

/**
 * Odoo's domain in prefix notation: terms side by side are all required; `'|'` and `'&'` join the next two, `'!'` negates the next.
 * `['|', ['state', '=', 'sale'], '!', ['amount_total', '<', '100']]`
 */
export type Domain<M extends ModelShape> = readonly ('&' | '|' | '!' | Term<M>)[];
