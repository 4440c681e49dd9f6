import type { Env } from '../orm/env.ts';
import { byExternalId, qualified } from '../orm/external-ids.ts';
import { choicesOf, relationOf, textOf } from '../orm/field.ts';
import type { Field, Values } from '../orm/field.ts';
import { fieldIn } from '../orm/model.ts';
import type { Model } from '../orm/model.ts';
import { nameSearch } from '../orm/name-search.ts';
import { toDatetime } from '../orm/coerce.ts';
import type { Cell, Extracted } from './extract.ts';
import { localToUtc } from './time-zone.ts';

/** A cell that can't become a value. `{field}` in the message stands for the path of field labels. */
export class ConversionError extends Error {
  readonly moreinfo: unknown;
  constructor(message: string, moreinfo?: unknown) {
    super(message);
    this.moreinfo = moreinfo;
  }
}

const REFERENCES = new Set(['', 'id', '.id']);

export interface Importer {
  readonly env: Env;
  /** Writes what waits if it defines this external id, so that a later row can refer to it. */
  readonly settle: (externalId: string) => void;
}

/** Converts one record's cells; a cell that fails goes to `fail` with its field and is left out. */
export function convertRecord(
  importer: Importer,
  model: Model,
  record: Extracted,
  labels: readonly string[],
  report: (field: string, error: ConversionError) => void,
): Values {
  const values: Values = {};
  for (const [name, cell] of Object.entries(record)) {
    if (REFERENCES.has(name)) continue;
    if (cell.length === 0) {
      values[name] = false;
      continue;
    }
    const field = fieldIn(model, name);
    const path = [...labels, field.string];
    try {
      values[name] = convertCell(importer, field, cell, path);
    } catch (error) {
      if (!(error instanceof ConversionError)) throw error;
      report(name, new ConversionError(error.message.replace('{field}', path.join('/')), error.moreinfo));
    }
  }
  return values;
}

function convertCell(importer: Importer, field: Field, cell: Cell, labels: readonly string[]): unknown {
  if (typeof cell === 'string') return convertText(importer.env, field, cell);
  if (field.type === 'one2many')
    return cell.map((line) => lineCommands(importer, field, line, labels)).flat();
  if (field.type === 'many2many') return [[6, 0, cell.flatMap((each) => references(importer, field, each))]];
  return reference(importer, field, cell[0] ?? {});
}

function convertText(env: Env, field: Field, text: string): unknown {
  switch (field.type) {
    case 'integer':
      if (!/^\s*[-+]?\d+\s*$/.test(text))
        fail(`'${text}' does not seem to be an integer for field '{field}'`);
      return Number(text);
    case 'float':
    case 'monetary':
      if (text.trim() === '' || Number.isNaN(Number(text)))
        fail(`'${text}' does not seem to be a number for field '{field}'`);
      return Number(text);
    case 'boolean':
      return convertBoolean(text);
    case 'date':
      return dated(field, text, 'date', '2012-12-31').slice(0, 10);
    case 'datetime':
      return localToUtc(dated(field, text, 'datetime', '2012-12-31 23:59:59'), inputZone(env));
    case 'selection':
      return chosen(field, text);
    default:
      return text;
  }
}

function convertBoolean(text: string): boolean {
  const low = text.toLowerCase();
  if (['1', 'true', 'yes'].includes(low)) return true;
  if (['0', 'false', 'no'].includes(low)) return false;
  return fail(`Unknown value '${text}' for boolean field '{field}'`, "Use '1' for yes and '0' for no");
}

function dated(_field: Field, text: string, kind: string, example: string): string {
  try {
    return toDatetime(text);
  } catch {
    return fail(
      `'${text}' does not seem to be a valid ${kind} for field '{field}'`,
      `Use the format '${example}'`,
    );
  }
}

function chosen(field: Field, text: string): string {
  const found = choicesOf(field).find(
    ([key, label]) => key === text || label.toLowerCase() === text.toLowerCase(),
  );
  if (found) return found[0];
  return fail(
    `Value '${text}' not found in selection field '{field}'`,
    choicesOf(field).map(([, label]) => label),
  );
}

/** A naive datetime is local to the context's zone, else to the user's: `load()` is the import of a spreadsheet. */
const inputZone = (env: Env): string => textOf(env.context['tz'] || env.user.tz || 'UTC');

function fail(message: string, moreinfo?: unknown): never {
  throw new ConversionError(message, moreinfo);
}

/** A one2many line: linked and updated when its reference is known, else created with it. */
function lineCommands(
  importer: Importer,
  field: Field,
  line: Extracted,
  labels: readonly string[],
): unknown[] {
  const model = importer.env.model(relationOf(field));
  const values = convertRecord(importer, model, line, labels, (_name, error) => {
    throw error;
  });
  const given = [...REFERENCES].filter((name) => typeof line[name] === 'string' && line[name] !== '');
  if (given.length === 0) return [[0, 0, values]];
  if (given[0] === 'id') {
    const known = resolveExternal(importer, field, line['id'] as string);
    if (known === undefined) return [[0, 0, { ...values, id: line['id'] }]];
    return [
      [4, known, false],
      [1, known, values],
    ];
  }
  const id = reference(importer, field, line);
  return [
    [4, id, false],
    [1, id, values],
  ];
}

const references = (importer: Importer, field: Field, record: Extracted): number[] => {
  const [name = ''] = Object.keys(record);
  return textOf(record[name] ?? '')
    .split(',')
    .map((each) => reference(importer, field, { [name]: each }));
};

function reference(importer: Importer, field: Field, record: Extracted): number {
  const names = Object.keys(record);
  const name = names[0] ?? '';
  if (names.length > 1 || !REFERENCES.has(name))
    return fail(
      names.some((each) => REFERENCES.has(each))
        ? `Ambiguous specification for field '{field}', only provide one of name, external id or database id`
        : `Can not create Many-To-One records indirectly, import the field separately`,
    );
  const value = textOf(record[name]);
  if (name === '.id') return byDatabaseId(importer.env, field, value);
  if (name === 'id')
    return (
      resolveExternal(importer, field, value) ??
      fail(
        `No matching record found for external id '${value}' in field '{field}'`,
        possibleValues(field, true),
      )
    );
  return byName(importer.env, field, value);
}

function byDatabaseId(env: Env, field: Field, value: string): number {
  if (!/^\d+$/.test(value))
    return fail(`Invalid database id '${value}' for the field '{field}'`, possibleValues(field, true));
  const row = env.find(relationOf(field), Number(value));
  return (
    row?.id ??
    fail(
      `No matching record found for database id '${value}' in field '{field}'`,
      possibleValues(field, true),
    )
  );
}

function resolveExternal(importer: Importer, field: Field, value: string): number | undefined {
  importer.settle(qualified(value));
  return byExternalId(importer.env, value, relationOf(field))?.id;
}

function byName(env: Env, field: Field, value: string): number {
  const [found] = nameSearch(env, relationOf(field), { name: value, operator: '=' });
  return (
    found?.[0] ??
    fail(`No matching record found for name '${value}' in field '{field}'`, possibleValues(field, false))
  );
}

const possibleValues = (field: Field, byId: boolean) => ({
  name: 'Possible Values',
  type: 'ir.actions.act_window',
  target: 'new',
  view_mode: 'list,form',
  views: [
    [false, 'list'],
    [false, 'form'],
  ],
  context: { create: false },
  help: 'See all possible values',
  ...(byId
    ? { res_model: 'ir.model.data', domain: [['model', '=', field.relation]] }
    : { res_model: field.relation }),
});
