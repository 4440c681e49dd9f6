import type { FieldCatalogue, FieldDescription } from '../field-catalogue.ts';
import { datetimeToOdoo, decimalFromOdoo, decimalToOdoo, fromOdoo, isDecimal } from '../values.ts';

/** A field's value from Odoo, by its type. A field that the catalogue lacks came by another way and stays as it is. */
export function readValue(field: FieldDescription | undefined, value: unknown): unknown {
  if (field === undefined) return value;
  if (field.type === 'many2one')
    return Array.isArray(value) ? { id: value[0] as number, name: String(value[1]) } : null;
  const { type, digits } = field;
  if (type === 'float' && typeof value === 'number' && digits !== undefined && digits !== false)
    return decimalFromOdoo(value, digits[1]);
  return fromOdoo(type, value);
}

/** A row of `read` with its values by type. */
export function readRow(
  catalogue: FieldCatalogue,
  row: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      name === 'id' ? value : readValue(catalogue[name], value),
    ]),
  );
}

/**
 * A value for a domain or for `write`, by the field's type: null is Odoo's `false`, a decimal string a number, an RFC 3339 time
 * Odoo's. A list goes through by its members. @throws RangeError for a time or number that is none
 */
export function writeValue(field: FieldDescription | undefined, value: unknown): unknown {
  if (value === null || value === undefined) return false;
  if (Array.isArray(value)) return value.map((member) => writeValue(field, member));
  switch (field?.type) {
    case 'float':
    case 'monetary':
      return typeof value === 'string' ? decimal(value) : value;
    case 'datetime':
      return typeof value === 'string' && value !== '' ? datetimeToOdoo(value) : value;
    case 'many2one':
      return typeof value === 'object' && 'id' in value ? value.id : value;
    default:
      return value;
  }
}

function decimal(text: string): number {
  if (!isDecimal(text)) throw new RangeError(`"${text}" is no decimal number such as 12.50.`);
  return decimalToOdoo(text);
}
