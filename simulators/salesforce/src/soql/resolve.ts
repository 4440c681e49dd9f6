import { RefusedCall } from '../fault-answer.ts';
import { objectNamed } from '../objects.ts';
import type { Org, Row, Value } from '../org.ts';
import type { FieldDefinition, ObjectDefinition } from '../schema.ts';
import { placed } from './lexer.ts';
import type { Name } from './syntax.ts';

/** A field as seen from an object: the lookups to follow, then the field. */
export interface Path {
  parents: FieldDefinition[];
  owner: ObjectDefinition;
  field: FieldDefinition;
}

/** @throws RefusedCall INVALID_FIELD for an unknown column or relationship. */
export function resolvePath(soql: string, from: ObjectDefinition, name: Name): Path {
  const words = name.text.split('.');
  const parents: FieldDefinition[] = [];
  let owner = from;
  if (words.length > 1 && words[0]?.toLowerCase() === from.name.toLowerCase()) words.shift();
  for (const word of words.slice(0, -1)) {
    const parent = owner.fields.find(
      ({ relationshipName }) => relationshipName?.toLowerCase() === word.toLowerCase(),
    );
    const target = parent && objectNamed(parent.referenceTo ?? '');
    if (!parent || !target) throw invalidField(soql, name, relationshipMessage(word, name.text));
    parents.push(parent);
    owner = target;
  }
  const last = words.at(-1) ?? '';
  const field = owner.byName.get(last.toLowerCase());
  if (!field) throw invalidField(soql, name, columnMessage(last, owner.name));
  return { parents, owner, field };
}

export function readPath(org: Org, row: Row, { parents, field }: Path): Value {
  let current: Row | undefined = row;
  for (const parent of parents) current = org.row(parent.referenceTo ?? '', current?.[parent.name]);
  const value = current?.[field.name] ?? null;
  return value === null && field.type === 'boolean' && current ? false : value;
}

export function invalidField(soql: string, { at }: { at: number }, why: string): RefusedCall {
  return new RefusedCall(400, 'INVALID_FIELD', placed(soql, at, why));
}

function columnMessage(column: string, entity: string): string {
  return (
    `No such column '${column}' on entity '${entity}'. If you are attempting to use a custom field, be sure to append ` +
    "the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names."
  );
}

function relationshipMessage(word: string, path: string): string {
  return (
    `Didn't understand relationship '${word}' in field path '${path}'. If you are attempting to use a custom ` +
    "relationship, be sure to append the '__r' after the custom relationship name."
  );
}
