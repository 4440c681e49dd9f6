/**
 * Decimal strings held as whole millionths, the smallest step that the contract allows.
 * BigInt and not a float: sums over thousands of releases have to be exact.
 */
const SCALE = 6;
const ONE = 10n ** BigInt(SCALE);

/** Reads a decimal such as "10", "2.5" or "-0.25" with at most 6 fraction digits. Throws RangeError on anything else. */
export function millionths(decimal: string): bigint {
  const match = /^(-?)([0-9]+)(?:\.([0-9]{1,6}))?$/.exec(decimal);
  if (!match) throw new RangeError(`"${decimal}" is no decimal with at most 6 fraction digits`);
  const value = BigInt(match[2] ?? '0') * ONE + BigInt((match[3] ?? '').padEnd(SCALE, '0'));
  return match[1] === '-' ? -value : value;
}

/** The shortest decimal string of it: "10", "2.5". */
export function decimal(value: bigint): string {
  const sign = value < 0n ? '-' : '';
  const size = value < 0n ? -value : value;
  const fraction = (size % ONE).toString().padStart(SCALE, '0').replace(/0+$/, '');
  return `${sign}${size / ONE}${fraction === '' ? '' : `.${fraction}`}`;
}

export function wholeUnits(value: bigint): bigint {
  return value / ONE;
}

export function fromWholeUnits(units: bigint): bigint {
  return units * ONE;
}
