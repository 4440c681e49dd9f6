import { countryCode } from '@trunkline/connector-salesforce';
import { DEFAULT_RETRY } from '@trunkline/messaging';
import type { ConfigurationDocument } from './document.ts';
import { valueAt } from './judge.ts';
import { durationMs } from './schema.ts';

/** Codes have the right form and may still be no country's: the route would be there and never taken. */
export function judgeCountries(document: ConfigurationDocument, value: unknown): void {
  const routes = valueAt(value, ['routes']);
  for (const [index] of (Array.isArray(routes) ? routes : []).entries()) {
    const at = ['routes', String(index), 'when', 'country'];
    const countries = valueAt(value, at);
    for (const [position, code] of (Array.isArray(countries) ? countries : []).entries()) {
      // What has another form is told by the schema.
      if (typeof code !== 'string' || !/^[A-Z]{2}$/.test(code)) continue;
      const meant = countryCode(code, code);
      if (meant === code) continue;
      document.report(
        [...at, String(position)],
        `${code} is no country’s code`,
        `${meant === undefined ? 'Correct it' : `Write ${meant}`}: ISO 3166-1 alpha-2, e.g. US, DE, GB.`,
      );
    }
  }
}

interface Wait {
  readonly path: readonly string[];
  readonly text: string;
  readonly ms: number;
}

/** In each flow as it is written, and then as they hold together: of several flows' values the longest counts. */
export function judgeRetries(document: ConfigurationDocument, value: unknown): void {
  const waitsOf = (name: 'base' | 'max') =>
    entriesOf(value, 'flows').flatMap((flow): readonly (Wait & { readonly flow: string })[] => {
      const path = ['flows', flow, 'retry', name];
      const text = textAt(value, path) ?? '';
      const ms = durationMs(text);
      return Number.isNaN(ms) ? [] : [{ flow, path, text, ms }];
    });
  const [bases, maxima] = [waitsOf('base'), waitsOf('max')];
  const pairs = bases.flatMap((base) => {
    const max = maxima.find(({ flow }) => flow === base.flow);
    return max === undefined ? [] : [{ base, max }];
  });
  const wrong = pairs.filter(({ base, max }) => max.ms < base.ms);
  for (const { base, max } of wrong) tell(document, max.path, base.text, max.text);
  if (wrong.length > 0) return;
  const base = longest(bases) ?? { path: [], text: `${DEFAULT_RETRY.baseMs}ms`, ms: DEFAULT_RETRY.baseMs };
  const max = longest(maxima) ?? {
    path: base.path,
    text: `${DEFAULT_RETRY.maxMs / 60_000}m`,
    ms: DEFAULT_RETRY.maxMs,
  };
  if (max.ms < base.ms) tell(document, max.path, base.text, max.text);
}

function longest(waits: readonly Wait[]): Wait | undefined {
  return waits.toSorted((a, b) => b.ms - a.ms)[0];
}

function tell(document: ConfigurationDocument, path: readonly string[], base: string, max: string): void {
  document.report(
    path,
    `the longest wait between two tries, ${max}, is shorter than the first, ${base}`,
    'Make retry.max at least as long as retry.base. Where one is not given: base 500ms, max 10m.',
  );
}

export function entriesOf(value: unknown, name: string): readonly string[] {
  const map = valueAt(value, [name]);
  return typeof map === 'object' && map !== null && !Array.isArray(map) ? Object.keys(map) : [];
}

export function textAt(value: unknown, path: readonly string[]): string | undefined {
  const found = valueAt(value, path);
  return typeof found === 'string' ? found : undefined;
}

export function oneOf(names: readonly string[]): string {
  return names.length === 0 ? 'Add it.' : `Use one of: ${names.join(', ')}.`;
}
