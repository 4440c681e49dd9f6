/** Ids of real records (samples of an org's export); pure. */
import { expect, test } from 'vitest';
import { toId18 } from '../src/salesforce-id.ts';

test.each([
  '006q000000HddohAAB',
  '0051G0000060rqhQAA',
  '00k1G00000A3iyqQAB',
  '001q000000wW9BeAAK',
  '0015500000Ygpq1AAB',
])('%s is made from its first 15 characters', (id) => {
  expect(toId18(id.slice(0, 15))).toBe(id);
  expect(toId18(id)).toBe(id);
});

test.each(['', '006q000000Hddo', '006q000000HddohAA', "006q000000Hdd'hAAB", '01 1G000000bUE8QAM'])(
  '%j is no id',
  (id) => {
    expect(toId18(id)).toBeUndefined();
  },
);
