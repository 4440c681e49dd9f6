import type { Column, Table } from './catalogue.ts';

/**
 * What of a schema's change would fail statements that were written for the schema before: something gone or of another type, a column
 * that they do not fill, an `on conflict` that finds its key no more. Pure.
 */
export function contractions(before: readonly Table[], after: readonly Table[]): readonly string[] {
  return before.flatMap((table) => {
    const now = after.find(({ name }) => name === table.name);
    if (now === undefined) return [`${table.name} is gone`];
    return [
      ...table.columns.flatMap((column) => columnFaults(table.name, column, now)),
      ...now.columns
        .filter(({ name }) => !table.columns.some((column) => column.name === name))
        .filter(({ notNull, filled }) => notNull && filled === null)
        .map(({ name }) => `${table.name}.${name} is new and must be filled`),
      ...keysOf(table)
        .filter((key) => !keysOf(now).includes(key))
        .map((key) => `${table.name} is unique no more by ${key}`),
      ...keysOf(now)
        .filter((key) => !keysOf(table).includes(key))
        .map((key) => `${table.name} must be unique by ${key}`),
      ...now.checks
        .filter((check) => !table.checks.includes(check))
        .map((check) => `${table.name} is held to more: ${check}`),
    ];
  });
}

function columnFaults(table: string, column: Column, { columns }: Table): readonly string[] {
  const path = `${table}.${column.name}`;
  const now = columns.find(({ name }) => name === column.name);
  if (now === undefined) return [`${path} is gone`];
  return [
    ...(now.type === column.type ? [] : [`${path} was ${column.type} and is ${now.type}`]),
    ...(now.notNull && !column.notNull ? [`${path} must be filled now`] : []),
    ...(now.filled === null && column.filled !== null ? [`${path} is filled by itself no more`] : []),
  ];
}

function keysOf({ indexes }: Table): readonly string[] {
  return indexes.filter(({ unique }) => unique).map(({ definition }) => definition);
}
