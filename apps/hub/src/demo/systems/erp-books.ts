import { isPositive, minimum, parseDecimal, subtract } from '@trunkline/canonical';
import type { ErpMove, ErpOrder } from '../accounting/snapshot.ts';
import type { OdooRpc } from './odoo-rpc.ts';

/** The ERP's own books, for the account at the end. */
export interface ErpBooks {
  orders(): Promise<ErpOrder[]>;
}

const BATCH = 200;
type Row = Readonly<Record<string, unknown>> & { readonly id: number };

/**
 * Reads orders, lines and stock moves. Not by the connector's readers, so that the account does not rest on what it is to check; `references` limits it to orders whose customer reference begins so (a shared
 * server).
 */
export class OdooBooks implements ErpBooks {
  readonly #odoo: OdooRpc;
  readonly #references: string | undefined;

  constructor(odoo: OdooRpc, references?: string) {
    this.#odoo = odoo;
    this.#references = references;
  }

  async orders(): Promise<ErpOrder[]> {
    const domain =
      this.#references === undefined ? [] : [['client_order_ref', '=like', `${this.#references}%`]];
    const orders = await this.#all('sale.order', domain, ['name', 'state']);
    const ids = orders.map(({ id }) => id);
    const externalIds = await this.#externalIds(ids);
    const lines = await this.#allIn('sale.order.line', 'order_id', ids, [
      'order_id',
      'product_id',
      'product_uom_qty',
    ]);
    const moves = await this.#allIn(
      'stock.move',
      'sale_line_id',
      lines.map(({ id }) => id),
      [
        'sale_line_id',
        'product_id',
        'picking_id',
        'state',
        'product_uom_qty',
        ...(this.#odoo.series >= 17 ? ['quantity'] : ['quantity_done', 'reserved_availability']),
      ],
    );
    const skus = await this.#skus([...lines, ...moves]);
    const linesOf = Map.groupBy(lines, (line) => refId(line['order_id']));
    const orderOfLine = new Map(lines.map((line) => [line.id, refId(line['order_id'])]));
    const movesOf = Map.groupBy(moves, (move) => orderOfLine.get(refId(move['sale_line_id']) ?? 0));
    const skuOf = (row: Row) => skus.get(refId(row['product_id']) ?? 0) ?? '';
    return orders.map(({ id, name, state }) => {
      const order = /so_([A-Za-z0-9]{18})$/.exec(externalIds.get(id) ?? '')?.[1];
      return {
        ...(order === undefined ? {} : { order }),
        number: String(name),
        state:
          state === 'cancel' ? 'cancelled' : state === 'sale' || state === 'done' ? 'confirmed' : 'draft',
        lines: (linesOf.get(id) ?? []).map((line) => ({
          sku: skuOf(line),
          quantity: decimal(line['product_uom_qty']),
        })),
        moves: (movesOf.get(id) ?? []).flatMap((move) => movesFrom(move, skuOf(move))),
      };
    });
  }

  async #externalIds(ids: readonly number[]): Promise<Map<number, string>> {
    const found = new Map<number, string>();
    for (let from = 0; from < ids.length; from += BATCH) {
      const page = await this.#odoo.call<Record<string, string>>('sale.order', 'get_external_id', {
        ids: ids.slice(from, from + BATCH),
      });
      for (const [id, name] of Object.entries(page)) found.set(Number(id), name);
    }
    return found;
  }

  async #skus(rows: readonly Row[]): Promise<Map<number, string>> {
    const ids = [...new Set(rows.flatMap((row) => refId(row['product_id']) ?? []))];
    const products = await this.#allIn('product.product', 'id', ids, ['default_code']);
    return new Map(products.map((product) => [product.id, String(product['default_code'] || '')]));
  }

  async #allIn(
    model: string,
    field: string,
    ids: readonly number[],
    fields: readonly string[],
  ): Promise<Row[]> {
    const rows: Row[] = [];
    for (let from = 0; from < ids.length; from += BATCH) {
      rows.push(...(await this.#all(model, [[field, 'in', ids.slice(from, from + BATCH)]], fields)));
    }
    return rows;
  }

  async #all(model: string, domain: unknown, fields: readonly string[]): Promise<Row[]> {
    const rows: Row[] = [];
    const page = 1000;
    for (let more = true; more; ) {
      const context = { active_test: false };
      const found: Row[] = await this.#odoo.call(model, 'search_read', {
        domain,
        fields,
        order: 'id',
        limit: page,
        offset: rows.length,
        context,
      });
      rows.push(...found);
      more = found.length === page;
    }
    return rows;
  }
}

/**
 * A move as the account needs it, in up to two parts. Of a shipped move whose rest was not backordered, Odoo keeps the whole demand on the
 * done move (10 wanted, 3 shipped), and no cancelled one stands beside it: the difference is what was given up. Of an open move only
 * what is reserved could go now; the rest waits for stock.
 */
function movesFrom(move: Row, sku: string): ErpMove[] {
  const plan = Array.isArray(move['picking_id']) ? String(move['picking_id'][1]) : '';
  const demand = decimal(move['product_uom_qty']);
  const part = (state: ErpMove['state'], quantity: string): ErpMove[] =>
    isPositive(quantity) ? [{ plan, sku, state, quantity }] : [];
  switch (move['state']) {
    case 'cancel':
      return part('cancelled', demand);
    case 'done': {
      const shipped = decimal(move['quantity'] ?? move['quantity_done']);
      return [...part('done', shipped), ...part('cancelled', subtract(demand, shipped))];
    }
    case 'assigned':
    case 'partially_available': {
      // Odoo 16 keeps what is reserved and what is done apart; later ones have one quantity for both.
      const reserved = minimum(demand, decimal(move['reserved_availability'] ?? move['quantity']));
      return [...part('ready', reserved), ...part('waiting', subtract(demand, reserved))];
    }
    default:
      return part('waiting', demand);
  }
}

function refId(value: unknown): number | undefined {
  return Array.isArray(value) && typeof value[0] === 'number' ? value[0] : undefined;
}

function decimal(value: unknown): string {
  return parseDecimal(typeof value === 'number' || typeof value === 'string' ? value : undefined) ?? '0';
}
