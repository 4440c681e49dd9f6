import type { OdooClient } from '../client.ts';
import { classifyOdooError } from '../error-classification.ts';
import { type FieldCatalogue, readCatalogue } from '../field-catalogue.ts';
import { FIELDS, type FieldRow } from './differences.ts';
import { valueAt } from './lookup.ts';

/** A name that a server does not have where the version that it is treated as has it. */
export interface LostName {
  readonly model: string;
  readonly what: string;
  readonly expected: string;
  /** A name of the same in another version that it does have. */
  readonly found: string | null;
}

/**
 * Holds the table of names against what a server of an unknown version says of itself. Nothing of it is guessed into
 * calls: what is lost is told before an order meets it.
 *
 * @returns the names in question and those that are lost. @throws OdooError
 */
export async function probeNames(
  client: OdooClient,
  major: number,
  signal?: AbortSignal,
): Promise<{ readonly asked: number; readonly lost: readonly LostName[] }> {
  const catalogues = new Map<string, FieldCatalogue>();
  for (const model of new Set(FIELDS.map((row) => row.model))) {
    const catalogue = await catalogueOrNull(client, model, signal);
    if (catalogue !== null) catalogues.set(model, catalogue);
  }
  const rows = FIELDS.filter((row) => catalogues.has(row.model));
  return {
    asked: rows.length,
    lost: rows.flatMap((row) => lostName(row, major, catalogues.get(row.model) ?? {})),
  };
}

/** Pure: what of one row a model's fields lack, taken for those of a version. */
export function lostName(row: FieldRow, major: number, catalogue: FieldCatalogue): readonly LostName[] {
  const expected = valueAt(row.names, major);
  if (expected === null || catalogue[expected] !== undefined) return [];
  const found = row.names
    .map(([, name]) => name)
    .find((name) => name !== null && catalogue[name] !== undefined);
  return [{ model: row.model, what: row.what, expected, found: found ?? null }];
}

/** A model without its module, or without the right to it, says nothing about names. */
async function catalogueOrNull(
  client: OdooClient,
  model: string,
  signal?: AbortSignal,
): Promise<FieldCatalogue | null> {
  try {
    return await readCatalogue(client, model, { signal });
  } catch (error) {
    if (classifyOdooError(error).kind === 'rejected') return null;
    throw error;
  }
}
