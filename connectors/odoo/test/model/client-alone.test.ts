/**
 * The typed client against a scripted HTTP server on a real socket. Real: sockets, HTTP, the compiler (types are checked by the
 * repository's type check: what must not compile is marked). Doubled: Odoo. Observed: what is sent, what comes back, and its type.
 */
import { afterEach, describe, expect, expectTypeOf, test } from 'vitest';
import { connectOdoo, type OdooDatabase } from '../../src/model/connect.ts';
import type { Domain } from '../../src/model/domain.ts';
import type { SeenRequest } from '../scripted-odoo.ts';
import { json2Script, startScriptedOdoo } from '../scripted-odoo.ts';
import type { OdooModels } from './odoo-models.ts';
import { smallCatalogues } from './small-catalogues.ts';

const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const resource of opened.splice(0)) await resource.close();
});

/** Answers `fields_get` by the small catalogues, everything else by `answer`. */
async function connect(
  answer: (call: string, body: Record<string, unknown>) => unknown,
): Promise<{ odoo: OdooDatabase<OdooModels>; sent: (method: string) => SeenRequest['body'] | undefined }> {
  const server = await startScriptedOdoo(
    json2Script((call, body) => {
      const [model = '', method] = call.split('/');
      return method === 'fields_get' ? (smallCatalogues.get(model) ?? {}) : answer(call, body);
    }),
  );
  const odoo = connectOdoo<OdooModels>({ url: server.url, database: 'acme', apiKey: 'key-1' });
  opened.push(server, odoo);
  return { odoo, sent: (method) => server.seen.findLast(({ path }) => path.endsWith(`/${method}`))?.body };
}

const row = {
  id: 42,
  name: 'S00042',
  partner_id: [7, 'Acme'],
  user_id: false,
  client_order_ref: false,
  amount_total: 54.629999999999995,
  locked: false,
  date_order: '2026-11-23 05:49:22',
  validity_date: '2026-12-24',
  order_line: [1, 2],
};

describe('reading', () => {
  test('values come by type: false is null except for a boolean, numbers are decimal strings, times RFC 3339', async () => {
    const { odoo } = await connect(() => [row]);
    const orders = await odoo
      .model('sale.order')
      .searchRead(
        [['state', '=', 'sale']],
        [
          'name',
          'partner_id',
          'user_id',
          'client_order_ref',
          'amount_total',
          'locked',
          'date_order',
          'validity_date',
          'order_line',
        ],
        { limit: 20 },
      );
    expect(orders).toEqual([
      {
        ...row,
        partner_id: { id: 7, name: 'Acme' },
        user_id: null,
        client_order_ref: null,
        amount_total: '54.63',
        date_order: '2026-11-23T05:49:22Z',
      },
    ]);
  });

  test('a float keeps the digits that its field states', async () => {
    const { odoo } = await connect(() => [
      { id: 1, price_unit: 9.8, product_uom_qty: 3, customer_lead: 1.5 },
    ]);
    const lines = await odoo
      .model('sale.order.line')
      .read([1], ['price_unit', 'product_uom_qty', 'customer_lead']);
    expect(lines).toEqual([{ id: 1, price_unit: '9.80', product_uom_qty: '3.00', customer_lead: '1.5' }]);
  });

  test('pages go by id, so that what comes and goes meanwhile shifts nothing', async () => {
    const domains: unknown[] = [];
    const { odoo } = await connect((_call, body) => {
      domains.push(body['domain']);
      return domains.length === 1
        ? [
            { id: 3, name: 'a' },
            { id: 9, name: 'b' },
          ]
        : [{ id: 12, name: 'c' }];
    });
    const names: (string | null)[] = [];
    for await (const partner of odoo
      .model('res.partner')
      .each([['active', '=', true]], ['name'], { pageSize: 2 }))
      names.push(partner.name);
    expect(names).toEqual(['a', 'b', 'c']);
    expect(domains).toEqual([
      [
        ['active', '=', true],
        ['id', '>', 0],
      ],
      [
        ['active', '=', true],
        ['id', '>', 9],
      ],
    ]);
  });

  test('no ids are no call', async () => {
    const { odoo, sent } = await connect(() => []);
    expect(await odoo.model('res.partner').read([], ['name'])).toEqual([]);
    expect(sent('read')).toBeUndefined();
  });
});

