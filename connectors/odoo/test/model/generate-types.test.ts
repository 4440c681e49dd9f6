/**
 * Types from `fields_get`. Real: the recorded `fields_get` of 18.0 and 19.0. Observed: the text of the file, and that the file beside
 * this test, which the compiler checks and the other tests use, is what the generator writes.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { generateTypes } from '../../src/model/generate-types.ts';
import { readRecordedFields, recordingsExist } from '../recordings.ts';
import { smallCatalogues } from './small-catalogues.ts';

const from = {
  version: '19.0',
  database: 'acme',
  command: 'trunkline odoo types --models res.partner,sale.order',
};

describe('types from fields_get', () => {
  test('the compiled file of the tests is what the generator writes', () => {
    const written = readFileSync(join(import.meta.dirname, 'odoo-models.ts'), 'utf8');
    const plain = (text: string) =>
      text.replaceAll(/\s+/g, ' ').replaceAll('; }', ' }').replaceAll('{ ;', '{');
    expect(plain(written)).toBe(plain(generateTypes(smallCatalogues, from)));
  });

  test('labels cannot end a comment, nor values a literal', () => {
    const text = generateTypes(
      new Map([
        [
          'x.y',
          {
            a: { type: 'selection', string: 'End */ here', selection: [["it's", 'x']] },
            'b-c': { type: 'char' },
          },
        ],
      ]),
      from,
    );
    expect(text).toContain('End *\\/ here');
    expect(text).toContain("'it\\'s'");
    expect(text).toContain("readonly 'b-c':");
  });

  test.skipIf(!recordingsExist).each(['18', '19'] as const)(
    'every recorded model of %s can be written',
    (version) => {
      const models = [
        'sale.order',
        'sale.order.line',
        'res.partner',
        'stock.picking',
        'stock.move',
        'account.move',
      ];
      const text = generateTypes(
        new Map(models.map((model) => [model, readRecordedFields(version, model) ?? {}])),
        from,
      );
      for (const model of models) expect(text).toContain(`readonly '${model}': {`);
      expect(text).toContain(version === '18' ? 'readonly tax_id:' : 'readonly tax_ids:');
      expect(text).toMatch(
        /readonly partner_id: \{ readonly type: 'many2one'; readonly required: true; .*'res.partner' \}/,
      );
      expect(text).toMatch(
        /readonly state: \{ readonly type: 'selection'; .*'draft' \| 'sent' \| 'sale' \| 'cancel' \}/,
      );
    },
  );
});
