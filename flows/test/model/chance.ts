import { createHash } from 'node:crypto';

/** A number in [0, 1) that depends on the words alone, so that a behaviour is the same in every order of arrival. */
export function chance(...words: readonly (string | number)[]): number {
  return createHash('sha256').update(words.join('\u0000')).digest().readUInt32BE(0) / 2 ** 32;
}

/** A whole number from 0 to below `below`. */
export function pick(below: number, ...words: readonly (string | number)[]): number {
  return Math.floor(chance(...words) * below);
}
