import { existingId, insert, remove, update, upsert } from '../dml.ts';
import { RefusedCall, RefusedRecord, recordFault } from '../fault-answer.ts';
import type { Row } from '../org.ts';
import { normaliseId } from '../record-id.ts';
import type { FieldDefinition, ObjectDefinition } from '../schema.ts';
import { attributes } from '../soql/run.ts';
import {
  objectOf,
  recordBody,
  refusedAnswer,
  type Resource,
  type RestAnswer,
  type RestCall,
} from './call.ts';

export const recordResources: readonly Resource[] = [
  { method: 'POST', path: '/sobjects/:object', run: refusing(create) },
  { method: 'GET', path: '/sobjects/:object/:id', run: refusing(readById) },
  { method: 'PATCH', path: '/sobjects/:object/:id', run: refusing(updateById) },
  { method: 'DELETE', path: '/sobjects/:object/:id', run: refusing(removeById) },
  { method: 'GET', path: '/sobjects/:object/:externalField/:value', run: refusing(readByKey) },
  { method: 'PATCH', path: '/sobjects/:object/:externalField/:value', run: refusing(upsertByKey) },
  { method: 'DELETE', path: '/sobjects/:object/:externalField/:value', run: refusing(removeByKey) },
];

function refusing(run: Resource['run']): Resource['run'] {
  return (call) => {
    try {
      return run(call);
    } catch (error) {
      return refusedAnswer(error);
    }
  };
}

export const LOCKED = recordFault(
  'UNABLE_TO_LOCK_ROW',
  'unable to obtain exclusive access to this record or 1 records',
);

function refuseLocked(call: RestCall): void {
  if (call.locked()) throw new RefusedRecord(LOCKED);
}

function create(call: RestCall): RestAnswer {
  const definition = objectOf(call);
  const body = recordBody(call);
  refuseLocked(call);
  return { status: 201, body: { id: insert(call.org, definition, body), success: true, errors: [] } };
}

function readById(call: RestCall): RestAnswer {
  const definition = objectOf(call);
  const row = call.org.row(definition.name, normaliseId(call.params['id'] ?? '') ?? null);
  if (!row) throw notFound();
  return { status: 200, body: renderRecord(call, definition, row, call.query['fields']) };
}

function updateById(call: RestCall): RestAnswer {
  const definition = objectOf(call);
  const id = knownId(call, definition);
  refuseLocked(call);
  update(call.org, definition, id, recordBody(call));
  return { status: 204 };
}

function removeById(call: RestCall): RestAnswer {
  const definition = objectOf(call);
  const id = knownId(call, definition);
  refuseLocked(call);
  remove(call.org, definition, id);
  return { status: 204 };
}

function readByKey(call: RestCall): RestAnswer {
  const definition = objectOf(call);
  const rows = matches(call, definition);
  if (rows.length > 1) return several(call, definition, rows);
  const row = rows[0];
  if (!row) throw notFound();
  return { status: 200, body: renderRecord(call, definition, row, call.query['fields']) };
}

function upsertByKey(call: RestCall): RestAnswer {
  const definition = objectOf(call);
  const field = externalField(call, definition);
  const body = recordBody(call);
  for (const name of Object.keys(body)) {
    if (name.toLowerCase() === 'id' || name.toLowerCase() === field.name.toLowerCase()) {
      throw new RefusedCall(
        400,
        'INVALID_FIELD',
        `The ${name} field should not be specified in the sobject data.`,
        [name],
      );
    }
  }
  const rows = matches(call, definition);
  if (rows.length > 1) return several(call, definition, rows);
  refuseLocked(call);
  const { id, created } = upsert(call.org, definition, { field, value: call.params['value'] ?? '' }, body);
  // From API 46 on an update is told; before, it was an empty 204.
  if (!created && Number.parseFloat(call.version.slice(1)) < 46) return { status: 204 };
  return { status: created ? 201 : 200, body: { id, success: true, errors: [], created } };
}

function removeByKey(call: RestCall): RestAnswer {
  const definition = objectOf(call);
  const rows = matches(call, definition);
  if (rows.length > 1) return several(call, definition, rows);
  if (!rows[0]) throw notFound();
  refuseLocked(call);
  remove(call.org, definition, String(rows[0]['Id']));
  return { status: 204 };
}

/** @throws RefusedCall 404 for an id that was never there; a deleted one is told as such. */
function knownId(call: RestCall, definition: ObjectDefinition): string {
  try {
    return existingId(call.org, definition, call.params['id'] ?? '');
  } catch (error) {
    const deleted =
      error instanceof RefusedRecord && error.faults.some(({ code }) => code === 'ENTITY_IS_DELETED');
    throw deleted ? error : notFound();
  }
}

function externalField(call: RestCall, definition: ObjectDefinition): FieldDefinition {
  const name = call.params['externalField'] ?? '';
  const field = definition.byName.get(name.toLowerCase());
  if (!field?.externalId) {
    throw new RefusedCall(
      404,
      'NOT_FOUND',
      `Provided external ID field does not exist or is not accessible: ${name}`,
    );
  }
  return field;
}

function matches(call: RestCall, definition: ObjectDefinition): Row[] {
  return call.org
    .table(definition.name)
    .withValue(externalField(call, definition).name, call.params['value'] ?? '');
}

/** HTTP 300: the external id is not unique, and the caller has to say which one it meant. */
function several({ version }: RestCall, { name }: ObjectDefinition, rows: Row[]): RestAnswer {
  return { status: 300, body: rows.map((row) => `/services/data/${version}/sobjects/${name}/${row['Id']}`) };
}

function notFound(): RefusedCall {
  return new RefusedCall(404, 'NOT_FOUND', 'The requested resource does not exist');
}

/** @param asked comma-separated field names; all fields when absent. */
export function renderRecord(
  { version }: RestCall,
  definition: ObjectDefinition,
  row: Row,
  asked: string | undefined,
): Record<string, unknown> {
  const record: Record<string, unknown> = { attributes: attributes(definition.name, row, version) };
  const names = asked?.split(',').map((name) => name.trim()) ?? definition.fields.map(({ name }) => name);
  for (const name of names) {
    const field = definition.byName.get(name.toLowerCase());
    if (!field) {
      throw new RefusedCall(
        400,
        'INVALID_FIELD',
        `No such column '${name}' on sobject of type ${definition.name}`,
        [name],
      );
    }
    record[field.name] = row[field.name] ?? (field.type === 'boolean' ? false : null);
  }
  return record;
}
