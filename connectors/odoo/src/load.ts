import type { CallOptions } from './client.ts';
import { classifyLoadMessage, classifyOdooError, isPassing } from './error-classification.ts';
import type { Odoo } from './external-ids.ts';
import { qualify } from './external-ids.ts';
import type { Outcome } from './outcome.ts';

/** Cells by field path (`partner_id/id`, `price_unit`). Everything is text, as in an import file; `''` empties a field. */
export type Cells = Readonly<Record<string, string>>;

export interface LoadRecord {
  /** External id without its module. */
  readonly externalId: string;
  readonly cells: Cells;
  /** Children of one one2many field, each with its own external id. */
  readonly children?: {
    readonly field: string;
    readonly records: readonly { readonly externalId: string; readonly cells: Cells }[];
  };
}

export type LoadOutcome = Outcome<{ readonly id: number }>;

export interface LoadOptions extends CallOptions {
  readonly context?: Readonly<Record<string, unknown>>;
}

interface LoadAnswer {
  readonly ids: readonly number[] | false;
  readonly messages: readonly LoadMessage[];
}

interface LoadMessage {
  readonly type: string;
  readonly message: string;
  readonly record?: number;
  readonly rows?: { readonly from: number; readonly to: number };
  readonly field?: string | false;
}

/** Conversion errors are all listed at once, those of the create only when the former are gone: so two more calls. */
const extraCalls = 2;

/** `load()` reads datetimes in the user's own time zone, unlike `create` and `write`. */
const inUtc = { tz: 'UTC' };

/**
 * Creates or updates records by external id through Odoo's import method `load()`: one transaction per call,
 * the same call again changes nothing, and a call whose answer was lost can be sent again (recording 26).
 *
 * On an error Odoo creates nothing and names the failing records; those are dropped and the others are sent
 * again. Records that set different fields go in separate calls, because an empty cell would empty the field.
 *
 * @returns one outcome per record, in order
 */
export async function load(
  odoo: Odoo,
  model: string,
  records: readonly LoadRecord[],
  options: LoadOptions = {},
): Promise<LoadOutcome[]> {
  const outcomes = new Map<LoadRecord, LoadOutcome>();
  for (const group of Map.groupBy(records, shapeOf).values()) {
    await loadGroup(odoo, model, group, options, outcomes);
  }
  return records.map(
    (record) => outcomes.get(record) ?? { kind: 'retry', message: 'Odoo did not take this record yet.' },
  );
}

function shapeOf({ cells, children }: LoadRecord): string {
  const own = Object.keys(cells).join(' ');
  return children === undefined
    ? own
    : `${own} | ${children.field}: ${Object.keys(children.records[0]?.cells ?? {}).join(' ')}`;
}

async function loadGroup(
  odoo: Odoo,
  model: string,
  group: readonly LoadRecord[],
  options: LoadOptions,
  outcomes: Map<LoadRecord, LoadOutcome>,
): Promise<void> {
  let remaining = group;
  for (let attempt = 0; attempt <= extraCalls && remaining.length > 0; attempt += 1) {
    const sheet = layOut(odoo, remaining);
    const args = { fields: sheet.fields, data: sheet.rows, context: { ...inUtc, ...options.context } };
    let answer: LoadAnswer;
    try {
      answer = await odoo.client.call<LoadAnswer>(model, 'load', args, options);
    } catch (error) {
      const failure = classifyOdooError(error);
      for (const record of remaining) outcomes.set(record, failure);
      return;
    }
    remaining = interpret(answer, remaining, sheet.firstRows, outcomes);
  }
}

/** Sets the outcomes that an answer decides. @returns the records to send again */
export function interpret(
  { ids, messages }: LoadAnswer,
  records: readonly LoadRecord[],
  firstRows: readonly number[],
  outcomes: Map<LoadRecord, LoadOutcome>,
): readonly LoadRecord[] {
  if (ids !== false) {
    records.forEach((record, index) => {
      const id = ids[index];
      if (id !== undefined) outcomes.set(record, { kind: 'succeeded', id });
    });
    return [];
  }
  const errors = messages.filter(({ type }) => type === 'error');
  const transient = errors.find(({ message }) => isPassing(message));
  if (transient !== undefined) {
    for (const record of records) outcomes.set(record, { kind: 'retry', message: transient.message });
    return [];
  }
  for (const error of withoutBatchEcho(errors, records, firstRows)) {
    for (const record of recordsNamedBy(error, records, firstRows)) {
      // The first message is kept: a conversion error is nearer to the cause than the constraint that follows.
      if (!outcomes.has(record)) outcomes.set(record, failureOf(error));
    }
  }
  return records.filter((record) => !outcomes.has(record));
}

/**
 * When a UserError fails the batch, Odoo puts it first and blames the batch's first record, then tries the
 * records one by one and names the guilty. So a first error that names the first record, without a field and
 * beside others, says nothing of that record; if it is guilty as well, the next call names it alone.
 */
function withoutBatchEcho(
  errors: readonly LoadMessage[],
  records: readonly LoadRecord[],
  firstRows: readonly number[],
): readonly LoadMessage[] {
  const [first, ...others] = errors;
  if (first === undefined || typeof first.field === 'string') return errors;
  if (recordsNamedBy(first, records, firstRows)[0] !== records[0]) return errors;
  const othersNamed = others.some((error) => recordsNamedBy(error, records, firstRows)[0] !== records[0]);
  return othersNamed ? others : errors;
}

function failureOf({ message, field }: LoadMessage): LoadOutcome {
  const failure = classifyLoadMessage(message);
  return failure.kind === 'rejected' && typeof field === 'string' ? { ...failure, field } : failure;
}

/** An error that names no row speaks of the whole sheet (an unknown column): then it stands for all records. */
function recordsNamedBy(
  { record, rows }: LoadMessage,
  records: readonly LoadRecord[],
  firstRows: readonly number[],
): readonly LoadRecord[] {
  const index = rows === undefined ? record : firstRows.findLastIndex((first) => first <= rows.from);
  const named = index === undefined ? undefined : records[index];
  return named === undefined ? records : [named];
}

interface Sheet {
  readonly fields: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Row number at which each record begins. */
  readonly firstRows: readonly number[];
}

/** Lays records out as import rows: a record's first child shares its row, the others continue below with the parent's columns empty. */
export function layOut(odoo: Odoo, records: readonly LoadRecord[]): Sheet {
  const sample = records[0];
  if (sample === undefined) return { fields: [], rows: [], firstRows: [] };
  const own = Object.keys(sample.cells);
  const { field } = sample.children ?? {};
  const child = Object.keys(sample.children?.records[0]?.cells ?? {});
  const fields = [
    'id',
    ...own,
    ...(field === undefined ? [] : [`${field}/id`, ...child.map((name) => `${field}/${name}`)]),
  ];
  const rows: string[][] = [];
  const firstRows: number[] = [];
  for (const record of records) {
    firstRows.push(rows.length);
    const parentCells = [qualify(odoo, record.externalId), ...own.map((name) => record.cells[name] ?? '')];
    const children = (record.children?.records ?? []).map(({ externalId, cells }) => [
      qualify(odoo, externalId),
      ...child.map((name) => cells[name] ?? ''),
    ]);
    if (children.length === 0) rows.push(parentCells);
    children.forEach((childCells, index) => {
      rows.push([...(index === 0 ? parentCells : parentCells.map(() => '')), ...childCells]);
    });
  }
  return { fields, rows, firstRows };
}
