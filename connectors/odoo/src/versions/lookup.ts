import { FIELDS, OLDEST, RECORD_LINK, type Since } from './differences.ts';

type Row = (typeof FIELDS)[number];
type Named<M extends Row['model'], W extends string> = Extract<Row, { model: M; what: W }>;
type NameOf<M extends Row['model'], W extends string> = Named<M, W>['names'][number][1];

/** The value that holds for a version; a server newer than the last entry is taken to be like it. @throws RangeError before 16 */
export function valueAt<T>(since: Since<T>, major: number): T {
  const entry = since.findLast(([from]) => from <= major);
  if (entry === undefined)
    throw new RangeError(`Odoo ${major} is not supported: ${OLDEST} is the oldest version that is.`);
  return entry[1];
}

/** What a field is called on a version; null where it has none. */
export function fieldName<M extends Row['model'], W extends Extract<Row, { model: M }>['what']>(
  major: number,
  model: M,
  what: W,
): NameOf<M, W> {
  const row = FIELDS.find((one) => one.model === model && one.what === what);
  if (row === undefined) throw new Error(`The table of versions has no ${what} of ${model}.`);
  return valueAt<string | null>(row.names, major) as NameOf<M, W>;
}

/** The record's page in Odoo's own interface. A model without a dot in its name is written `m-model` from 18 on. */
export function recordLink(baseUrl: string, major: number, model: string, id: number): string {
  const pattern = valueAt(RECORD_LINK, major);
  const shown = pattern.startsWith('/odoo/') && !model.includes('.') ? `m-${model}` : model;
  return baseUrl.replace(/\/+$/, '') + pattern.replace('{model}', shown).replace('{id}', String(id));
}
