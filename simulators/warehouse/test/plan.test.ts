/** The floor's decisions and its arithmetic as properties. Pure: nothing is doubled. */
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { planLoads, planPick } from '../src/plan.ts';
import { decimal, millionths } from '../src/quantity.ts';
import { acceptedRecord, type Release } from '../src/release.ts';

const quantity = fc.oneof(
  fc.integer({ min: 1, max: 1000 }).map(String),
  fc.bigInt({ min: 1n, max: 10n ** 12n }).map((size) => decimal(size)),
);
const rate = fc.constantFrom(0, 0.5, 1);
const rates = fc.record({
  seed: fc.string(),
  shortRate: rate,
  splitRate: rate,
  adjustRate: rate,
  lotRate: rate,
});
const released = fc.array(quantity, { minLength: 1, maxLength: 6 }).map(
  (quantities): Release => ({
    releaseNumber: 'R',
    revision: 1,
    site: 'DAL',
    orderNumber: 'S',
    reference: 'r',
    lines: quantities.map((each, at) => ({ line: String(at), sku: `P${at}`, quantity: each, unit: 'EA' })),
  }),
);

describe('whatever the rates', () => {
  test.prop([rates, released])(
    'each unit of a line is picked or short, and each picked one is in one load',
    (given, release) => {
      const record = acceptedRecord(release);
      for (const [at, line] of record.lines.entries()) {
        const ordered = release.lines[at];
        if (ordered) Object.assign(line, planPick(given, release.releaseNumber, ordered));
        expect(millionths(line.picked) + millionths(line.short)).toBe(millionths(line.quantity));
        expect(millionths(line.picked) >= 0n && millionths(line.short) >= 0n).toBe(true);
        expect(line.shortReason !== undefined).toBe(millionths(line.short) > 0n);
      }
      const loads = planLoads(given, release, record.lines);
      for (const line of record.lines) {
        const loaded = loads.flat().filter((planned) => planned.record === line);
        expect(loaded.reduce((sum, planned) => sum + millionths(planned.quantity), 0n)).toBe(
          millionths(line.picked),
        );
      }
      for (const load of loads) {
        expect(load.length).toBeGreaterThan(0);
        for (const planned of load) expect(millionths(planned.quantity) > 0n).toBe(true);
      }
    },
  );

  test.prop([fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n })])(
    'a quantity survives being written and read',
    (size) => {
      expect(millionths(decimal(size))).toBe(size);
    },
  );
});
