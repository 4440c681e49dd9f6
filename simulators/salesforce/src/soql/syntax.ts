/** A query as written; names are not looked up yet. `at` is the offset for messages. */
export interface Query {
  select: SelectItem[];
  /** Object name, or a child relationship's name in a subquery. */
  from: Name;
  where?: Condition;
  orderBy: Order[];
  limit?: number;
  offset?: number;
}

export interface Name {
  text: string;
  at: number;
}

export type SelectItem =
  | { kind: 'field'; name: Name }
  | { kind: 'children'; query: Query }
  | { kind: 'count' };

export type Condition =
  | { kind: 'and' | 'or'; terms: Condition[] }
  | { kind: 'not'; term: Condition }
  | { kind: 'compare'; name: Name; operator: Operator; literal: Literal }
  | { kind: 'in'; name: Name; negated: boolean; literals: Literal[] };

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE';

export type Literal =
  | { kind: 'string' | 'date' | 'datetime'; text: string; at: number }
  | { kind: 'number'; text: string; at: number }
  | { kind: 'boolean'; text: 'true' | 'false'; at: number }
  | { kind: 'null'; text: 'null'; at: number };

export interface Order {
  name: Name;
  descending: boolean;
  nullsLast: boolean;
}
