import { DEFAULTS } from '../src/index.ts';

export type Json = Record<string, unknown>;

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Speaks JSON-2 and the control interface to a simulator over a real socket. */
export class Client {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  async ask(model: string, method: string, body: Json = {}, key: string = DEFAULTS.apiKey): Promise<Answer> {
    const answer = await fetch(`${this.url}/json/2/${model}/${method}`, {
      method: 'POST',
      headers: { Authorization: `bearer ${key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, body: text.startsWith('<') ? text : JSON.parse(text) };
  }

  /** The result of a call that has to succeed. */
  async call<Result = unknown>(model: string, method: string, body: Json = {}): Promise<Result> {
    const { status, body: result } = await this.ask(model, method, body);
    if (status !== 200) throw new Error(`${model}.${method}: ${status} ${JSON.stringify(result)}`);
    return result as Result;
  }

  async rpc(service: string, method: string, args: unknown[]): Promise<Json> {
    const answer = await fetch(`${this.url}/jsonrpc`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'call', params: { service, method, args } }),
    });
    return (await answer.json()) as Json;
  }

  async control<Result = Json>(path: string, plan?: Json): Promise<Result> {
    const answer = await fetch(
      `${this.url}/_sim/${path}`,
      plan ? { method: 'POST', body: JSON.stringify(plan) } : {},
    );
    return (await answer.json()) as Result;
  }

  async clearFaults(): Promise<void> {
    await fetch(`${this.url}/_sim/faults`, { method: 'DELETE' });
  }
}

/** The main warehouse's stock location in a fresh database. */
export const STOCK = 5;

export interface Loaded {
  readonly ids: number[] | false;
  readonly messages: readonly {
    readonly record: number;
    readonly field?: string;
    readonly message: string;
    readonly rows: Json;
  }[];
}

/** One customer and two articles, of the first of which there are `stock` units. */
export async function stockUp(client: Client, stock: number): Promise<{ hammer: number; nails: number }> {
  await client.call('res.partner', 'load', { fields: ['id', 'name'], data: [['hub.acme', 'Acme Tools']] });
  const { ids } = await client.call<Loaded>('product.product', 'load', {
    fields: ['id', 'name', 'default_code', 'type', 'is_storable', 'list_price'],
    data: [
      ['hub.hammer', 'Hammer', 'HAM', 'consu', '1', '9.5'],
      ['hub.nails', 'Nails', 'NAIL', 'consu', '1', '0.1'],
    ],
  });
  const [hammer = 0, nails = 0] = ids || [];
  await count(client, hammer, stock);
  await count(client, nails, 1000);
  return { hammer, nails };
}

/** Sets what the main warehouse holds of an article. */
export const count = (client: Client, product: number, quantity: number) =>
  client.call('stock.quant', 'create', {
    vals_list: [{ product_id: product, location_id: STOCK, inventory_quantity_auto_apply: quantity }],
    context: { inventory_mode: true },
  });

const ORDER_FIELDS = [
  'id',
  'partner_id/id',
  'client_order_ref',
  'order_line/id',
  'order_line/product_id/id',
  'order_line/product_uom_qty',
];

/** Rows of `sale.order.load` for one order: the lines after the first leave the order's columns empty. */
export const orderRows = (
  reference: string,
  lines: readonly (readonly [product: string, quantity: number | string])[],
) =>
  lines.map(([product, quantity], at) => [
    ...(at === 0 ? [`hub.${reference}`, 'hub.acme', reference] : ['', '', '']),
    `hub.${reference}_${at}`,
    product,
    String(quantity),
  ]);

export const loadOrders = (client: Client, data: unknown[][]) =>
  client.call<Loaded>('sale.order', 'load', { fields: ORDER_FIELDS, data });

export interface Delivery {
  readonly order: number;
  readonly picking: number;
}

/** Loads and confirms one order and finds its delivery. */
export async function confirmOrder(
  client: Client,
  reference: string,
  lines: readonly (readonly [product: string, quantity: number])[],
): Promise<Delivery> {
  const { ids } = await loadOrders(client, orderRows(reference, lines));
  const [order = 0] = ids || [];
  await client.call('sale.order', 'action_confirm', { ids: [order] });
  const [picking = 0] = await client.call<number[]>('stock.picking', 'search', {
    domain: [['sale_id', '=', order]],
  });
  return { order, picking };
}

export const readOne = async <Row = Json>(
  client: Client,
  model: string,
  id: number,
  fields: string[],
): Promise<Row> => {
  const [row] = await client.call<Row[]>(model, 'read', { ids: [id], fields });
  if (!row) throw new Error(`${model} ${id} is gone`);
  return row;
};

/** The first of what was found, which has to be there. */
export function first<Item>(items: readonly Item[]): Item {
  const [item] = items;
  if (item === undefined) throw new Error('nothing was found');
  return item;
}

export interface Move {
  readonly id: number;
  readonly product_uom_qty: number;
  readonly quantity: number;
  readonly state: string;
}

export const movesOf = (client: Client, picking: number) =>
  client.call<Move[]>('stock.move', 'search_read', {
    domain: [['picking_id', '=', picking]],
    fields: ['product_uom_qty', 'quantity', 'state'],
  });
