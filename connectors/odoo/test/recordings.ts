import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { FieldCatalogue } from '../src/field-catalogue.ts';

export interface Exchange {
  readonly note: string;
  readonly request: { readonly method: string; readonly path: string; readonly body: unknown };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
}

/** What real Odoo servers answered; kept beside the checkout, not in it. */
const root = join(
  process.env['TRUNKLINE_SHARED'] ?? resolve(import.meta.dirname, '../../../../shared'),
  'recordings/odoo',
);

export const recordingsExist = existsSync(root);

if (!recordingsExist)
  console.warn(`No recordings at ${root}: what rests on them is skipped. Set TRUNKLINE_SHARED.`);

export function readRecording(file: string): readonly Exchange[] {
  return (JSON.parse(readFileSync(join(root, file), 'utf8')) as { exchanges: Exchange[] }).exchanges;
}

/** What the same probe got from a server of each version. */
export function readComparison(major: number): Readonly<Record<string, unknown>> & {
  readonly fields: Readonly<Record<string, string | Record<string, string | null>>>;
} {
  return JSON.parse(readFileSync(join(root, `compare/${major}.json`), 'utf8')) as never;
}

/** A recorded `fields_get`; undefined for a model that was not recorded, or not there. */
export function readRecordedFields(version: '18' | '19', model: string): FieldCatalogue | undefined {
  if (!existsSync(join(root, `${version}/02-fields_get-${model}.json`))) return undefined;
  const body = readRecording(`${version}/02-fields_get-${model}.json`)[0]?.response.body;
  // JSON-RPC wraps what JSON-2 gives bare; a missing model is an error in either.
  const wrapped = body as { jsonrpc?: string; result?: FieldCatalogue; name?: unknown };
  if (wrapped.jsonrpc !== undefined) return wrapped.result;
  return typeof wrapped.name === 'string' ? undefined : (body as FieldCatalogue);
}
