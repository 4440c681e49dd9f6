import type { JsonObject, JsonValue } from '../json.ts';

/**
 * One change that fits many documents: RFC 6902's `replace`, `add` and `remove` at a JSON Pointer, in which `*` is each element of a list.
 * With `was`, only where that value stands. A place that a document lacks is left alone.
 */
export type Change =
  | {
      readonly op: 'replace';
      readonly path: string;
      readonly value: JsonValue;
      readonly was?: JsonValue;
    }
  | { readonly op: 'add'; readonly path: string; readonly value: JsonValue }
  | { readonly op: 'remove'; readonly path: string; readonly was?: JsonValue };

/** The document after all changes, in their order; the same object when they change nothing in it. */
export function applyChanges(document: JsonObject, changes: readonly Change[]): JsonObject {
  return changes.reduce<JsonValue>(
    (after, change) => changeAt(after, tokensOf(change.path), change),
    document,
  ) as JsonObject;
}

function tokensOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function changeAt(value: JsonValue, [token, ...rest]: readonly string[], change: Change): JsonValue {
  if (token === undefined || typeof value !== 'object' || value === null) return value;
  return isList(value)
    ? changeElements(value, token, rest, change)
    : changeMember(value as JsonObject, token, rest, change);
}

/** Elements are changed where they stand; lists never grow or shrink, because what is a line has a counterpart elsewhere. */
function changeElements(
  list: readonly JsonValue[],
  token: string,
  rest: readonly string[],
  change: Change,
): JsonValue {
  const after = list.map((element, at) => {
    if (token !== '*' && token !== String(at)) return element;
    if (rest.length > 0) return changeAt(element, rest, change);
    return change.op === 'replace' && fits(element, change) ? change.value : element;
  });
  return after.some((element, at) => element !== list[at]) ? after : list;
}

function changeMember(object: JsonObject, name: string, rest: readonly string[], change: Change): JsonValue {
  const there = Object.hasOwn(object, name);
  const before = there ? object[name] : undefined;
  if (rest.length > 0) {
    if (before === undefined) return object;
    const after = changeAt(before, rest, change);
    return after === before ? object : withMember(object, name, after);
  }
  if (change.op === 'add') return withMember(object, name, change.value);
  if (before === undefined || !fits(before, change)) return object;
  if (change.op === 'replace') return withMember(object, name, change.value);
  return Object.fromEntries(Object.entries(object).filter(([other]) => other !== name));
}

function fits(before: JsonValue, { was }: { readonly was?: JsonValue }): boolean {
  return was === undefined || isEqual(before, was);
}

function withMember(object: JsonObject, name: string, value: JsonValue): JsonObject {
  if (Object.hasOwn(object, name) && isEqual(object[name] ?? null, value)) return object;
  // Entries and not a spread: `__proto__` is a member like any other in JSON.
  return Object.fromEntries([...Object.entries(object).filter(([other]) => other !== name), [name, value]]);
}

export interface Difference {
  /** JSON Pointer. */
  readonly path: string;
  /** Absent: it was not there. */
  readonly before?: JsonValue;
  /** Absent: it is gone. */
  readonly after?: JsonValue;
}

/** Where two documents differ, at the innermost places. */
export function differences(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  path = '',
): readonly Difference[] {
  if (isEqual(before, after)) return [];
  if (isContainer(before) && isContainer(after) && isList(before) === isList(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) =>
      differences(memberOf(before, name), memberOf(after, name), `${path}/${escaped(name)}`),
    );
  }
  return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
}

type Container = JsonObject | readonly JsonValue[];

function isContainer(value: JsonValue | undefined): value is Container {
  return typeof value === 'object' && value !== null;
}

/** Array.isArray would make `any` of a read-only list's elements. */
function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function memberOf(value: Container, name: string): JsonValue | undefined {
  return Object.hasOwn(value, name) ? (value as JsonObject)[name] : undefined;
}

function isEqual(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  if (!isContainer(one) || !isContainer(other)) return one === other;
  const names = Object.keys(one);
  return (
    isList(one) === isList(other) &&
    names.length === Object.keys(other).length &&
    names.every((name) => isEqual(memberOf(one, name), memberOf(other, name)))
  );
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
