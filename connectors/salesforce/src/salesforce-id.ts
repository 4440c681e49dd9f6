const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/**
 * The 18-character form of a record id, undefined when `id` is none. The last three characters are a checksum of the case of the
 * first fifteen, so that systems which ignore case keep ids apart; a wrong checksum is corrected, as Salesforce itself does.
 */
export function toId18(id: string): string | undefined {
  if (!/^[A-Za-z0-9]{15}([A-Za-z0-9]{3})?$/.test(id)) return undefined;
  const base = id.slice(0, 15);
  let suffix = '';
  for (const start of [0, 5, 10]) {
    let bits = 0;
    for (let i = 0; i < 5; i += 1) if (/[A-Z]/.test(base.charAt(start + i))) bits |= 1 << i;
    suffix += ALPHABET.charAt(bits);
  }
  return base + suffix;
}
