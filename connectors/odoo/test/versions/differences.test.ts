/**
 * The table of versions against what real servers of 16.0, 17.0, 18.0 and 19.0 answered to one probe, and against the recorded
 * `fields_get` of 18.0 and 19.0. Real: the answers. Observed: every row of the table.
 */
import { describe, expect, test } from 'vitest';
import { FIELDS, METHODS, MODELS } from '../../src/versions/differences.ts';
import { fieldName, recordLink, valueAt } from '../../src/versions/lookup.ts';
import { lostName } from '../../src/versions/probe.ts';
import { readComparison, readRecordedFields, recordingsExist } from '../recordings.ts';

const versions = [16, 17, 18, 19] as const;

/** Under which key the probe kept the answer to a call of the table. */
const probed: Readonly<Record<string, string>> = {
  'copy of one record': 'copy returns',
  'message_post on one record': 'message_post',
  'action_confirm on a confirmed order': 'confirm again',
  'action_cancel on a confirmed order': 'cancel order',
  'button_validate with less than the demand': 'button_validate',
  'button_validate with nothing entered': 'backorder validate, nothing entered',
  'button_validate on a done picking': 'validate done picking again',
  'action_apply_inventory without a conflict': 'quant apply',
  'create_invoices of one order': 'create_invoices',
  'check_access on one record': 'check_access',
  'has_access on no records': 'has_access',
  'check_access_rights over /jsonrpc': 'check_access_rights',
  'name_get of one record': 'name_get',
};

/** An answer in the table's words. */
function effectOf(answer: unknown): string {
  if (answer === true) return 'true';
  if (answer === '<no result member>') return 'none';
  if (typeof answer === 'number') return 'id';
  if (Array.isArray(answer)) return typeof answer[0] === 'number' ? '[id]' : 'true';
  const { ERR, type, res_model } = answer as {
    ERR?: { name: string };
    type?: string;
    res_model?: string;
  };
  if (type === 'ir.actions.act_window_close') return 'closes';
  return ERR === undefined ? `wizard ${res_model}` : `raises ${ERR.name.split('.').at(-1)}`;
}

describe.skipIf(!recordingsExist).each(versions)('Odoo %i', (major) => {
  test('has each field under the name of the table, and under no other of its names', () => {
    const { fields } = readComparison(major);
    for (const { model, what, names } of FIELDS) {
      const known = fields[model];
      const right = valueAt<string | null>(names, major);
      for (const [, name] of names) {
        if (name === null || typeof known !== 'object' || !(name in known)) continue;
        // A name can outlive its meaning: 19 keeps `description_picking` of 16.
        const expected = name === right ? 'there' : names.some(([from]) => from > major) ? 'either' : 'gone';
        if (expected !== 'either')
          expect([model, what, name, known[name] !== null]).toEqual([model, what, name, name === right]);
      }
    }
  });

  test('answers each call as the table says', () => {
    const answers = readComparison(major);
    for (const { method, when, effects } of METHODS) {
      const key = probed[`${method} ${when}`];
      expect(key, `${method} ${when} has no probe`).toBeDefined();
      expect([method, when, effectOf(answers[key ?? ''])]).toEqual([method, when, valueAt(effects, major)]);
    }
  });
});

describe.skipIf(!recordingsExist).each(['18', '19'] as const)('the recorded fields of %s', (version) => {
  test('have every name of the table that the version has', () => {
    const seen: string[] = [];
    for (const { model, names } of FIELDS) {
      const catalogue = readRecordedFields(version, model);
      const name = valueAt<string | null>(names, Number(version));
      if (catalogue === undefined || name === null) continue;
      seen.push(`${model}.${name}`);
      expect(Object.keys(catalogue), model).toContain(name);
    }
    expect(seen.length).toBeGreaterThan(9);
  });

  test('exist for the model names of the version alone', () => {
    for (const { names } of MODELS) {
      const right = valueAt<string | null>(names, Number(version));
      for (const [, name] of names)
        expect([name, readRecordedFields(version, name) !== undefined]).toEqual([name, name === right]);
    }
  });
});

describe('look-ups', () => {
  test('a name that changed, and one that is not there yet', () => {
    expect([16, 17, 18, 19].map((major) => fieldName(major, 'sale.order.line', 'unit'))).toEqual([
      'product_uom',
      'product_uom',
      'product_uom',
      'product_uom_id',
    ]);
    expect(fieldName(16, 'sale.order', 'locked')).toBeNull();
    expect(() => fieldName(15, 'sale.order', 'locked')).toThrow('16 is the oldest');
  });

  test('a record’s page is addressed as its version does', () => {
    expect(recordLink('https://acme.odoo.com/', 17, 'sale.order', 42)).toBe(
      'https://acme.odoo.com/web#id=42&model=sale.order&view_type=form',
    );
    expect(recordLink('https://acme.odoo.com', 18, 'sale.order', 42)).toBe(
      'https://acme.odoo.com/odoo/sale.order/42',
    );
    expect(recordLink('https://acme.odoo.com', 20, 'repair', 42)).toBe(
      'https://acme.odoo.com/odoo/m-repair/42',
    );
  });

  test('a server that lost a name is told apart from one that kept it', () => {
    const row = {
      model: 'sale.order.line',
      what: 'unit',
      names: [
        [16, 'product_uom'],
        [19, 'product_uom_id'],
      ],
    } as const;
    expect(lostName(row, 19, { product_uom_id: { type: 'many2one' } })).toEqual([]);
    expect(lostName(row, 19, { product_uom: { type: 'many2one' } })).toMatchObject([
      { expected: 'product_uom_id', found: 'product_uom' },
    ]);
    expect(lostName(row, 18, { product_uom: { type: 'many2one' } })).toEqual([]);
    expect(lostName(row, 19, {})).toMatchObject([{ expected: 'product_uom_id', found: null }]);
  });
});
