import { OBJECTS } from '../objects.ts';
import { type FieldDefinition, isFilterable, isNumber, type ObjectDefinition } from '../schema.ts';
import { objectOf, type Resource, type RestCall } from './call.ts';

export const describeResources: readonly Resource[] = [
  { method: 'GET', path: '/', run: ({ version }) => ({ status: 200, body: resourceMap(version) }) },
  {
    method: 'GET',
    path: '/sobjects',
    run: ({ version }) => ({
      status: 200,
      body: {
        encoding: 'UTF-8',
        maxBatchSize: 200,
        sobjects: OBJECTS.map((known) => summary(known, version)),
      },
    }),
  },
  {
    method: 'GET',
    path: '/sobjects/:object',
    run: (call) => ({
      status: 200,
      body: { objectDescribe: summary(objectOf(call), call.version), recentItems: [] },
    }),
  },
  {
    method: 'GET',
    path: '/sobjects/:object/describe',
    run: (call) => ({ status: 200, body: describe(call) }),
  },
  {
    method: 'GET',
    path: '/limits',
    run: ({ apiUsage }) => ({
      status: 200,
      body: { DailyApiRequests: { Max: apiUsage.max, Remaining: Math.max(0, apiUsage.max - apiUsage.used) } },
    }),
  },
];

function resourceMap(version: string): Record<string, string> {
  const names = ['sobjects', 'query', 'limits', 'composite'];
  return Object.fromEntries(names.map((name) => [name, `/services/data/${version}/${name}`]));
}

function summary(
  { name, label, labelPlural, keyPrefix, custom }: ObjectDefinition,
  version: string,
): Record<string, unknown> {
  const base = `/services/data/${version}/sobjects/${name}`;
  return {
    name,
    label,
    labelPlural,
    keyPrefix,
    custom,
    createable: true,
    updateable: true,
    deletable: true,
    queryable: true,
    retrieveable: true,
    urls: { sobject: base, describe: `${base}/describe`, rowTemplate: `${base}/{ID}` },
  };
}

function describe(call: RestCall): Record<string, unknown> {
  const definition = objectOf(call);
  return {
    ...summary(definition, call.version),
    fields: definition.fields.map((field) => describeField(definition, field)),
    childRelationships: definition.children.map((child) => ({
      ...child,
      cascadeDelete: false,
      deprecatedAndHidden: false,
    })),
    recordTypeInfos: [],
  };
}

const SOAP: Partial<Record<FieldDefinition['type'], string>> = {
  id: 'tns:ID',
  reference: 'tns:ID',
  boolean: 'xsd:boolean',
  double: 'xsd:double',
  currency: 'xsd:double',
  percent: 'xsd:double',
  int: 'xsd:int',
  date: 'xsd:date',
  datetime: 'xsd:dateTime',
};

function describeField(definition: ObjectDefinition, field: FieldDefinition): Record<string, unknown> {
  const {
    name,
    label,
    type,
    length,
    required,
    alwaysSet,
    writable,
    insertOnly,
    externalId,
    unique,
    restricted,
  } = field;
  const decimal = isNumber(type) && type !== 'int';
  const filterable = isFilterable(field);
  return {
    name,
    label,
    type,
    soapType: SOAP[type] ?? 'xsd:string',
    length,
    byteLength: length * 3,
    digits: type === 'int' ? 8 : 0,
    precision: decimal ? 18 : 0,
    scale: decimal ? 2 : 0,
    nillable: !required && !alwaysSet && type !== 'boolean' && type !== 'id',
    defaultedOnCreate: !writable || type === 'boolean',
    createable: writable,
    updateable: writable && !insertOnly,
    custom: name.endsWith('__c'),
    externalId,
    idLookup: externalId || type === 'id',
    unique,
    caseSensitive: false,
    filterable,
    sortable: filterable,
    groupable: filterable && !decimal && type !== 'datetime',
    nameField: name === 'Name' || (definition.name === 'Contact' && name === 'LastName'),
    calculated: false,
    autoNumber: false,
    restrictedPicklist: restricted,
    picklistValues: field.values.map((value) => ({
      active: true,
      defaultValue: false,
      label: value,
      validFor: null,
      value,
    })),
    referenceTo: field.referenceTo ? [field.referenceTo] : [],
    relationshipName: field.relationshipName ?? null,
    deprecatedAndHidden: false,
  };
}
