/** What the org knows of a field; the rest of a describe is derived from it. */
export interface FieldDefinition {
  name: string;
  label: string;
  type: FieldType;
  /** Longest text, for text types. */
  length: number;
  required: boolean;
  /** Set by the platform on every record. */
  alwaysSet: boolean;
  /** False: the platform sets it. */
  writable: boolean;
  /** May be set by an insert, not by an update. */
  insertOnly: boolean;
  externalId: boolean;
  /** Compared without regard to case, as Salesforce does unless asked otherwise. */
  unique: boolean;
  /** Restricted picklists refuse any other value. */
  restricted: boolean;
  values: readonly string[];
  referenceTo?: string;
  /** Name of the parent in a query, such as Account for AccountId. */
  relationshipName?: string;
}

export type FieldType =
  | 'id'
  | 'string'
  | 'textarea'
  | 'phone'
  | 'email'
  | 'url'
  | 'picklist'
  | 'boolean'
  | 'double'
  | 'currency'
  | 'percent'
  | 'int'
  | 'date'
  | 'datetime'
  | 'reference';

export interface ChildRelationship {
  relationshipName: string;
  childSObject: string;
  field: string;
}

export interface ObjectDefinition {
  name: string;
  label: string;
  labelPlural: string;
  keyPrefix: string;
  custom: boolean;
  fields: readonly FieldDefinition[];
  /** By lower-case name: the platform does not mind the case of names. */
  byName: ReadonlyMap<string, FieldDefinition>;
  children: readonly ChildRelationship[];
}

export function isNumber(type: FieldType): boolean {
  return type === 'double' || type === 'currency' || type === 'percent' || type === 'int';
}

/** Long text can be neither filtered nor sorted: it lies outside the indexed row. */
export function isFilterable(field: FieldDefinition): boolean {
  return !(field.type === 'textarea' && field.length > 255);
}

type Options = Partial<Omit<FieldDefinition, 'name' | 'label' | 'type'>> & { label?: string };

export function field(name: string, type: FieldType, options: Options = {}): FieldDefinition {
  return {
    name,
    label: labelOf(name),
    type,
    length: 0,
    required: false,
    alwaysSet: false,
    writable: true,
    insertOnly: false,
    externalId: false,
    unique: false,
    restricted: false,
    values: [],
    ...options,
  };
}

export function text(name: string, length: number, options: Options = {}): FieldDefinition {
  return field(name, 'string', { length, ...options });
}

/** @param relationshipName the parent's name in a query, as Account for AccountId. */
export function lookup(name: string, referenceTo: string, options: Options = {}): FieldDefinition {
  const relationshipName = name.endsWith('__c') ? `${name.slice(0, -1)}r` : name.replace(/Id$/, '');
  return field(name, 'reference', { length: 18, referenceTo, relationshipName, ...options });
}

const OWNED_BY_PARENT = new Set(['OpportunityLineItem', 'PricebookEntry', 'Pricebook2', 'Product2', 'User']);

export function object(
  name: string,
  keyPrefix: string,
  labels: { label: string; labelPlural: string },
  own: readonly FieldDefinition[],
  children: readonly ChildRelationship[] = [],
): ObjectDefinition {
  const fields = [
    field('Id', 'id', { label: `${labels.label} ID`, length: 18, writable: false }),
    field('IsDeleted', 'boolean', { writable: false }),
    ...own,
    ...(OWNED_BY_PARENT.has(name) ? [] : [lookup('OwnerId', 'User', { alwaysSet: true })]),
    field('CreatedDate', 'datetime', { writable: false, alwaysSet: true }),
    lookup('CreatedById', 'User', { writable: false, alwaysSet: true }),
    field('LastModifiedDate', 'datetime', { writable: false, alwaysSet: true }),
    lookup('LastModifiedById', 'User', { writable: false, alwaysSet: true }),
    field('SystemModstamp', 'datetime', { label: 'System Modstamp', writable: false, alwaysSet: true }),
  ];
  return {
    name,
    keyPrefix,
    ...labels,
    custom: name.endsWith('__c'),
    fields,
    byName: new Map(fields.map((known) => [known.name.toLowerCase(), known])),
    children,
  };
}

function labelOf(name: string): string {
  const words = name
    .replace(/__c$/, '')
    .replaceAll('_', ' ')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ');
  return words.replace(/ Id$/, ' ID');
}
