import { insert, remove, update, upsert } from '../dml.ts';
import { type RecordFault, RefusedCall, RefusedRecord, recordFault } from '../fault-answer.ts';
import { objectNamed, objectOfId } from '../objects.ts';
import { normaliseId } from '../record-id.ts';
import type { ObjectDefinition } from '../schema.ts';
import { objectOf, recordBody, type Resource, type RestAnswer, type RestCall } from './call.ts';
import { asText } from '../values.ts';
import { LOCKED, renderRecord } from './records.ts';

const MOST_RECORDS = 200;

/** sObject Collections: the call is answered 200 whatever becomes of its records. */
export const collectionResources: readonly Resource[] = [
  { method: 'POST', path: '/composite/sobjects', run: createMany },
  { method: 'PATCH', path: '/composite/sobjects', run: updateMany },
  { method: 'DELETE', path: '/composite/sobjects', run: removeMany },
  { method: 'PATCH', path: '/composite/sobjects/:object/:externalField', run: upsertMany },
  { method: 'GET', path: '/composite/sobjects/:object', run: readMany },
  { method: 'POST', path: '/composite/sobjects/:object', run: readMany },
];

interface Saved {
  id: string;
  created?: boolean;
}

type Outcome = { saved: Saved } | { faults: RecordFault[] };

function createMany(call: RestCall): RestAnswer {
  return each(call, records(call), (record) => ({ id: insert(call.org, typeOf(record), record) }));
}

function updateMany(call: RestCall): RestAnswer {
  return each(call, records(call), ({ id, Id, ...record }) => {
    const given = asText(id ?? Id);
    if (given === '')
      throw new RefusedRecord(recordFault('MISSING_ARGUMENT', 'Id not specified in an update call', ['Id']));
    return { id: update(call.org, typeOf(record), given, record) };
  });
}

function upsertMany(call: RestCall): RestAnswer {
  const definition = objectOf(call);
  const field = definition.byName.get((call.params['externalField'] ?? '').toLowerCase());
  if (!field?.externalId) {
    const message = `Field name provided, ${call.params['externalField']} is not an External ID or indexed field for ${definition.name}`;
    throw new RefusedCall(400, 'INVALID_FIELD', message);
  }
  const seen = new Set<string>();
  return each(call, records(call), (record) => {
    if (typeOf(record) !== definition) {
      throw new RefusedRecord(recordFault('INVALID_TYPE', `The record is no ${definition.name}`));
    }
    const { [field.name]: value, ...rest } = record;
    if (value === undefined || value === null || value === '') {
      throw new RefusedRecord(recordFault('MISSING_ARGUMENT', `${field.name} not specified`, [field.name]));
    }
    const key = asText(value).toLowerCase();
    if (seen.has(key))
      throw new RefusedRecord(
        recordFault('DUPLICATE_VALUE', `Duplicate external id specified: ${asText(value)}`, [field.name]),
      );
    seen.add(key);
    return upsert(call.org, definition, { field, value: asText(value) }, rest);
  });
}

function removeMany(call: RestCall): RestAnswer {
  const ids = (call.query['ids'] ?? '').split(',').filter((id) => id !== '');
  const body = { allOrNone: call.query['allOrNone'] === 'true' };
  return each(
    { ...call, body },
    ids.map((id) => ({ id })),
    ({ id }) => {
      const definition = objectOfId(normaliseId(asText(id)) ?? '');
      if (!definition)
        throw new RefusedRecord(recordFault('MALFORMED_ID', `malformed id ${asText(id)}`, ['Id']));
      return { id: remove(call.org, definition, asText(id)) };
    },
  );
}

function readMany(call: RestCall): RestAnswer {
  const definition = objectOf(call);
  const asked =
    call.body === undefined ? call.query : (recordBody(call) as { ids?: unknown; fields?: unknown });
  const ids = Array.isArray(asked.ids) ? asked.ids.map(asText) : asText(asked.ids).split(',');
  const fields = Array.isArray(asked.fields) ? asked.fields.join(',') : asText(asked.fields ?? 'Id');
  const rows = ids.map((id) => call.org.row(definition.name, normaliseId(id) ?? null));
  return { status: 200, body: rows.map((row) => (row ? renderRecord(call, definition, row, fields) : null)) };
}

function records(call: RestCall): Record<string, unknown>[] {
  const given = recordBody(call)['records'];
  if (!Array.isArray(given)) throw new RefusedCall(400, 'MISSING_ARGUMENT', 'records must be a list');
  return given as Record<string, unknown>[];
}

function typeOf(record: Record<string, unknown>): ObjectDefinition {
  const type = (record['attributes'] as { type?: unknown } | undefined)?.type;
  const definition = objectNamed(asText(type));
  if (!definition) {
    throw new RefusedRecord(
      recordFault(
        'INVALID_TYPE',
        `sObject type '${asText(type)}' is not supported: each record names its type in attributes.type`,
      ),
    );
  }
  return definition;
}

class RolledBack extends Error {}

function each(
  call: RestCall,
  given: Record<string, unknown>[],
  save: (record: Record<string, unknown>) => Saved,
): RestAnswer {
  if (given.length > MOST_RECORDS) {
    throw new RefusedCall(
      400,
      'LIMIT_EXCEEDED',
      `A collection takes at most ${MOST_RECORDS} records; ${given.length} were sent.`,
    );
  }
  const allOrNone = (call.body as { allOrNone?: unknown } | undefined)?.allOrNone === true;
  let outcomes: Outcome[] = [];
  try {
    call.org.transaction(() => {
      outcomes = given.map((record) => outcomeOf(call, () => save(record)));
      if (allOrNone && outcomes.some((outcome) => 'faults' in outcome)) throw new RolledBack();
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
    outcomes = outcomes.map((outcome) => ('faults' in outcome ? outcome : { faults: [ROLLED_BACK] }));
  }
  return { status: 200, body: outcomes.map(rendered) };
}

const ROLLED_BACK = recordFault(
  'ALL_OR_NONE_OPERATION_ROLLED_BACK',
  'Record rolled back because not all records were valid and the request was using AllOrNone header',
);

function outcomeOf(call: RestCall, save: () => Saved): Outcome {
  try {
    if (call.locked()) throw new RefusedRecord(LOCKED);
    return { saved: save() };
  } catch (error) {
    if (error instanceof RefusedRecord) return { faults: error.faults };
    throw error;
  }
}

function rendered(outcome: Outcome): Record<string, unknown> {
  if ('saved' in outcome) {
    const { id, created } = outcome.saved;
    return { id, success: true, errors: [], ...(created === undefined ? {} : { created }) };
  }
  return {
    success: false,
    errors: outcome.faults.map(({ code, message, fields }) => ({ statusCode: code, message, fields })),
  };
}
