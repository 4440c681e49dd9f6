import { malformed, type Token, type TokenKind, tokens } from './lexer.ts';
import type { RefusedCall } from '../fault-answer.ts';
import type { Condition, Literal, Name, Operator, Order, Query, SelectItem } from './syntax.ts';

const CLAUSES = new Set([
  'FROM',
  'WHERE',
  'ORDER',
  'LIMIT',
  'OFFSET',
  'AND',
  'OR',
  'NOT',
  'IN',
  'LIKE',
  'BY',
  'GROUP',
  'HAVING',
  'WITH',
  'FOR',
]);

/** @throws RefusedCall MALFORMED_QUERY */
export function parse(soql: string): Query {
  const parser = new Parser(soql);
  const query = parser.query();
  parser.end();
  return query;
}

/** Recursive descent, one method a rule. */
class Parser {
  readonly #soql: string;
  readonly #tokens: Token[];
  #next = 0;

  constructor(soql: string) {
    this.#soql = soql;
    this.#tokens = tokens(soql);
  }

  query(): Query {
    this.#keyword('SELECT');
    const select = this.#list(() => this.#selectItem());
    this.#keyword('FROM');
    const query: Query = { select, from: this.#name(), orderBy: [] };
    if (this.#taken('WHERE')) query.where = this.#condition();
    if (this.#taken('ORDER')) {
      this.#keyword('BY');
      query.orderBy = this.#list(() => this.#order());
    }
    if (this.#taken('LIMIT')) query.limit = this.#wholeNumber();
    if (this.#taken('OFFSET')) query.offset = this.#wholeNumber();
    return query;
  }

  end(): void {
    if (this.#peek().kind !== 'end') throw this.#unexpected();
  }

  #selectItem(): SelectItem {
    if (this.#takenMark('(')) {
      const query = this.query();
      this.#mark(')');
      return { kind: 'children', query };
    }
    const name = this.#name();
    if (name.text.toUpperCase() === 'COUNT' && this.#takenMark('(')) {
      this.#mark(')');
      return { kind: 'count' };
    }
    return { kind: 'field', name };
  }

  /** AND and OR of one level do not mix without brackets: Salesforce refuses it, so this does. */
  #condition(): Condition {
    const first = this.#term();
    const word = this.#peek().text.toUpperCase();
    if (word !== 'AND' && word !== 'OR') return first;
    const terms = [first];
    while (this.#taken(word)) terms.push(this.#term());
    return { kind: word === 'AND' ? 'and' : 'or', terms };
  }

  #term(): Condition {
    if (this.#taken('NOT')) return { kind: 'not', term: this.#term() };
    if (this.#takenMark('(')) {
      const inner = this.#condition();
      this.#mark(')');
      return inner;
    }
    return this.#comparison();
  }

  #comparison(): Condition {
    const name = this.#name();
    const negated = this.#taken('NOT');
    if (this.#taken('IN')) {
      this.#mark('(');
      const literals = this.#list(() => this.#literal());
      this.#mark(')');
      return { kind: 'in', name, negated, literals };
    }
    if (negated) throw this.#unexpected();
    if (this.#taken('LIKE')) return { kind: 'compare', name, operator: 'LIKE', literal: this.#literal() };
    const operator = this.#take('operator').text;
    return {
      kind: 'compare',
      name,
      operator: (operator === '<>' ? '!=' : operator) as Operator,
      literal: this.#literal(),
    };
  }

  #literal(): Literal {
    const token = this.#peek();
    if (
      token.kind === 'string' ||
      token.kind === 'number' ||
      token.kind === 'date' ||
      token.kind === 'datetime'
    ) {
      this.#next += 1;
      return { kind: token.kind, text: token.text, at: token.at };
    }
    const word = token.text.toLowerCase();
    if (token.kind !== 'word' || (word !== 'true' && word !== 'false' && word !== 'null'))
      throw this.#unexpected();
    this.#next += 1;
    if (word === 'null') return { kind: 'null', text: word, at: token.at };
    return { kind: 'boolean', text: word, at: token.at };
  }

  #order(): Order {
    const name = this.#name();
    const descending = this.#taken('DESC');
    if (!descending) this.#taken('ASC');
    if (!this.#taken('NULLS')) return { name, descending, nullsLast: descending };
    if (this.#taken('LAST')) return { name, descending, nullsLast: true };
    this.#keyword('FIRST');
    return { name, descending, nullsLast: false };
  }

  #name(): Name {
    const token = this.#peek();
    if (token.kind !== 'word' || CLAUSES.has(token.text.toUpperCase())) throw this.#unexpected();
    this.#next += 1;
    return { text: token.text, at: token.at };
  }

  #wholeNumber(): number {
    const token = this.#take('number');
    if (!/^\d+$/.test(token.text)) throw malformed(this.#soql, token.at, `unexpected token: '${token.text}'`);
    return Number(token.text);
  }

  #list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.#takenMark(',')) items.push(item());
    return items;
  }

  #keyword(word: string): void {
    if (!this.#taken(word)) throw this.#unexpected();
  }

  #taken(word: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'word' || token.text.toUpperCase() !== word) return false;
    this.#next += 1;
    return true;
  }

  #mark(text: string): void {
    if (!this.#takenMark(text)) throw this.#unexpected();
  }

  #takenMark(text: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'mark' || token.text !== text) return false;
    this.#next += 1;
    return true;
  }

  #take(kind: TokenKind): Token {
    const token = this.#peek();
    if (token.kind !== kind) throw this.#unexpected();
    this.#next += 1;
    return token;
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: '<EOF>', at: this.#soql.length };
  }

  #unexpected(): RefusedCall {
    const { text, at } = this.#peek();
    return malformed(this.#soql, at, `unexpected token: '${text}'`);
  }
}
