import type { Row } from './field.ts';
import { columnOf } from './model.ts';
import type { Model, Series } from './model.ts';
import { Table } from './table.ts';

export interface Dump {
  readonly series: string;
  readonly sequences: Record<string, number>;
  readonly tables: Record<string, { nextId: number; rows: Row[] }>;
}

/** All tables of one simulated database. Everything a state file holds is here. */
export class Database {
  readonly series: Series;
  readonly models = new Map<string, Model>();
  readonly sequences = new Map<string, number>();
  readonly #tables = new Map<string, Table>();

  constructor(series: Series, models: readonly Model[]) {
    this.series = series;
    for (const model of models) {
      const indexed = Object.entries(model.fields)
        .filter(([, field]) => field.indexed && !field.compute && field.type !== 'one2many')
        .map(([name, field]) => columnOf(field, name));
      this.models.set(model.name, model);
      this.#tables.set(model.name, new Table([...indexed, ...(model.ownIndexes ?? [])]));
    }
  }

  model(name: string): Model {
    const model = this.models.get(name);
    if (!model) throw new Error(`the simulator has no model ${name}`);
    return model;
  }

  table(name: string): Table {
    const table = this.#tables.get(name);
    if (!table) throw new Error(`the simulator has no table for ${name}`);
    return table;
  }

  /** Odoo's standard sequences leave gaps: a number taken by a call that failed is gone. */
  nextInSequence(name: string): number {
    const next = (this.sequences.get(name) ?? 0) + 1;
    this.sequences.set(name, next);
    return next;
  }

  dump(): Dump {
    const tables: Dump['tables'] = {};
    for (const [name, table] of this.#tables)
      tables[name] = { nextId: table.nextId, rows: [...table.rows.values()] };
    return { series: this.series, sequences: Object.fromEntries(this.sequences), tables };
  }

  restore(dump: Dump): void {
    if (dump.series !== this.series)
      throw new Error(
        `the state file holds a ${dump.series} database and this server simulates ${this.series}: start it with --series ${dump.series} or another --state file`,
      );
    for (const [name, count] of Object.entries(dump.sequences)) this.sequences.set(name, count);
    for (const [name, { nextId, rows }] of Object.entries(dump.tables)) {
      const table = this.#tables.get(name);
      if (!table) continue;
      const byStamp = [...rows].sort((a, b) => (String(a['write_date']) < String(b['write_date']) ? -1 : 1));
      for (const row of byStamp) table.insert(row);
      table.nextId = nextId;
    }
  }
}
