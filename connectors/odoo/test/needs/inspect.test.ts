/**
 * The inspection over the wire, against a scripted HTTP server on a real socket. Doubled: Odoo; its answers are shaped as those of
 * real servers of 18.0 and 19.0. Observed: what is asked, that nothing is written, and the findings.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { createOdooClient, type OdooClientOptions } from '../../src/client.ts';
import type { FieldCatalogue } from '../../src/field-catalogue.ts';
import { type Inspected, inspectOdoo } from '../../src/needs/inspect.ts';
import { needsOf } from '../../src/needs/needs.ts';
import type { SeenRequest } from '../scripted-odoo.ts';
import { exception, json2Script, startScriptedOdoo } from '../scripted-odoo.ts';

const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const resource of opened.splice(0)) await resource.close();
});

/** The fields of a model as the mappings want them. */
function wanted(model: string): Record<string, FieldCatalogue[string]> {
  const needs = needsOf(19).filter((need) => need.model === model);
  return Object.fromEntries(
    needs
      .flatMap(({ fields }) => Object.entries(fields))
      .map(([name, [type = '']]) => [name, { type, store: true }]),
  );
}

async function inspect(
  answer: (call: string, body: Record<string, unknown>) => unknown,
  options: Partial<OdooClientOptions> = {},
  inspected: Inspected = {},
) {
  const odoo = await startScriptedOdoo(
    json2Script((call, body) => {
      const own = answer(call, body);
      if (own !== undefined) return own;
      const [model = '', method] = call.split('/');
      if (method === 'fields_get') return wanted(model);
      if (method === 'has_access') return true;
      if (method === 'default_get') return {};
      if (method === 'context_get') return { lang: 'en_US', uid: 7 };
      return [{ id: 7, login: 'hub', email: 'hub@acme.example' }];
    }),
  );
  const client = createOdooClient({ url: odoo.url, database: 'acme', apiKey: 'key-1', ...options });
  opened.push(odoo, client);
  const odooOf = { client, externalIdModule: 'trunkline' };
  const inspection = await inspectOdoo(odooOf, AbortSignal.timeout(10_000), inspected);
  return { ...inspection, seen: odoo.seen as readonly SeenRequest[] };
}

const reading = /\/(version|fields_get|has_access|default_get|context_get|read)$/;

describe('an inspection', () => {
  test('of a server that has everything finds nothing, and only reads', async () => {
    const { asked, findings, seen } = await inspect(() => undefined);
    expect(findings).toEqual([]);
    expect(asked).toBeGreaterThan(50);
    expect(seen.filter(({ path }) => !reading.test(path))).toEqual([]);
  });

  test('names each site whose warehouse the account does not see, and the codes that it does see', async () => {
    const shown = [{ id: 1, code: 'WH', name: 'Main', lot_stock_id: [5, 'S'], out_type_id: [2, 'O'] }];
    const asked = (call: string) => (call === 'stock.warehouse/search_read' ? shown : undefined);
    const warehouses = new Map([
      ['DAL', 'WH'],
      ['RNO', 'RENO'],
    ]);
    const { findings } = await inspect(asked, {}, { warehouses });
    expect(findings).toMatchObject([
      {
        code: 'target_setting_missing',
        path: 'sites.RNO.odooWarehouse',
        message: 'Odoo shows no warehouse “RENO” to this account, which the site RNO names. It shows: WH.',
        flows: ['order-acceptance', 'order-release'],
      },
    ]);
  });

  test('tells a required field by the server’s own defaults', async () => {
    const { findings } = await inspect((call) => {
      if (call === 'sale.order/fields_get')
        return {
          ...wanted('sale.order'),
          x_channel: { type: 'char', required: true, store: true, string: 'Channel' },
          x_season: { type: 'char', required: true, store: true },
          // Filled by a computation.
          x_margin: { type: 'float', required: true, store: true, depends: ['order_line'] },
        };
      return call === 'sale.order/default_get' ? { x_season: 'winter' } : undefined;
    });
    expect(findings.map(({ code, path }) => [code, path])).toEqual([
      ['target_field_required', 'sale.order.x_channel'],
    ]);
  });

  test('asks for defaults by the other name when a model calls its argument so', async () => {
    const { findings, seen } = await inspect((call, body) => {
      if (call === 'res.partner/fields_get')
        return { ...wanted('res.partner'), group_on: { type: 'selection', required: true, store: true } };
      if (call !== 'res.partner/default_get') return undefined;
      return 'fields_list' in body
        ? { group_on: 'default' }
        : exception(
            422,
            'werkzeug.exceptions.UnprocessableEntity',
            "missing a required argument: 'fields_list'",
          );
    });
    expect(findings).toEqual([]);
    expect(seen.filter(({ path }) => path.endsWith('res.partner/default_get'))).toHaveLength(2);
  });

  test('tells rights, a missing model and a sender without an address at once', async () => {
    const { findings } = await inspect((call, body) => {
      if (call === 'stock.move/has_access') return body['operation'] !== 'write';
      if (call === 'sale.order.line/fields_get')
        return exception(404, 'werkzeug.exceptions.NotFound', "the model 'sale.order.line' does not exist");
      return call === 'res.users/read' ? [{ id: 7, login: 'hub', email: false }] : undefined;
    });
    expect(findings.map(({ code, path }) => [code, path])).toEqual([
      ['target_module_missing', 'sale_management'],
      ['target_right_missing', 'stock.move write'],
      ['target_setting_missing', 'res.users email'],
    ]);
  });

  test.each([
    [
      exception(401, 'werkzeug.exceptions.Unauthorized', 'Invalid apikey'),
      'credentials_refused',
      'refuses the API key',
    ],
    [
      { reply: { status: 404, html: '<p>No database is selected and the requested URL was not found</p>' } },
      'credentials_refused',
      'no database of the configured name',
    ],
    [
      { reply: { status: 404, html: '<h1>Welcome to nginx</h1>' } },
      'target_misconfigured',
      'is not Odoo’s interface',
    ],
  ])('a wrong key, database or address is one finding with its remedy (%#)', async (answer, code, words) => {
    const { findings } = await inspect(() => answer);
    expect(findings).toMatchObject([{ code, message: expect.stringContaining(words) as string }]);
    expect(findings[0]?.flows).toContain('order-acceptance');
    expect(findings[0]?.remedy).not.toBe('');
  });

  test('a server that cannot be asked now says nothing about itself', async () => {
    const busy = { reply: { status: 503, html: 'Upgrading' } };
    await expect(inspect(() => busy)).rejects.toThrow('503');
  });
});
