import { type RecordFault, recordFault } from './fault-answer.ts';
import { normaliseId } from './record-id.ts';
import { type FieldDefinition, isNumber } from './schema.ts';
import type { Value } from './org.ts';

export type Conversion = { value: Value } | { fault: RecordFault };

/** A JSON value as text; nothing for null, JSON for what is no scalar. */
export function asText(given: unknown): string {
  if (given === null || given === undefined) return '';
  return typeof given === 'object' ? JSON.stringify(given) : String(given as string | number | boolean);
}

/** What a JSON value becomes in a field, or why it cannot. */
export function convert(field: FieldDefinition, given: unknown): Conversion {
  if (given === null || given === undefined || given === '')
    return { value: field.type === 'boolean' ? false : null };
  if (typeof given === 'object') return wrongType(field, given);
  if (isNumber(field.type)) return number(field, given);
  switch (field.type) {
    case 'boolean':
      return given === true || given === 'true'
        ? { value: true }
        : given === false || given === 'false'
          ? { value: false }
          : wrongType(field, given);
    case 'date':
      return date(field, given);
    case 'datetime':
      return datetime(field, given);
    case 'reference':
    case 'id':
      return id(field, given);
    case 'picklist':
      return picklist(field, asText(given));
    default:
      return text(field, asText(given));
  }
}

/** 18 digits with 2 after the point (int: none). A longer fraction is rounded, not refused. */
function number(field: FieldDefinition, given: unknown): Conversion {
  const read = typeof given === 'number' ? given : Number(asText(given).trim());
  if (typeof given === 'boolean' || !Number.isFinite(read)) return wrongType(field, given);
  if (Math.abs(read) >= 1e16) {
    const message = `${field.label}: value outside of valid range on numeric field: ${asText(given)}`;
    return { fault: recordFault('NUMBER_OUTSIDE_VALID_RANGE', message, [field.name]) };
  }
  const scale = field.type === 'int' ? 0 : 2;
  return { value: roundHalfAway(read, scale) };
}

/** By the shortest decimal that names the float, as 1.005 means 1.01 to who wrote it. */
function roundHalfAway(value: number, scale: number): number {
  const [digits, exponent] = String(Math.abs(value)).split('e');
  const shifted = Math.round(Number(`${digits}e${Number(exponent ?? 0) + scale}`));
  const rounded = Number(`${shifted}e-${scale}`);
  return value < 0 && rounded !== 0 ? -rounded : rounded;
}

function date(field: FieldDefinition, given: unknown): Conversion {
  const match = /^(\d{4}-\d{2}-\d{2})(T.*)?$/.exec(asText(given));
  const day = match?.[1];
  if (!day || Number.isNaN(Date.parse(`${day}T00:00:00Z`)) || !isRealDay(day)) return wrongType(field, given);
  return { value: day };
}

function isRealDay(day: string): boolean {
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

const DATETIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})$/;

function datetime(field: FieldDefinition, given: unknown): Conversion {
  const value = storedDatetime(asText(given));
  return value === undefined ? wrongType(field, given) : { value };
}

/** `2026-01-31T08:00:00.000+0000`, in UTC and whole seconds; undefined for what is no time with a zone. */
export function storedDatetime(given: string): string | undefined {
  const match = DATETIME.exec(given);
  if (!match) return undefined;
  const zone = match[2] === 'Z' ? 'Z' : String(match[2]).replace(/^([+-]\d{2}):?(\d{2})$/, '$1:$2');
  const at = Date.parse(`${match[1]}${zone}`);
  return Number.isNaN(at) ? undefined : `${new Date(at).toISOString().slice(0, 19)}.000+0000`;
}

function id(field: FieldDefinition, given: unknown): Conversion {
  const value = normaliseId(asText(given));
  if (value !== undefined) return { value };
  return {
    fault: recordFault('MALFORMED_ID', `${field.label}: id value of incorrect type: ${asText(given)}`, [
      field.name,
    ]),
  };
}

function picklist(field: FieldDefinition, given: string): Conversion {
  if (field.restricted && !field.values.includes(given)) {
    const message = `${field.label}: bad value for restricted picklist field: ${given}`;
    return { fault: recordFault('INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', message, [field.name]) };
  }
  return text(field, given);
}

function text(field: FieldDefinition, given: string): Conversion {
  const value = field.type === 'textarea' ? given : given.trim();
  if (field.length > 0 && value.length > field.length) {
    const message = `${field.label}: data value too large: ${value} (max length=${field.length})`;
    return { fault: recordFault('STRING_TOO_LONG', message, [field.name]) };
  }
  return { value: value === '' ? null : value };
}

function wrongType(field: FieldDefinition, given: unknown): Conversion {
  const kind = isNumber(field.type) ? 'double' : field.type;
  const message = `Cannot deserialize instance of ${kind} from value ${JSON.stringify(given)} or request may be missing a required field`;
  return { fault: recordFault('JSON_PARSER_ERROR', message, [field.name]) };
}