describe('domains', () => {
  test('null, decimals and times are written as Odoo takes them, through relations as well', async () => {
    const { odoo, sent } = await connect(() => 3);
    await odoo
      .model('sale.order')
      .searchCount([
        '|',
        ['client_order_ref', '=', null],
        '!',
        ['amount_total', '<', '100.50'],
        ['date_order', '>=', '2026-11-23T06:49:22+01:00'],
        ['partner_id.email', '=', null],
        ['order_line.price_unit', '>', '2.50'],
        ['state', 'in', ['sale', null]],
      ]);
    expect(sent('search_count')?.['domain']).toEqual([
      '|',
      ['client_order_ref', '=', false],
      '!',
      ['amount_total', '<', 100.5],
      ['date_order', '>=', '2026-11-23 05:49:22'],
      ['partner_id.email', '=', false],
      ['order_line.price_unit', '>', 2.5],
      ['state', 'in', ['sale', false]],
    ]);
  });

  test('a time that is none is refused before anything is sent', async () => {
    const { odoo, sent } = await connect(() => 3);
    await expect(odoo.model('sale.order').searchCount([['date_order', '>', 'yesterday']])).rejects.toThrow(
      'no RFC 3339 time',
    );
    expect(sent('search_count')).toBeUndefined();
  });
});

describe('writing', () => {
  test('values and nested values are written by type', async () => {
    const { odoo, sent } = await connect(() => [42]);
    const id = await odoo.model('sale.order').create({
      name: 'S1',
      partner_id: { id: 7 },
      user_id: null,
      commitment_date: '2026-12-01T00:00:00Z',
      order_line: [[0, 0, { product_uom_qty: '12', price_unit: '0.45' }]],
      tag_ids: [[6, 0, [1, 2]]],
    });
    expect(id).toBe(42);
    expect(sent('create')?.['vals_list']).toEqual([
      {
        name: 'S1',
        partner_id: 7,
        user_id: false,
        commitment_date: '2026-12-01 00:00:00',
        order_line: [[0, 0, { product_uom_qty: 12, price_unit: 0.45 }]],
        tag_ids: [[6, 0, [1, 2]]],
      },
    ]);
  });
});

describe('types', () => {
  test('a row has what was asked for, by the field’s type', async () => {
    const { odoo } = await connect(() => []);
    const orders = await odoo
      .model('sale.order')
      .searchRead([], ['name', 'user_id', 'state', 'amount_total']);
    expectTypeOf(orders[0]).toEqualTypeOf<
      | ({ readonly id: number } & {
          readonly name: string;
          readonly user_id: { readonly id: number; readonly name: string } | null;
          readonly state: 'draft' | 'sent' | 'sale' | 'cancel' | null;
          readonly amount_total: string;
        })
      | undefined
    >();
  });

  test('what the server does not have does not compile', () => {
    const odoo = connectOdoo<OdooModels>({ url: 'http://127.0.0.1:9', database: 'acme', apiKey: 'k' });
    opened.push(odoo);
    type OrderDomain = Domain<OdooModels['sale.order']>;
    const never = () => [
      // @ts-expect-error no such model
      odoo.model('sale.ordre'),
      // @ts-expect-error no such field
      odoo.model('sale.order').searchRead([], ['nome']),
      // @ts-expect-error no such field in a domain
      odoo.model('sale.order').search([['nome', '=', 'S1']]),
      // @ts-expect-error no such value of the selection
      odoo.model('sale.order').search([['state', '=', 'sold']]),
      // @ts-expect-error a boolean has no order
      odoo.model('sale.order').search([['locked', '>', true]]),
      // @ts-expect-error a pattern takes a text
      odoo.model('sale.order').search([['name', 'ilike', 5]]),
      // @ts-expect-error `in` takes a list
      odoo.model('sale.order').search([['partner_id', 'in', 7]]),
      // @ts-expect-error read-only
      odoo.model('sale.order').write([1], { amount_total: '5' }),
      // @ts-expect-error a required field cannot be emptied
      odoo.model('sale.order').write([1], { name: null }),
      // @ts-expect-error no operator of a domain
      odoo.model('sale.order').search(['and', ['state', '=', 'sale']]),
    ];
    expect(never).toBeTypeOf('function');
    const fine: OrderDomain = ['&', ['partner_id.country_id.code', '=', 'US'], ['partner_id', 'child_of', 7]];
    expect(fine).toHaveLength(3);
  });

  test('without generated types every model and field can be named', async () => {
    const { odoo: typed } = await connect(() => [row]);
    const odoo = typed as unknown as OdooDatabase<Record<string, Record<string, { type: 'any' }>>>;
    const rows = await odoo.model('sale.order').searchRead([['name', '=', 'S00042']], ['name']);
    expectTypeOf(rows[0]?.name).toEqualTypeOf<unknown>();
    expect(rows[0]?.name).toBe('S00042');
  });
});
