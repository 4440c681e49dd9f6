/**
 * The four simulated releases against what real servers of 16.0 to 19.0 answered to one probe (recordings/odoo/compare), and deliveries
 * in steps as live 16.0 and 17.0 plan them. Real: sockets, the recorded answers. Observed: fields that a release has not, effects of calls.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { start } from '../src/index.ts';
import { SERIES, type Series } from '../src/orm/model.ts';
import { findRecordings } from '../src/replay/recording.ts';
import { Client, first, type Json } from './client.ts';

const folder = findRecordings();
const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const running of opened.splice(0)) await running.close();
});

type Call = <T>(model: string, method: string, ids: readonly number[] | null, named?: Json) => Promise<T>;

interface Opened {
  readonly client: Client;
  readonly major: number;
  /** Over /jsonrpc, which all have. An error is its name and message. */
  readonly call: Call;
}

async function open(series: Series): Promise<Opened> {
  const running = await start({ series });
  opened.push(running);
  const client = new Client(running.url);
  const uid = (await client.rpc('common', 'authenticate', ['demo', 'hub', 'hub', {}]))['result'];
  return {
    client,
    major: Number.parseInt(series, 10),
    async call<T>(model: string, method: string, ids: readonly number[] | null, named: Json = {}) {
      const positional = ids === null ? [] : [ids];
      const args = ['demo', uid, 'hub', model, method, positional, named];
      const answer = await client.rpc('object', 'execute_kw', args);
      const { data } = (answer['error'] ?? {}) as { data?: { name: string; message: string } };
      return (data === undefined ? answer['result'] : { ERR: data }) as T;
    },
  };
}

/** A confirmed order of 5 from a warehouse. */
async function ordered({ call, major }: Opened, warehouse?: number) {
  const kind = major < 18 ? { detailed_type: 'product' } : { type: 'consu', is_storable: true };
  const [product = 0] = await call<number[]>('product.product', 'create', null, {
    vals_list: [{ name: 'Hammer', default_code: 'HAM', ...kind }],
  });
  const [partner = 0] = await call<number[]>('res.partner', 'create', null, {
    vals_list: [{ name: 'Acme' }],
  });
  const place = await stockOf(call, warehouse ?? 1);
  await call('stock.quant', 'create', null, {
    vals_list: [{ product_id: product, location_id: place, inventory_quantity_auto_apply: 100 }],
    context: { inventory_mode: true },
  });
  const line = [0, 0, { product_id: product, product_uom_qty: 5 }];
  const [order = 0] = await call<number[]>('sale.order', 'create', null, {
    vals_list: [
      {
        partner_id: partner,
        client_order_ref: 'PO',
        order_line: [line],
        ...(warehouse === undefined ? {} : { warehouse_id: warehouse }),
      },
    ],
  });
  await call('sale.order', 'action_confirm', [order]);
  return { order, product, partner };
}

async function stockOf(call: Call, warehouse: number): Promise<number> {
  const [row] = await call<{ lot_stock_id: [number, string] }[]>('stock.warehouse', 'read', [warehouse], {
    fields: ['lot_stock_id'],
  });
  return row?.lot_stock_id[0] ?? 0;
}

async function pickingsOf(call: Call, order: number) {
  return call<{ id: number; name: string; state: string; origin: string }[]>(
    'stock.picking',
    'search_read',
    null,
    {
      domain: [['sale_id', '=', order]],
      fields: ['name', 'state', 'origin'],
      order: 'id',
    },
  );
}

/** What an answer comes to, as the connectors tell it: a value's kind, a wizard, an exception. */
function effectOf(answer: unknown): unknown {
  if (answer === undefined || answer === '<no result member>') return 'none';
  if (typeof answer === 'number') return 'number';
  if (Array.isArray(answer)) return 'list';
  if (typeof answer !== 'object' || answer === null) return answer;
  const { ERR, res_model } = answer as { ERR?: { name: string; message: string }; res_model?: string };
  return ERR === undefined ? res_model : `${ERR.name}: ${ERR.message.replace(/S\d+/, 'S')}`;
}

const compared = (
  series: Series,
): Json & { fields: Record<string, string | Record<string, string | null>> } =>
  JSON.parse(
    readFileSync(join(folder ?? '', 'compare', `${Number.parseInt(series, 10)}.json`), 'utf8'),
  ) as never;

const QUANTITY = (major: number) => (major < 17 ? 'quantity_done' : 'quantity');

if (folder === undefined)
  test('the releases', ({ skip }) => {
    skip('no recordings beside this checkout: set TRUNKLINE_SHARED to the folder that holds recordings/odoo');
  });
