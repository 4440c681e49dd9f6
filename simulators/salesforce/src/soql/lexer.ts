import { RefusedCall } from '../fault-answer.ts';

export type TokenKind = 'word' | 'string' | 'number' | 'datetime' | 'date' | 'operator' | 'mark' | 'end';

export interface Token {
  kind: TokenKind;
  /** As written; a string without its quotes and escapes. */
  text: string;
  /** Offset in the query. */
  at: number;
}

const PATTERNS: readonly [TokenKind, RegExp][] = [
  ['string', /'(?:[^'\\]|\\.)*'/y],
  ['datetime', /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})/y],
  ['date', /\d{4}-\d{2}-\d{2}/y],
  ['number', /[+-]?\d+(?:\.\d+)?/y],
  ['word', /[A-Za-z_][A-Za-z0-9_.]*/y],
  ['operator', /<=|>=|!=|<>|=|<|>/y],
  ['mark', /[(),]/y],
];

/** @throws RefusedCall MALFORMED_QUERY at the first character that starts no token. */
export function tokens(soql: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < soql.length) {
    if (/\s/.test(soql.charAt(at))) {
      at += 1;
      continue;
    }
    const token = tokenAt(soql, at);
    if (!token) throw malformed(soql, at, `unexpected token: '${soql.charAt(at)}'`);
    found.push(token.kind === 'string' ? { ...token, text: unquoted(token.text) } : token);
    at += token.text.length;
  }
  found.push({ kind: 'end', text: '<EOF>', at: soql.length });
  return found;
}

function tokenAt(soql: string, at: number): Token | undefined {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const match = pattern.exec(soql);
    if (match) return { kind, text: match[0], at };
  }
  return undefined;
}

function unquoted(text: string): string {
  return text
    .slice(1, -1)
    .replace(/\\(.)/g, (_all, char: string) => ({ n: '\n', r: '\r', t: '\t' })[char] ?? char);
}

export function malformed(soql: string, at: number, why: string): RefusedCall {
  return new RefusedCall(400, 'MALFORMED_QUERY', placed(soql, at, why));
}

/** The query around the fault with a caret below it, as Salesforce shows it. */
export function placed(soql: string, at: number, why: string): string {
  const from = Math.max(0, at - 30);
  const excerpt = soql.slice(from, at + 30).replaceAll(/\s/g, ' ');
  return `\n${excerpt}\n${' '.repeat(at - from)}^\nERROR at Row:1:Column:${at + 1}\n${why}`;
}
