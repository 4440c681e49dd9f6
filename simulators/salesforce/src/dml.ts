import { type RecordFault, RefusedRecord, recordFault } from './fault-answer.ts';
import { objectNamed, objectOfId } from './objects.ts';
import type { Org, Row } from './org.ts';
import { normaliseId } from './record-id.ts';
import { afterChange, derive } from './rules.ts';
import type { FieldDefinition, ObjectDefinition } from './schema.ts';
import { asText, convert } from './values.ts';

/** A record as it comes in JSON: fields, `attributes`, and parents by external id. */
export type Input = Record<string, unknown>;

type Mode = 'insert' | 'update';

/** @throws RefusedRecord with every fault of the record. @returns the new id. */
export function insert(org: Org, definition: ObjectDefinition, input: Input): string {
  const given = readFields(org, definition, input, 'insert');
  requireFields(definition, given);
  const id = org.nextId(definition);
  const now = org.now();
  const user = integrationUser(org);
  const row: Row = {
    Id: id,
    ...(definition.byName.has('ownerid') ? { OwnerId: user } : {}),
    ...given,
    CreatedDate: now,
    CreatedById: user,
    LastModifiedDate: now,
    LastModifiedById: user,
    SystemModstamp: now,
  };
  if (definition.custom && row['Name'] === undefined) row['Name'] = id;
  refuseDuplicates(org, definition, row);
  org.insert(definition.name, { ...row, ...derive(org, definition, row) });
  afterChange(org, definition, row);
  return id;
}

/** @throws RefusedRecord: unknown, deleted or of another object, or refused by its content. */
export function update(org: Org, definition: ObjectDefinition, givenId: string, input: Input): string {
  const id = existingId(org, definition, givenId);
  const changes = readFields(org, definition, input, 'update');
  const blanked = definition.fields.filter(({ name, required }) => required && changes[name] === null);
  if (blanked.length > 0) throw new RefusedRecord(missing(blanked));
  const row = { ...org.row(definition.name, id), ...changes };
  refuseDuplicates(org, definition, row);
  org.update(definition.name, id, { ...changes, ...derive(org, definition, row) });
  afterChange(org, definition, row);
  return id;
}

/** @throws RefusedRecord when the external id matches several records. */
export function upsert(
  org: Org,
  definition: ObjectDefinition,
  key: { field: FieldDefinition; value: string },
  input: Input,
): { id: string; created: boolean } {
  const matches = org.table(definition.name).withValue(key.field.name, key.value);
  if (matches.length > 1) {
    const ids = matches.map((row) => row['Id']).join(', ');
    const message = `${key.field.name}: more than one record found for external id field: [${ids}]`;
    throw new RefusedRecord(recordFault('DUPLICATE_EXTERNAL_ID', message, [key.field.name]));
  }
  const match = matches[0];
  if (match) return { id: update(org, definition, String(match['Id']), input), created: false };
  return { id: insert(org, definition, { ...input, [key.field.name]: key.value }), created: true };
}

export function remove(org: Org, definition: ObjectDefinition, givenId: string): string {
  const id = existingId(org, definition, givenId);
  const row = org.row(definition.name, id) ?? {};
  for (const { childSObject, field } of definition.children) {
    const child = objectNamed(childSObject);
    const owned = child?.byName.get(field.toLowerCase())?.required === true;
    for (const { Id } of org.table(childSObject).withValue(field, id)) {
      if (owned) org.remove(childSObject, String(Id));
      else org.update(childSObject, String(Id), { [field]: null });
    }
  }
  org.remove(definition.name, id);
  afterChange(org, definition, row);
  return id;
}

export function existingId(org: Org, definition: ObjectDefinition, given: string): string {
  const id = normaliseId(given);
  if (id === undefined || objectOfId(id) !== definition) {
    throw new RefusedRecord(
      recordFault('MALFORMED_ID', `${definition.label} ID: id value of incorrect type: ${given}`, ['Id']),
    );
  }
  const table = org.table(definition.name);
  if (table.deleted.has(id)) throw new RefusedRecord(recordFault('ENTITY_IS_DELETED', 'entity is deleted'));
  if (!table.rows.has(id))
    throw new RefusedRecord(recordFault('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id'));
  return id;
}

