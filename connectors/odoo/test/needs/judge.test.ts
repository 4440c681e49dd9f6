/**
 * What the mappings use, held against a server. Real: the recorded `fields_get` of 18.0 and 19.0. Made up: what then goes wrong.
 * Observed: findings, their paths and remedies; and that setup.md names the same rights as the data.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FieldCatalogue } from '../../src/field-catalogue.ts';
import { judgeNeed, type ModelState } from '../../src/needs/judge.ts';
import { FEATURES, featureNeeds } from '../../src/needs/feature-needs.ts';
import { MENUS } from '../../src/needs/menus.ts';
import type { Since } from '../../src/versions/differences.ts';
import { type ModelNeed, needsOf, RIGHTS } from '../../src/needs/needs.ts';
import { readRecordedFields, recordingsExist } from '../recordings.ts';

const need: ModelNeed = {
  model: 'sale.order',
  module: 'sale_management',
  flows: ['order-acceptance'],
  fields: { partner_id: ['many2one'], client_order_ref: ['char', 'text'] },
  operations: ['read', 'create'],
  given: ['partner_id'],
};
const whole: FieldCatalogue = {
  partner_id: { type: 'many2one', required: true, store: true },
  client_order_ref: { type: 'char', store: true },
  x_channel: { type: 'char', required: true, store: true, string: 'Channel' },
};
const well: ModelState = { catalogue: whole, refused: [], unfilled: ['partner_id'] };

describe('a model', () => {
  test('that is as it was has no findings', () => {
    expect(judgeNeed(need, well)).toEqual([]);
  });

  test('that lost a field', () => {
    const { client_order_ref: _gone, ...catalogue } = whole;
    expect(judgeNeed(need, { ...well, catalogue })).toMatchObject([
      { code: 'target_field_missing', path: 'sale.order.client_order_ref', flows: ['order-acceptance'] },
    ]);
  });

  test('whose field has another type', () => {
    const catalogue = { ...whole, client_order_ref: { type: 'many2one' } };
    expect(judgeNeed(need, { ...well, catalogue })).toMatchObject([
      {
        code: 'target_field_changed',
        message: expect.stringContaining('is a many2one, and the mapping writes a char or text') as string,
      },
    ]);
  });

  test('that demands what the mapping does not fill', () => {
    expect(judgeNeed(need, { ...well, unfilled: ['partner_id', 'x_channel'] })).toMatchObject([
      {
        code: 'target_field_required',
        path: 'sale.order.x_channel',
        message: expect.stringContaining('“Channel” (x_channel)') as string,
      },
    ]);
  });

  test('that the account may not create', () => {
    expect(judgeNeed(need, { ...well, refused: ['create'] })).toMatchObject([
      {
        code: 'target_right_missing',
        path: 'sale.order create',
        remedy: 'Settings > Users & Companies > Users > the account: Sales: User: All Documents.',
      },
    ]);
  });

  test('that is not there, or has nothing of a module, lacks the module', () => {
    const missing = { code: 'target_module_missing', path: 'sale_management' };
    expect(judgeNeed(need, { catalogue: null, refused: [], unfilled: [] })).toMatchObject([missing]);
    expect(judgeNeed(need, { ...well, catalogue: { name: { type: 'char' } } })).toMatchObject([missing]);
  });

  test('that may not be read is one matter, not one per field', () => {
    expect(judgeNeed(need, { catalogue: {}, refused: ['read'], unfilled: [] })).toMatchObject([
      { code: 'target_right_missing', path: 'sale.order read' },
    ]);
  });
});

describe.skipIf(!recordingsExist).each(['18', '19'] as const)('what the connector uses of %s', (version) => {
  test('is there, of the type that it takes it for', () => {
    const needs = needsOf(Number(version), FEATURES);
    const judged = needs.flatMap((one) => {
      const catalogue = readRecordedFields(version, one.model);
      return catalogue === undefined ? [] : [judgeNeed(one, { catalogue, refused: [], unfilled: [] })];
    });
    expect(judged.length).toBeGreaterThanOrEqual(9);
    expect(judged.flat()).toEqual([]);
  });
});

describe('rights', () => {
  test('every operation that is used has a place where its right is given', () => {
    for (const version of [16, 17, 18, 19])
      for (const { model, operations } of needsOf(version, FEATURES))
        for (const operation of operations)
          expect(RIGHTS.map((right) => `${right.model} ${right.operation}`)).toContain(
            `${model} ${operation}`,
          );
  });

  const setup = readFileSync(join(import.meta.dirname, '../../setup.md'), 'utf8');

  /** `feature | model | operation | choose` of each row of setup.md's table of rights. */
  function told(): string[] {
    return setup.split('\n').flatMap((line) => {
      const [feature = '', models = '', operations = '', , choose = ''] = line
        .split('|')
        .slice(1)
        .map((cell) => cell.trim());
      if (feature !== 'every hub' && !FEATURES.some((one) => feature === `\`${one}\``)) return [];
      return [...models.matchAll(/`([^`]+)`/g)].flatMap(([, model]) =>
        operations
          .split(', ')
          .map((operation) => `${feature.replaceAll('`', '')} | ${model} | ${operation} | ${choose}`),
      );
    });
  }

  test('setup.md tells the same, by feature, and nothing else', () => {
    const row = (feature: string, model: string, operation: string) => {
      const choose = RIGHTS.find((right) => right.model === model && right.operation === operation)?.choose;
      return `${feature} | ${model} | ${operation} | ${choose}`;
    };
    const rows = (feature: string, needs: readonly ModelNeed[]) =>
      needs.flatMap(({ model, operations }) => operations.map((operation) => row(feature, model, operation)));
    const used = [
      ...[16, 17, 18, 19].flatMap((version) => rows('every hub', needsOf(version))),
      ...FEATURES.flatMap((feature) => rows(feature, featureNeeds([feature]))),
    ];
    expect(told().sort()).toEqual([...new Set(used)].sort());
  });

  test('no right is listed that nothing uses', () => {
    const used = [16, 17, 18, 19].flatMap((version) => needsOf(version, FEATURES));
    const unused = RIGHTS.filter(
      ({ model, operation }) =>
        !used.some((one) => one.model === model && one.operations.includes(operation)),
    );
    expect(unused).toEqual([]);
  });

  test('setup.md names each menu as every version has it', () => {
    const paths = Object.values(MENUS).flatMap((menu: Since<string>) => menu.map(([, path]) => path));
    expect(paths.filter((path) => !setup.includes(`*${path}`))).toEqual([]);
  });
});
