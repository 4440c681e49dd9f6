/**
 * What others said, as Postgres can store it: text holds no NUL, and JSON no half of a surrogate pair, which a cut may leave behind. Not for ids
 * and keys: two of them could become one.
 */
export function storableText(text: string, maxLength = Number.POSITIVE_INFINITY): string {
  return text.replaceAll('\u0000', '').slice(0, maxLength).toWellFormed();
}
