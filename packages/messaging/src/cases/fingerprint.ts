import { createHash } from 'node:crypto';

/** Longer texts are whole pages of a target's; their beginning says what failed. */
const LONGEST = 2000;

const QUOTED = /“[^”]+”|"[^"]+"|«[^»]+»|`[^`]+`|(?<![\p{L}\p{N}])['‘][^'’]+['’](?![\p{L}\p{N}])/gu;
/** A word with a digit in it: a count, a date, an order number, a SKU, a path into a list. Or one of our own keys. */
const NUMBERED = /[^\s“”"«»`]*\p{N}[^\s“”"«»`]*|\b(?:so|cu|st)_\w+/gu;
const EDGES = /^([([{<'‘]*)(.*?)([)\]}>'’.,;:!?]*)$/su;
const REPEATED = /#(?:(?:[\s,;/]+|\s+(?:and|or)\s+)#)+/g;

/**
 * A failure's words without what differs from one occurrence to the next: numbers, ids and quoted words give way to a mark, lists of
 * marks and repeated sentences become one. Normalising twice changes nothing.
 */
export function normaliseMessage(text: string): string {
  const marked = text
    .slice(0, LONGEST)
    .replaceAll(QUOTED, '“…”')
    .replaceAll(NUMBERED, (word) =>
      word.replace(EDGES, (_whole, before, _inside, after) => `${before}#${after}`),
    )
    .replaceAll(/\s+/g, ' ')
    .replaceAll(REPEATED, '#')
    .trim();
  return [...new Set(marked.split(/(?<=[.!?;]) /))].join(' ');
}

export interface Failing {
  readonly flow: string;
  readonly target: string | null;
  readonly code: string;
  readonly message: string;
}

/** Equal for failures of one kind: the same flow, target and code, in the same words (see `normaliseMessage`). 16 hex digits. */
export function fingerprintOf({ flow, target, code, message }: Failing): string {
  return createHash('sha256')
    .update(JSON.stringify([flow, target, code, normaliseMessage(message)]))
    .digest('hex')
    .slice(0, 16);
}
