import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

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
