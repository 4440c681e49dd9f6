import { OBJECTS } from './objects.ts';
import { recordId } from './record-id.ts';
import type { ObjectDefinition } from './schema.ts';

export type Value = string | number | boolean | null;
/** By the field's own name. A field that was never set is absent and reads as null. */
export type Row = Record<string, Value>;

export interface OrgState {
  rows: Record<string, Row[]>;
  serials: Record<string, number>;
}

/**
 * The rows of one object. `byStamp` is kept sorted by (SystemModstamp, Id), so that a poll reads a slice of it:
 * moving a row costs two binary searches and two array splices (about 20 us at 100,000 rows).
 */
export class Table {
  readonly definition: ObjectDefinition;
  readonly rows = new Map<string, Row>();
  readonly byStamp: Row[] = [];
  readonly deleted = new Set<string>();
  readonly #indexes = new Map<string, Map<string, Set<string>>>();

  constructor(definition: ObjectDefinition) {
    this.definition = definition;
    for (const { name, type, externalId } of definition.fields) {
      if (externalId || type === 'reference' || name === 'ProductCode') this.#indexes.set(name, new Map());
    }
  }

  isIndexed(fieldName: string): boolean {
    return this.#indexes.has(fieldName);
  }

  /** Rows whose indexed field equals the value, without regard to case. */
  withValue(fieldName: string, value: Value): Row[] {
    const ids = this.#indexes.get(fieldName)?.get(indexKey(value));
    return ids ? this.withIds(ids) : [];
  }

  withIds(ids: Iterable<string>): Row[] {
    const found: Row[] = [];
    for (const id of ids) {
      const row = this.rows.get(id);
      if (row) found.push(row);
    }
    return found;
  }

  put(row: Row): void {
    const id = String(row['Id']);
    this.rows.set(id, row);
    this.byStamp.splice(this.firstAtOrAfter(String(row['SystemModstamp']), id), 0, row);
    for (const [name, index] of this.#indexes) {
      const key = indexKey(row[name]);
      if (key === '') continue;
      const ids = index.get(key);
      if (ids) ids.add(id);
      else index.set(key, new Set([id]));
    }
  }

  take(id: string): Row | undefined {
    const row = this.rows.get(id);
    if (!row) return undefined;
    this.rows.delete(id);
    this.byStamp.splice(this.firstAtOrAfter(String(row['SystemModstamp']), id), 1);
    for (const [name, index] of this.#indexes) index.get(indexKey(row[name]))?.delete(id);
    return row;
  }

  /** Place of the first row with (SystemModstamp, Id) at or after the given pair. */
  firstAtOrAfter(stamp: string, id = ''): number {
    let low = 0;
    let high = this.byStamp.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const row = this.byStamp[middle];
      const rowStamp = String(row?.['SystemModstamp']);
      if (rowStamp < stamp || (rowStamp === stamp && String(row?.['Id']) < id)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Whose history is kept. */
const VERSIONED = 'Trunkline_Order__c';
/** Bounds a demo that runs for days: some 100 MB at most. */
const MOST_VERSIONS = 100_000;

function indexKey(value: Value | undefined): string {
  return value === null || value === undefined ? '' : String(value).toLowerCase();
}

/** All tables, with transactions: what a failing transaction changed is undone. One thread, so no isolation is needed. */
export class Org {
  readonly #tables: Map<string, Table>;
  readonly #serials: Record<string, number>;
  readonly #firstSerial: number;
  #undo: (() => void)[] | undefined;
  #latestStamp = '';
  #lateSeconds = 0;
  readonly #versions: Row[] = [];

  /** @param seed shifts the serial part of new ids; 0 begins at 1. */
  constructor(state?: OrgState, seed = 0) {
    this.#firstSerial = seed * 1_000_000;
    this.#tables = new Map(OBJECTS.map((definition) => [definition.name, new Table(definition)]));
    this.#serials = state?.serials ?? {};
    for (const [name, rows] of Object.entries(state?.rows ?? {})) {
      for (const row of rows) this.#tables.get(name)?.put(row);
    }
  }

  state(): OrgState {
    const rows = Object.fromEntries([...this.#tables].map(([name, table]) => [name, [...table.byStamp]]));
    return { rows, serials: this.#serials };
  }

  table(objectName: string): Table {
    const table = this.#tables.get(objectName);
    if (!table) throw new Error(`The org has no object ${objectName}.`);
    return table;
  }

  row(objectName: string, id: Value | undefined): Row | undefined {
    return typeof id === 'string' ? this.#tables.get(objectName)?.rows.get(id) : undefined;
  }

  nextId({ name, keyPrefix }: ObjectDefinition): string {
    const serial = (this.#serials[name] ?? this.#firstSerial) + 1;
    this.#serials[name] = serial;
    return recordId(keyPrefix, serial);
  }

  insert(objectName: string, row: Row): void {
    const table = this.table(objectName);
    table.put(row);
    this.#undo?.push(() => table.take(String(row['Id'])));
    this.#keepVersion(objectName, row);
  }

  /** Sets fields and moves the row to the end of its table's time order. */
  update(objectName: string, id: string, changes: Row): void {
    const table = this.table(objectName);
    const before = table.take(id);
    if (!before) throw new Error(`${objectName} ${id} is not there to update.`);
    const after = { ...before, ...changes, ...this.touched() };
    table.put(after);
    this.#undo?.push(() => {
      table.take(id);
      table.put(before);
    });
    this.#keepVersion(objectName, after);
  }

  remove(objectName: string, id: string): void {
    const table = this.table(objectName);
    const before = table.take(id);
    if (!before) return;
    table.deleted.add(id);
    this.#undo?.push(() => {
      table.deleted.delete(id);
      table.put(before);
    });
  }

  /** Runs the work; when it throws, all its changes are undone. A transaction inside another joins it. */
  transaction<T>(work: () => T): T {
    if (this.#undo) return work();
    const undo: (() => void)[] = [];
    this.#undo = undo;
    try {
      return work();
    } catch (error) {
      for (const step of undo.reverse()) step();
      throw error;
    } finally {
      this.#undo = undefined;
    }
  }

  /** Every version of what Trunkline wrote, oldest first; a row is never changed in place, so keeping it costs a reference. */
  get versions(): readonly Row[] {
    return this.#versions;
  }

  #keepVersion(objectName: string, row: Row): void {
    if (objectName !== VERSIONED) return;
    this.#versions.push(row);
    this.#undo?.push(() => this.#versions.pop());
    if (this.#versions.length > MOST_VERSIONS) this.#versions.splice(0, MOST_VERSIONS / 2);
  }

  touched(): Row {
    const now = this.now();
    return { LastModifiedDate: now, SystemModstamp: now };
  }

  /** Runs the work as if it had begun some seconds ago: its rows appear behind those that a poller has read. */
  late<T>(seconds: number, work: () => T): T {
    this.#lateSeconds = seconds;
    try {
      return work();
    } finally {
      this.#lateSeconds = 0;
    }
  }

  /**
   * Salesforce stores these times in whole seconds, so many rows share one: a poller has to deal with ties.
   * Never earlier than the one before, whatever the machine's clock does, unless the work is late.
   */
  now(): string {
    const now = stampOf(Date.now() - this.#lateSeconds * 1000);
    if (this.#lateSeconds > 0) return now;
    if (now > this.#latestStamp) this.#latestStamp = now;
    return this.#latestStamp;
  }
}

function stampOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}.000+0000`;
}
