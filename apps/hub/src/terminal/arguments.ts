import { InvalidArgumentError } from 'commander';

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
