import { InvalidArgumentError } from 'commander';

/** A word of a closed list. */
export function oneOf<T extends string>(...words: readonly T[]): (text: string) => T {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`Use one of ${words.join(', ')}.`);
  };
}

/** RFC 3339 UTC of any time that can be read. */
export function time(text: string): string {
  const ms = Date.parse(text);
  if (!Number.isNaN(ms)) return new Date(ms).toISOString();
  throw new InvalidArgumentError('That is no time. Write it as 2026-03-02T08:00:00Z.');
}

export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('A whole number from 1 on.');
  return Number(text);
}

export function portNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('A port is a whole number up to 65535.');
  return Number(text);
}

export function webAddress(text: string): string {
  if (!/^https?:\/\/[^/?#\s]/.test(text) || !URL.canParse(text))
    throw new InvalidArgumentError('An address like https://acme.odoo.com.');
  return text;
}
