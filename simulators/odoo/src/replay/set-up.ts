import { callModel } from './client.ts';
import type { Correspondence } from './correspondence.ts';
import type { SetUp } from './plan.ts';
import type { Recording } from './recording.ts';
import { modelRequest } from './request.ts';

type Ids = Record<string, readonly [model: string, id: number]>;

/** Does what the recorded session did without recording it, and ties the result to the ids that it used. */
export async function runSetUp(
  url: string,
  recording: Recording,
  setUp: SetUp,
  known: Correspondence,
): Promise<void> {
  const made = setUp.order
    ? await makeOrder(url, recording, setUp.order)
    : await makeCall(url, recording, resolve(recording, known, setUp.call) as NonNullable<SetUp['call']>);
  for (const [what, pointer] of Object.entries(setUp.bind ?? {})) {
    const [model, id] = made[what] ?? [];
    const recorded = follow(recording, pointer);
    if (model === undefined || id === undefined || typeof recorded !== 'number')
      throw new Error(
        `${recording.name}: the set-up binds ${what} to ${pointer}, which gives ${String(recorded)} and ${String(id)}`,
      );
    if (!known.sameId(model, recorded, id))
      throw new Error(`${recording.name}: ${model} ${recorded} stands for another record already`);
  }
}

/** Puts the simulator's id in place of `@model:pointer`. */
function resolve(recording: Recording, known: Correspondence, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => resolve(recording, known, each));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, resolve(recording, known, each)]),
    );
  if (typeof value !== 'string' || !value.startsWith('@')) return value;
  const [model = '', pointer = ''] = value.slice(1).split(':');
  const id = known.idOf(model, follow(recording, pointer) as number);
  if (id === undefined) throw new Error(`${recording.name}: nothing stands for ${value} yet`);
  return id;
}

async function makeOrder(
  url: string,
  recording: Recording,
  order: NonNullable<SetUp['order']>,
): Promise<Ids> {
  const call = (model: string, method: string, ids: number[] | undefined, args = {}) =>
    callModel(url, recording, model, method, ids, args);
  const [partner] = (await call('res.partner', 'search', undefined, {
    domain: [['name', '=like', 'Acme Tools %']],
  })) as number[];
  const lines = [];
  for (const [code, quantity] of order.lines) {
    const [product] = (await call('product.product', 'search', undefined, {
      domain: [['default_code', '=like', `${code}-%`]],
    })) as number[];
    lines.push([0, 0, { product_id: product, product_uom_qty: quantity }]);
  }
  const values = { partner_id: partner, order_line: lines };
  const [id] = (await call('sale.order', 'create', undefined, { vals_list: [values] })) as [number];
  if (order.confirm !== false) await call('sale.order', 'action_confirm', [id]);
  const [read] = (await call('sale.order', 'read', [id], { fields: ['picking_ids', 'order_line'] })) as [
    { picking_ids: number[]; order_line: number[] },
  ];
  const moves = (await call('stock.move', 'search', undefined, {
    domain: [['picking_id', 'in', read.picking_ids]],
  })) as number[];
  const made: Ids = { order: ['sale.order', id] };
  if (read.picking_ids[0]) made['picking'] = ['stock.picking', read.picking_ids[0]];
  for (const [at, line] of read.order_line.entries()) made[`line.${at}`] = ['sale.order.line', line];
  for (const [at, move] of moves.entries()) made[`move.${at}`] = ['stock.move', move];
  return made;
}

async function makeCall(url: string, recording: Recording, call: NonNullable<SetUp['call']>): Promise<Ids> {
  const ids = call.find
    ? ((await callModel(url, recording, call.model, 'search', undefined, { domain: call.find })) as number[])
    : undefined;
  const result = await callModel(
    url,
    recording,
    call.model,
    call.method,
    call.method === 'search' ? undefined : ids,
    call.args ?? {},
    call.context,
  );
  const found = ids ?? (Array.isArray(result) ? (result as number[]) : []);
  return Object.fromEntries(found.map((id, at) => [`found.${at}`, [call.model, id] as const]));
}

/** `q4.ids.0` is in the request of exchange 4, `r4.0.id` in its result. */
export function follow(recording: Recording, pointer: string): unknown {
  const [, side, at, rest = ''] = /^([qr])(\d+)\.?(.*)$/.exec(pointer) ?? [];
  const exchange = recording.exchanges[Number(at)];
  if (!exchange) return undefined;
  let value: unknown = side === 'q' ? modelRequest(exchange) : resultOf(exchange.response.body);
  for (const key of rest.split('.').filter(Boolean))
    value = (value as Record<string, unknown> | undefined)?.[key];
  return value;
}

/** The result inside a JSON-RPC envelope, or the body itself. */
export function resultOf(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'jsonrpc' in body
    ? (body as { result?: unknown }).result
    : body;
}
