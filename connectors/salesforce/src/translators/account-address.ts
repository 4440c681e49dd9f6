import type { Address, DraftAddress } from '@trunkline/canonical';
import { textOf } from '../json-shape.ts';
import { countryCode } from './country-code.ts';
import type { AccountDocument } from './opportunity-document.ts';

/** The canonical address has at most this many lines; a longer street keeps its rest on the last one. */
const MAX_LINES = 4;

/** One of an account's two addresses, as far as it is filled in; undefined when nothing of it is. */
export function addressOf(account: AccountDocument, kind: 'Shipping' | 'Billing'): DraftAddress | undefined {
  const lines = streetLines(account[`${kind}Street`]);
  const city = textOf(account[`${kind}City`]);
  const region = textOf(account[`${kind}StateCode`]) ?? textOf(account[`${kind}State`]);
  const postalCode = textOf(account[`${kind}PostalCode`]);
  const country = countryCode(account[`${kind}CountryCode`], account[`${kind}Country`]);
  const named = textOf(account[`${kind}Country`]) ?? textOf(account[`${kind}CountryCode`]);
  if (lines.length === 0 && [city, region, postalCode, named].every((part) => part === undefined)) {
    return undefined;
  }
  const name = textOf(account.Name);
  const phone = textOf(account.Phone);
  return {
    ...(name === undefined ? {} : { name }),
    ...(lines.length === 0 ? {} : { lines }),
    ...(city === undefined ? {} : { city }),
    ...(region === undefined ? {} : { region }),
    ...(postalCode === undefined ? {} : { postalCode }),
    ...(country === undefined ? {} : { country }),
    ...(country !== undefined || named === undefined ? {} : { countryAsSaid: named }),
    ...(phone === undefined ? {} : { phone }),
  };
}

/** The address when a carrier could use it: name, street, city and country are there. */
export function completeAddress(address: DraftAddress | undefined): Address | undefined {
  if (address === undefined) return undefined;
  const { countryAsSaid: _word, ...known } = address;
  const { name, lines, city, country } = known;
  if (name === undefined || lines === undefined || city === undefined || country === undefined) {
    return undefined;
  }
  return { ...known, name, lines, city, country };
}

function streetLines(street: string | null | undefined): string[] {
  const lines = (street ?? '')
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length <= MAX_LINES) return lines;
  return [...lines.slice(0, MAX_LINES - 1), lines.slice(MAX_LINES - 1).join(', ')];
}
