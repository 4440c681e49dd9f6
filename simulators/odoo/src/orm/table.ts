import type { Row, Value } from './field.ts';
import { WriteLog } from './write-log.ts';

const NO_IDS: ReadonlySet<number> = new Set();

/** The rows of one model, with equality indexes and the order of their last writes. Knows nothing of fields. */
export class Table {
  readonly rows = new Map<number, Row>();
  readonly recent = new WriteLog();
  readonly #indexes = new Map<string, Map<Value, Set<number>>>();
  nextId = 1;

  constructor(indexedColumns: readonly string[]) {
    for (const column of indexedColumns) this.#indexes.set(column, new Map());
  }

  /** Like a PostgreSQL sequence, an id is never given twice, not even after a rollback. */
  takeId(): number {
    return this.nextId++;
  }

  insert(row: Row): void {
    this.rows.set(row.id, row);
    if (row.id >= this.nextId) this.nextId = row.id + 1;
    for (const [column, index] of this.#indexes) add(index, row[column] ?? false, row.id);
    this.recent.note(String(row['write_date']), row.id);
  }

  patch(row: Row, patch: Partial<Row>): void {
    for (const [column, value] of Object.entries(patch)) {
      if (value === undefined) continue;
      const index = this.#indexes.get(column);
      if (index && row[column] !== value) {
        drop(index, row[column] ?? false, row.id);
        add(index, value, row.id);
      }
      row[column] = value;
    }
    if (patch['write_date'] !== undefined) this.recent.note(String(patch['write_date']), row.id);
  }

  remove(row: Row): void {
    this.rows.delete(row.id);
    for (const [column, index] of this.#indexes) drop(index, row[column] ?? false, row.id);
  }

  isIndexed(column: string): boolean {
    return this.#indexes.has(column);
  }

  withValue(column: string, value: Value): ReadonlySet<number> {
    return this.#indexes.get(column)?.get(value) ?? NO_IDS;
  }
}

function add(index: Map<Value, Set<number>>, value: Value, id: number): void {
  const ids = index.get(value);
  if (ids) ids.add(id);
  else index.set(value, new Set([id]));
}

function drop(index: Map<Value, Set<number>>, value: Value, id: number): void {
  const ids = index.get(value);
  if (!ids) return;
  ids.delete(id);
  if (ids.size === 0) index.delete(value);
}
