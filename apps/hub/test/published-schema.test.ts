/** What is published about trunkline.yaml stays current, and judges as `check` does. Real: the published schema and page, the YAML parser. */
import { readFileSync } from 'node:fs';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  PAGE_FILE,
  publishedSchema,
  SCHEMA_FILE,
  withSettings,
} from '../src/configuration/publish-schema.ts';
import { RIGHT } from './support/configuration-file.ts';

const REMEDY = 'Run: node apps/hub/src/configuration/publish-schema.ts';

it('is current', () => {
  expect(JSON.parse(readFileSync(SCHEMA_FILE, 'utf8')), REMEDY).toEqual(publishedSchema());
  const page = readFileSync(PAGE_FILE, 'utf8');
  expect(page, REMEDY).toBe(withSettings(page));
});

it('explains every setting', () => {
  const rows = readFileSync(PAGE_FILE, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  expect(rows.length).toBeGreaterThan(50);
  expect(rows.filter((row) => /\|\s*\|$/.test(row))).toEqual([]);
});

describe('the published schema', () => {
  const published = Compile(JSON.parse(readFileSync(SCHEMA_FILE, 'utf8')) as Record<string, unknown>);
  const takes = (text: string) => published.Check(parse(text));

  it('takes what is right, with references in place of values', () => {
    expect(takes(RIGHT)).toBe(true);
    expect(takes(RIGHT.replace(/webhookSecret: .*/, 'webhookSecret: ${file:secret}'))).toBe(true);
    expect(takes(RIGHT.replace('https://acme.odoo.com', '${env:ODOO_URL}'))).toBe(true);
  });

  it.each([
    ['a misspelt setting', 'port:', 'prot:'],
    ['a missing setting', '    database: acme\n', ''],
    ['another connector’s setting', '    database: acme\n', '    database: acme\n    token: t\n'],
    ['an unknown connector', 'connector: odoo', 'connector: sap'],
    ['a wrong form', 'https://acme.odoo.com', 'acme.odoo.com'],
    ['a half choice', '      clientSecret: hunter2\n', ''],
    ['a name of another form', '  DAL:', '  dal:'],
  ])('refuses %s', (_title, part, by) => {
    expect(RIGHT).toContain(part);
    expect(takes(RIGHT.replace(part, by))).toBe(false);
  });
});
