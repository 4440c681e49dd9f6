/** A SOQL string literal. Backslash and quote are its only two characters with a meaning that a value may hold. */
export function soqlString(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/**
 * A SOQL dateTime literal (unquoted, UTC, milliseconds) of a stamp as REST writes it (`2026-03-01T10:00:00.000+0000`), which SOQL
 * does not read back. Throws on what is no time.
 */
export function soqlDateTime(stamp: string): string {
  return new Date(stampMs(stamp)).toISOString();
}

/** Milliseconds since the epoch of a stamp as REST writes it. */
export function stampMs(stamp: string): number {
  const ms = Date.parse(stamp.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  if (Number.isNaN(ms)) throw new RangeError(`"${stamp}" is not a time that Salesforce writes.`);
  return ms;
}
