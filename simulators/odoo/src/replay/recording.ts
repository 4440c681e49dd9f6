import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One request as it was sent to a real server, and the answer. */
export interface Exchange {
  readonly note: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Record<string, string>;
    readonly body: unknown;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Record<string, string>;
    readonly body: unknown;
  };
}

export interface Recording {
  /** `06-sale-confirm-deliver`, without the transport. */
  readonly name: string;
  readonly series: '18.0' | '19.0';
  readonly transport: 'json2' | 'jsonrpc';
  readonly exchanges: readonly Exchange[];
}

/** The folder of recordings beside the checkout, or undefined where there is none. */
export function findRecordings(): string | undefined {
  const root = join(dirname(fileURLToPath(import.meta.url)), '../../../..');
  const shared = process.env['TRUNKLINE_SHARED'] ?? join(root, '../shared');
  const folder = join(shared, 'recordings/odoo');
  return existsSync(folder) ? folder : undefined;
}

/** All recordings of a series and transport in the order in which they were made. */
export function readRecordings(
  folder: string,
  series: Recording['series'],
  transport: Recording['transport'],
): Recording[] {
  const directory = join(folder, series.slice(0, 2));
  const files = readdirSync(directory).filter((file) => /^\d\d.*\.json$/.test(file));
  const all = files.map((file) => {
    const {
      recording,
      exchanges,
      transport: spoken,
    } = JSON.parse(readFileSync(join(directory, file), 'utf8')) as {
      recording: string;
      transport: Recording['transport'];
      exchanges: Exchange[];
    };
    return { name: recording.replace(/-jsonrpc$/, ''), series, transport: spoken, exchanges };
  });
  return all.filter((each) => each.transport === transport).sort((a, b) => (a.name < b.name ? -1 : 1));
}
