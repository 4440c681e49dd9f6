/** Anything that survives `JSON.parse(JSON.stringify(x))` unchanged. Quantities and money travel as decimal strings. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };
export type JsonObject = { readonly [name: string]: JsonValue };
