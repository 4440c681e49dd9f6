/**
 * Salesforce record ids: 15 case-sensitive characters (3 of object prefix, 2 of instance, 1 reserved, 9 of serial
 * in base 62), and 3 that encode the case of each group of five, so that the 18 survive a case-blind system.
 */
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
const INSTANCE = 'Sm0';
const ID_FORM = /^[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?$/;

/** DIGITS is in ASCII order, so ids of one object sort as they were made. */
export function recordId(prefix: string, serial: number): string {
  let rest = serial;
  let digits = '';
  while (digits.length < 9) {
    digits = `${DIGITS[rest % 62]}${digits}`;
    rest = Math.floor(rest / 62);
  }
  const short = `${prefix}${INSTANCE}${digits}`;
  return `${short}${caseSuffix(short)}`;
}

/** The 18-character form of a 15- or 18-character id; undefined when it has not the form or its suffix is wrong. */
export function normaliseId(id: string): string | undefined {
  if (!ID_FORM.test(id)) return undefined;
  const short = id.slice(0, 15);
  const full = `${short}${caseSuffix(short)}`;
  return id.length === 15 || id === full ? full : undefined;
}

function caseSuffix(short: string): string {
  let suffix = '';
  for (let from = 0; from < 15; from += 5) {
    let bits = 0;
    for (let i = 0; i < 5; i += 1) {
      const code = short.charCodeAt(from + i);
      if (code >= 65 && code <= 90) bits |= 1 << i;
    }
    suffix += SUFFIX[bits];
  }
  return suffix;
}
