import type { Database } from './database.ts';
import { missingRecord } from './errors.ts';
import type { Row, Value, Values } from './field.ts';
import { majorOf } from './model.ts';
import type { Model, Series } from './model.ts';

/** Columns to store; one that another row lacks is stored empty. */
type Columns = Record<string, Value | undefined>;

function filled(columns: Columns): Record<string, Value> {
  const full: Record<string, Value> = {};
  for (const [name, value] of Object.entries(columns)) full[name] = value ?? false;
  return full;
}

/** A call's way in over HTTP, which remembers when somebody last gave the password. */
export interface Door {
  identifiedAtMs: number;
}

export interface Identity {
  readonly uid: number;
  readonly login: string;
  readonly password: string;
  /** Absent over /jsonrpc. */
  readonly door?: Door;
  readonly name: string;
  readonly tz: string;
  readonly partnerId: number;
  readonly role: 'admin' | 'hub' | 'limited';
}

/**
 * One call's transaction: every change goes through here and can be undone to a savepoint. The simulator runs a call
 * without yielding, so calls are serial and each sees all that was committed before it.
 */
export class Env {
  readonly db: Database;
  readonly user: Identity;
  readonly context: Values;
  /** The transaction's start, which is what `write_date` becomes; microseconds, as PostgreSQL keeps them. */
  readonly stamp: string;
  readonly #undo: (() => void)[];

  constructor(db: Database, user: Identity, stamp: string, context: Values = {}, undo: (() => void)[] = []) {
    this.db = db;
    this.user = user;
    this.stamp = stamp;
    this.context = context;
    this.#undo = undo;
  }

  get series(): Series {
    return this.db.series;
  }

  /** `19` of 19.0. */
  get major(): number {
    return majorOf(this.db.series);
  }

  /** The transaction's start in whole seconds, as a datetime field holds it. */
  get now(): string {
    return this.stamp.slice(0, 19);
  }

  withContext(extra: Values): Env {
    return new Env(this.db, this.user, this.stamp, { ...this.context, ...extra }, this.#undo);
  }

  model(name: string): Model {
    return this.db.model(name);
  }

  find(model: string, id: unknown): Row | undefined {
    return typeof id === 'number' ? this.db.table(model).rows.get(id) : undefined;
  }

  get(model: string, id: unknown): Row {
    const row = this.find(model, id);
    if (!row) throw missingRecord(model, [Number(id)], this.user.uid);
    return row;
  }

  /** The rows for ids in their order; one missing id fails the call, as any recordset method does. */
  browse(model: string, ids: readonly number[]): Row[] {
    const rows = this.existing(model, ids);
    if (rows.length === ids.length) return rows;
    const found = new Set(rows.map((row) => row.id));
    const missing = ids.filter((id) => !found.has(id));
    throw missingRecord(model, missing, this.user.uid);
  }

  /** The rows for those of the ids that exist. */
  existing(model: string, ids: Iterable<number>): Row[] {
    const rows = this.db.table(model).rows;
    const found: Row[] = [];
    for (const id of ids) {
      const row = rows.get(id);
      if (row) found.push(row);
    }
    return found;
  }

  /** Rows whose indexed column holds the value, oldest id first. */
  having(model: string, column: string, value: Value | undefined): Row[] {
    const rows = this.existing(model, this.db.table(model).withValue(column, value ?? false));
    return rows.length > 1 ? rows.sort((a, b) => a.id - b.id) : rows;
  }

  insert(model: string, values: Columns): Row {
    const table = this.db.table(model);
    const log = {
      create_date: this.stamp,
      write_date: this.stamp,
      create_uid: this.user.uid,
      write_uid: this.user.uid,
    };
    const row: Row = { ...filled(values), ...log, id: table.takeId() };
    table.insert(row);
    this.#undo.push(() => table.remove(row));
    return row;
  }

  patch(model: string, row: Row, patch: Columns): void {
    const table = this.db.table(model);
    const full: Record<string, Value> = {
      ...filled(patch),
      write_date: this.stamp,
      write_uid: this.user.uid,
    };
    const before: Record<string, Value> = {};
    for (const column of Object.keys(full)) before[column] = row[column] ?? false;
    table.patch(row, full);
    this.#undo.push(() => table.patch(row, before));
    table.recent.compact((id) => table.rows.get(id)?.['write_date'] as string | undefined, table.rows.size);
  }

  /** Changes only the simulator's own bookkeeping, which leaves `write_date` alone. */
  note(model: string, row: Row, patch: Columns): void {
    const table = this.db.table(model);
    const before: Record<string, Value> = {};
    for (const column of Object.keys(patch)) before[column] = row[column] ?? false;
    table.patch(row, filled(patch));
    this.#undo.push(() => table.patch(row, before));
  }

  touch(model: string, row: Row): void {
    if (row['write_date'] !== this.stamp) this.patch(model, row, {});
  }

  remove(model: string, row: Row): void {
    const table = this.db.table(model);
    table.remove(row);
    this.#undo.push(() => table.insert(row));
  }

  savepoint(): number {
    return this.#undo.length;
  }

  rollback(savepoint = 0): void {
    for (const undo of this.#undo.splice(savepoint).reverse()) undo();
  }

  displayName(model: string, row: Row): string {
    const definition = this.model(model);
    return definition.displayName ? definition.displayName(this, row) : String(row['name'] || '');
  }
}