function readFields(org: Org, definition: ObjectDefinition, input: Input, mode: Mode): Row {
  const row: Row = {};
  const faults: RecordFault[] = [];
  for (const [name, given] of Object.entries(input)) {
    if (name === 'attributes') continue;
    const fault = readField(org, definition, { name, given, mode }, row);
    if (fault) faults.push(fault);
  }
  if (faults.length > 0) throw new RefusedRecord(...faults);
  return row;
}

interface GivenField {
  name: string;
  given: unknown;
  mode: Mode;
}

function readField(
  org: Org,
  definition: ObjectDefinition,
  { name, given, mode }: GivenField,
  row: Row,
): RecordFault | undefined {
  const parent = definition.fields.find(
    ({ relationshipName }) => relationshipName?.toLowerCase() === name.toLowerCase(),
  );
  if (parent && typeof given === 'object' && given !== null)
    return readParent(org, parent, given as Input, row);
  const field = definition.byName.get(name.toLowerCase());
  if (!field) {
    return recordFault('INVALID_FIELD', `No such column '${name}' on sobject of type ${definition.name}`, [
      name,
    ]);
  }
  if (!field.writable || (field.insertOnly && mode === 'update')) {
    const message = `Unable to create/update fields: ${field.name}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`;
    return recordFault('INVALID_FIELD_FOR_INSERT_UPDATE', message, [field.name]);
  }
  const converted = convert(field, given);
  if ('fault' in converted) return converted.fault;
  if (field.referenceTo && typeof converted.value === 'string') {
    const fault = refuseForeign(org, field, converted.value);
    if (fault) return fault;
  }
  row[field.name] = converted.value;
  return undefined;
}

function refuseForeign(org: Org, field: FieldDefinition, id: string): RecordFault | undefined {
  const target = objectOfId(id);
  if (target?.name !== field.referenceTo) {
    return recordFault('FIELD_INTEGRITY_EXCEPTION', `${field.label}: id value of incorrect type: ${id}`, [
      field.name,
    ]);
  }
  if (org.table(target?.name ?? '').deleted.has(id))
    return recordFault('ENTITY_IS_DELETED', 'entity is deleted');
  if (!org.row(target?.name ?? '', id)) {
    return recordFault('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', [field.name]);
  }
  return undefined;
}

/** A parent named by its external id: `"Opportunity__r": {"Demand_Id__c": "10248"}`. */
function readParent(org: Org, field: FieldDefinition, given: Input, row: Row): RecordFault | undefined {
  const target = objectNamed(field.referenceTo ?? '');
  const entry = Object.entries(given).find(([name]) => name !== 'attributes');
  const key = entry && target?.byName.get(entry[0].toLowerCase());
  if (!target || !entry || !key?.externalId) {
    const message = `${entry?.[0] ?? '(none)'} is not an External ID or indexed field for entity ${field.referenceTo}`;
    return recordFault('INVALID_FIELD', message);
  }
  const matches = org.table(target.name).withValue(key.name, asText(entry[1]));
  if (matches.length !== 1) {
    const message = `Foreign key external ID: ${asText(entry[1])} not found for field ${key.name} in entity ${target.name}`;
    return recordFault('INVALID_FIELD', message);
  }
  row[field.name] = matches[0]?.['Id'] ?? null;
  return undefined;
}

function requireFields(definition: ObjectDefinition, row: Row): void {
  const absent = definition.fields.filter(({ name, required }) => required && (row[name] ?? null) === null);
  if (absent.length > 0) throw new RefusedRecord(missing(absent));
}

function missing(fields: FieldDefinition[]): RecordFault {
  const names = fields.map(({ name }) => name);
  return recordFault('REQUIRED_FIELD_MISSING', `Required fields are missing: [${names.join(', ')}]`, names);
}

function refuseDuplicates(org: Org, definition: ObjectDefinition, row: Row): void {
  for (const { name, unique } of definition.fields) {
    const value = row[name] ?? null;
    if (!unique || value === null) continue;
    const other = org
      .table(definition.name)
      .withValue(name, value)
      .find(({ Id }) => Id !== row['Id']);
    if (other) {
      const message = `duplicate value found: ${name} duplicates value on record with id: ${other['Id']}`;
      throw new RefusedRecord(recordFault('DUPLICATE_VALUE', message));
    }
  }
}

function integrationUser(org: Org): string | null {
  return (org.table('User').byStamp[0]?.['Id'] as string | undefined) ?? null;
}
