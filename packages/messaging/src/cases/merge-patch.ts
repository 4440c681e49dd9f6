import type { JsonObject, JsonValue } from '../json.ts';

/** RFC 7396: members of the patch replace the document's, null removes one, objects are merged, anything else replaces. */
export function mergePatch(document: JsonValue, patch: JsonValue): JsonValue {
  if (!isObject(patch)) return patch;
  const merged: Record<string, JsonValue> = isObject(document) ? { ...document } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else setOwn(merged, name, mergePatch(Object.hasOwn(merged, name) ? (merged[name] ?? null) : null, value));
  }
  return merged;
}

/** `__proto__` is a member like any other in JSON; assigned plainly it would set the prototype. */
function setOwn(object: Record<string, JsonValue>, name: string, value: JsonValue): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
