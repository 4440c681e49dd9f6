import { COUNTRY_TABLE } from './country-table.ts';

const { codes, byName } = read(COUNTRY_TABLE);

/**
 * ISO 3166-1 alpha-2 for what an account's address says: the code field of State/Country picklists first, then the free text.
 * Undefined when neither names a country ("European Community", "n/a"): a guess would send goods to the wrong one.
 */
export function countryCode(
  code: string | null | undefined,
  name: string | null | undefined,
): string | undefined {
  return lookUp(code) ?? lookUp(name);
}

function lookUp(text: string | null | undefined): string | undefined {
  if (text === null || text === undefined) return undefined;
  const trimmed = text.trim();
  const upper = trimmed.toUpperCase();
  if (codes.has(upper)) return upper;
  return byName.get(normalise(trimmed));
}

function read(table: string) {
  const found = new Set<string>();
  const names = new Map<string, string>();
  for (const row of table.trim().split('\n')) {
    const [alpha2, alpha3] = [row.slice(0, 2), row.slice(3, 6)];
    found.add(alpha2);
    names.set(normalise(alpha3), alpha2);
    for (const name of row.slice(7).split('|')) names.set(normalise(name), alpha2);
  }
  return { codes: found, byName: names };
}

function normalise(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('&', ' and ')
    .replace(/['’.]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .replace(/^the /, '');
}
