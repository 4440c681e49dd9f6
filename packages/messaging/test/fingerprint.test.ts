/** Real: the grouping of failures into cases, a pure function. Nothing is doubled. */
import { fc, test } from '@fast-check/vitest';
import { describe, expect, test as plain } from 'vitest';
import { fingerprintOf, normaliseMessage } from '../src/index.ts';

const identifier = fc.stringMatching(/^[A-Z]{0,3}\d{1,6}(-\d{1,2})?$/);
const quoted = fc.stringMatching(/^[A-Za-z][A-Za-z0-9 ]{0,20}$/);
const of = (message: string) =>
  fingerprintOf({ flow: 'order-acceptance', target: 'erp', code: 'target_rejected', message });

describe('a failure’s words without what differs', () => {
  plain.each([
    [
      'Odoo sells no product with the internal reference QU-210.',
      'Odoo sells no product with the internal reference #.',
    ],
    [
      'Order S00042 to US, TX: 422 “Lot A” (item 7)',
      'Order # to US, TX: # “…” (#)'.replace('(#)', '(item #)'),
    ],
    ['Line 1 has no price. Line 2 has no price.', 'Line # has no price.'],
    ['Releases S1-1, S1-2 and S1-3 are gone', 'Releases # are gone'],
    ["the warehouse's item 'box' is unknown", "the warehouse's item “…” is unknown"],
    ['order so_AbCdEf is locked', 'order # is locked'],
  ])('%s', (message, normalised) => {
    expect(normaliseMessage(message)).toBe(normalised);
  });

  test.prop([fc.oneof(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.lorem({ maxCount: 40 }))])(
    'normalising twice changes nothing, leaves no digit and never grows',
    (text) => {
      const once = normaliseMessage(text);
      expect(normaliseMessage(once)).toBe(once);
      expect(once).not.toMatch(/\p{N}/u);
      expect(once.length).toBeLessThanOrEqual(text.length);
    },
  );
});

describe('C1: fingerprints', () => {
  test.prop([identifier, identifier, quoted, quoted])(
    'are one for all orders, items and quoted words that meet the same failure',
    (order, other, word, another) => {
      expect(of(`Order ${order} names “${word}”, which is unknown.`)).toBe(
        of(`Order ${other} names “${another}”, which is unknown.`),
      );
    },
  );

  test.prop([fc.array(identifier, { minLength: 1, maxLength: 30 })])(
    'do not count how many were listed',
    (items) => {
      expect(of(`No stock of ${items.join(', ')}.`)).toBe(of('No stock of 7.'));
    },
  );

  plain('differ by flow, target, code and words', () => {
    const one = { flow: 'a', target: 'b', code: 'c', message: 'no such customer' };
    const all = [
      one,
      { ...one, flow: 'x' },
      { ...one, target: null },
      { ...one, code: 'x' },
      { ...one, message: 'no such product' },
    ];
    expect(new Set(all.map(fingerprintOf)).size).toBe(all.length);
    expect(fingerprintOf(one)).toMatch(/^[0-9a-f]{16}$/);
  });
});