else
  describe.each(SERIES)('%s', (series) => {
    test('has no field that the release has not, and says which version it is', async () => {
      const { call, client } = await open(series);
      const { fields, version } = compared(series);
      expect((await client.rpc('common', 'version', []))['result']).toEqual(version);
      let seen = 0;
      for (const [model, known] of Object.entries(fields)) {
        const own = await call<Record<string, unknown>>(model, 'fields_get', null, { attributes: ['type'] });
        if (typeof known === 'string') expect(own, model).toHaveProperty('ERR');
        else
          for (const [name, type] of Object.entries(known)) {
            if (type === null) expect([model, name, name in own]).toEqual([model, name, false]);
            else if (name in own) seen += 1;
          }
      }
      expect(seen).toBeGreaterThan(25);
    });

    test('does with each call what the release does', async () => {
      const at = await open(series);
      const { call, client, major } = at;
      const { order, partner } = await ordered(at);
      const picking = first(await pickingsOf(call, order)).id;
      const validate = (context: Json = {}) =>
        call('stock.picking', 'button_validate', [picking], { context });
      const effects: Json = {
        'private method': await call('res.partner', '_compute_display_name', [partner]),
        'unknown field write': await call('res.partner', 'write', [partner], { vals: { nofield: 1 } }),
        'unknown field read': await call('res.partner', 'read', [partner], { fields: ['nofield'] }),
        'unknown model': await call('no.model', 'read', [1]),
        has_access: await call('sale.order', 'has_access', [], { operation: 'read' }),
        check_access_rights: await call('sale.order', 'check_access_rights', null, {
          operation: 'read',
          raise_exception: false,
        }),
        message_post: await call('res.partner', 'message_post', [partner], { body: 'x' }),
        'confirm again': await call('sale.order', 'action_confirm', [order]),
        'backorder validate, nothing entered': await validate(),
      };
      if (major === 16) {
        const [move = 0] = await call<number[]>('stock.move', 'search', null, {
          domain: [['picking_id', '=', picking]],
        });
        await call('stock.move', 'write', [move], { vals: { quantity_done: 5 } });
        expect(await validate()).toBe(true);
      }
      effects['validate done picking again'] = await validate();
      const other = await ordered(at);
      effects['cancel order'] = await call('sale.order', 'action_cancel', [other.order]);
      const recorded = compared(series);
      for (const [what, answer] of Object.entries(effects))
        expect([what, effectOf(answer)]).toEqual([what, effectOf(recorded[what])]);
      const json2 = await fetch(`${client.url}/json/2/res.partner/search`, {
        method: 'POST',
        redirect: 'manual',
      });
      // The probe followed 18's redirect to the login.
      expect(json2.status).toBe({ 16: 404, 17: 404, 18: 303, 19: 415 }[major]);
    });

    test('asks for a backorder when less is entered, and puts the customer’s reference where the release does', async () => {
      const at = await open(series);
      const { call, major } = at;
      const { order } = await ordered(at);
      const picking = first(await pickingsOf(call, order));
      expect(picking.origin.includes('PO')).toBe(major === 18);
      const [move = 0] = await call<number[]>('stock.move', 'search', null, {
        domain: [['picking_id', '=', picking.id]],
      });
      await call('stock.move', 'write', [move], { vals: { [QUANTITY(major)]: 2 } });
      const validate = (context: Json = {}) =>
        call('stock.picking', 'button_validate', [picking.id], { context });
      expect(effectOf(await validate())).toBe('stock.backorder.confirmation');
      expect(await validate({ skip_backorder: true })).toBe(true);
      expect((await pickingsOf(call, order)).map(({ state }) => state)).toEqual(['done', 'assigned']);
    });

    test.each([
      ['pick_ship', 'PICK', 'OUT'],
      ['pick_pack_ship', 'PICK', 'PACK', 'OUT'],
    ])(
      '%s: 16 and 17 plan all transfers at once, 18 and 19 the next when one is done',
      async (steps, ...kinds) => {
        const at = await open(series);
        const { call, major } = at;
        const [warehouse = 0] = await call<number[]>('stock.warehouse', 'create', null, {
          vals_list: [{ name: 'Two', code: 'TWO', delivery_steps: steps }],
        });
        const { order } = await ordered(at, warehouse);
        const shown = async () =>
          (await pickingsOf(call, order)).map(({ name, state }) => `${name.split('/')[1]} ${state}`);
        const waiting = kinds.slice(1).map((kind) => `${kind} waiting`);
        expect(await shown()).toEqual(['PICK assigned', ...(major < 18 ? waiting : [])]);
        const pick = first(await pickingsOf(call, order)).id;
        const [move = 0] = await call<number[]>('stock.move', 'search', null, {
          domain: [['picking_id', '=', pick]],
        });
        await call('stock.move', 'write', [move], { vals: { [QUANTITY(major)]: 3 } });
        expect(
          await call('stock.picking', 'button_validate', [pick], { context: { skip_backorder: true } }),
        ).toBe(true);
        const next = kinds[1] ?? '';
        expect((await shown()).toSorted()).toEqual(
          [
            'PICK done',
            'PICK assigned',
            `${next} assigned`,
            ...(major < 18 ? waiting.filter((one) => one !== `${next} waiting`) : []),
          ].toSorted(),
        );
      },
    );
  });
