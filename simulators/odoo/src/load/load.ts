import { checkAccess } from '../models/access-rights.ts';
import type { Env } from '../orm/env.ts';
import { keyError, MissingRequired, OdooError, TableConstraint } from '../orm/errors.ts';
import { bindExternalId, byExternalId, qualified } from '../orm/external-ids.ts';
import type { Values } from '../orm/field.ts';
import { fieldIn } from '../orm/model.ts';
import { createRecord, writeRecord } from '../orm/write.ts';
import { convertRecord } from './convert.ts';
import { extractRecords, splitPath } from './extract.ts';
import type { ExtractedRecord } from './extract.ts';

export interface LoadMessage {
  readonly type: 'error';
  readonly record: number;
  readonly rows: { readonly from: number; readonly to: number };
  readonly message: string;
  readonly field?: string;
  readonly field_name?: string;
  readonly moreinfo?: unknown;
}

export interface LoadResult {
  readonly ids: number[] | false;
  readonly messages: readonly LoadMessage[];
  readonly nextrow: 0;
}

interface Pending {
  readonly externalId: string;
  readonly id: number | undefined;
  readonly values: Values;
  readonly at: number;
  readonly source: ExtractedRecord;
}

/**
 * `BaseModel.load` (recording 26): creates or updates by external id, all or nothing. Cells are converted for every
 * record first; the records are then written as one batch, and only when the batch fails one by one, so that the
 * messages of a failing create come after those of the conversion.
 */
export function load(env: Env, modelName: string, fields: string[], data: unknown[][]): LoadResult {
  checkAccess(env, modelName, 'create');
  const model = env.model(modelName);
  const start = env.savepoint();
  const messages: LoadMessage[] = [];
  const ids: number[] = [];
  let batch: Pending[] = [];
  let waiting = new Set<string>();

  const flush = () => {
    const pending = batch;
    batch = [];
    waiting = new Set();
    writeBatch(env, modelName, pending, ids, messages);
  };
  const settle = (externalId: string) => {
    if (waiting.has(externalId)) flush();
  };

  for (const [name = ''] of fields.map(splitPath))
    if (!['id', '.id'].includes(name) && !model.fields[name]) throw keyError(name);
  const extracted = extractRecords(env, model, fields.map(splitPath), data);
  for (const [at, source] of extracted.entries()) {
    const position = { record: at, rows: { from: source.from, to: source.to } };
    const values = convertRecord({ env, settle }, model, source.record, [], (field, error) => {
      const label = fieldIn(model, field).string;
      const more = error.moreinfo === undefined ? {} : { moreinfo: error.moreinfo };
      messages.push({
        ...position,
        type: 'error',
        field,
        field_name: label,
        message: error.message,
        ...more,
      });
    });
    const given = source.record['id'];
    const externalId = typeof given === 'string' && given !== '' ? qualified(given) : '';
    if (externalId) settle(externalId);
    const databaseId = Number(source.record['.id'] || 0) || undefined;
    waiting.add(externalId);
    batch.push({ externalId, id: databaseId, values, at, source });
  }
  flush();

  if (messages.length === 0) return { ids, messages, nextrow: 0 };
  env.rollback(start);
  return { ids: false, messages, nextrow: 0 };
}

function writeBatch(env: Env, model: string, batch: Pending[], ids: number[], messages: LoadMessage[]): void {
  const before = env.savepoint();
  try {
    ids.push(...batch.map((each) => store(env, model, each)));
    return;
  } catch {
    env.rollback(before);
  }
  for (const each of batch) {
    const savepoint = env.savepoint();
    try {
      ids.push(store(env, model, each));
    } catch (error) {
      env.rollback(savepoint);
      messages.push(messageOf(each, error));
    }
  }
}

function store(env: Env, model: string, pending: Pending): number {
  const known = pending.externalId
    ? byExternalId(env, pending.externalId, model)
    : pending.id && env.get(model, pending.id);
  if (known) {
    writeRecord(env, model, known, pending.values);
    return known.id;
  }
  const row = createRecord(env, model, pending.values);
  if (pending.externalId) bindExternalId(env, pending.externalId, model, row.id);
  return row.id;
}

function messageOf({ at, source }: Pending, error: unknown): LoadMessage {
  const position = { rows: { from: source.from, to: source.to }, record: at, type: 'error' as const };
  if (error instanceof MissingRequired)
    return { ...position, message: error.loadMessage, field: error.field };
  if (error instanceof TableConstraint) return { ...position, message: error.loadMessage };
  if (error instanceof OdooError && error.pythonName.startsWith('odoo.exceptions.'))
    return { ...position, message: error.message };
  if (error instanceof OdooError)
    return {
      ...position,
      message: `Unknown error during import: <class '${error.pythonName.replace('builtins.', '')}'>: ${error.message}`,
    };
  throw error;
}
