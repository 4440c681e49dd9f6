import type { SystemServer } from '@trunkline/messaging';
import Table from 'cli-table3';
import pc from 'picocolors';

/** A command's result: `json` for programs, `text` for people. */
export interface Printable {
  readonly json: unknown;
  readonly text: string;
  /** 0 unless told. */
  readonly exitCode?: number;
}

export function print(result: Printable, asJson: boolean): void {
  process.stdout.write(`${asJson ? JSON.stringify(result.json, undefined, 2) : result.text}\n`);
  if (result.exitCode !== undefined) process.exitCode = result.exitCode;
}

/** How a command is called here, to be copied: by npm inside a checkout, else by its own name. */
export function callOf(command: string, environment: NodeJS.ProcessEnv = process.env): string {
  const byNpm = environment['npm_lifecycle_event'] === 'trunkline';
  return byNpm ? `npm run trunkline -- ${command}` : `trunkline ${command}`;
}

/** Odoo 19.0 over JSON-2. */
export function serverText({ product, version, transport }: SystemServer): string {
  return `${product} ${version} over ${transport}`;
}

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};
/** Counts, quantities, waits: what is compared by its last digit. */
const NUMBER = /^[+-]?[\d.]+( (ms|s|min|h|d))?$/;

/** A plain table without boxes, one line a row: columns align, and a copy from the terminal stays readable. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const numeric = head.map((_, column) => rows.length > 0 && rows.every((row) => isNumber(row[column])));
  const drawn = new Table({
    head: head.map((name) => pc.dim(name)),
    colAligns: numeric.map((is) => (is ? 'right' : 'left')),
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  drawn.push(...rows.map((row) => [...row]));
  return drawn.toString().replaceAll(/ +$/gm, '');
}

function isNumber(cell: string | undefined): boolean {
  return cell !== undefined && NUMBER.test(cell);
}

/** Columns that a line may fill: the terminal's, else 100. */
export function terminalWidth(): number {
  const told = process.stdout.columns ?? Number(process.env['COLUMNS']);
  return told >= 40 ? told : 100;
}

/** Wraps between words, never inside one: an identifier that is cut cannot be copied. Every line begins with `indent` spaces. */
export function wrap(text: string, indent: number, width = terminalWidth()): string {
  const margin = ' '.repeat(indent);
  const lines = text.split('\n').flatMap((paragraph) => {
    const filled: string[] = [];
    for (const word of paragraph.split(/\s+/).filter((one) => one !== '')) {
      const last = filled.at(-1);
      if (last !== undefined && indent + last.length + 1 + word.length <= width)
        filled[filled.length - 1] = `${last} ${word}`;
      else filled.push(word);
    }
    return filled;
  });
  return lines.map((line) => `${margin}${line}`).join('\n');
}

/** `partially_shipped` as people say it. */
export function words(code: string): string {
  return code.replaceAll('_', ' ');
}

/** 840 ms, 12.3 s, 4 min, 3.5 h, 2 d. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 172_800_000) return `${(ms / 3_600_000).toFixed(1)} h`;
  return `${Math.round(ms / 86_400_000)} d`;
}

export function ago(iso: string, nowMs: number): string {
  return `${duration(Math.max(0, nowMs - Date.parse(iso)))} ago`;
}
