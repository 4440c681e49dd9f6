import { createReadStream } from 'node:fs';
import { type CsvError, parse } from 'csv-parse';
import { DemoFailure, messageOf } from '../failure.ts';
import type { DemandRejection } from './demand.ts';

/** A row by column name; a missing cell is absent, every present one is trimmed. */
export interface CsvRow {
  /** 1 is the header; of a row over several lines, the last. */
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

/**
 * The rows of a CSV file with a header, quoted multi-line cells and a BOM included. A broken row goes to `rejections`; a quote that is
 * never closed swallows the rest of its file, which is said as well.
 */
export async function* csvRows(
  path: string,
  file: string,
  rejections: DemandRejection[],
): AsyncGenerator<CsvRow> {
  const parser = parse({
    columns: true,
    info: true,
    bom: true,
    relax_quotes: true,
    relax_column_count_more: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    trim: true,
    on_skip: (error: CsvError | undefined) => {
      rejections.push({
        file,
        line: lineOf(error),
        reason: `unreadable row: ${error?.message ?? 'unknown'}`,
      });
      return undefined;
    },
  });
  const source = createReadStream(path);
  source.on('error', (error) => parser.destroy(error));
  try {
    for await (const item of source.pipe(parser)) {
      const { record, info } = item as { record: Record<string, string>; info: { lines: number } };
      yield { line: info.lines, cells: record };
    }
  } catch (error) {
    if (!isCsvError(error))
      throw new DemoFailure(
        `${file} cannot be read: ${messageOf(error)}. Check the file and its permissions.`,
        2,
      );
    rejections.push({
      file,
      line: lineOf(error),
      reason: `the rest of the file is unreadable: ${error.message}`,
    });
  }
}

/** The column names of the first line, or none when the file is empty or no text. */
export async function csvHeader(path: string): Promise<readonly string[]> {
  const parser = parse({ bom: true, relax_quotes: true, to: 1, trim: true });
  const source = createReadStream(path, { end: 65_535 });
  source.on('error', (error) => parser.destroy(error));
  try {
    for await (const record of source.pipe(parser)) return record as string[];
  } catch (error) {
    if (!isCsvError(error)) throw error;
  }
  return [];
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_');
}

function lineOf(error: CsvError | undefined): number {
  return typeof error?.['lines'] === 'number' ? error['lines'] : 0;
}
