import { minus, plus } from '../orm/decimal.ts';
import type { Env } from '../orm/env.ts';
import type { Row } from '../orm/field.ts';

const usage = (env: Env, location: unknown) => env.find('stock.location', location)?.['usage'];

/** What reached the customer for an order line, less what came back to be refunded. */
export function deliveredOf(env: Env, line: Row): number {
  let delivered = 0;
  for (const move of env.having('stock.move', 'sale_line_id', line.id)) {
    if (move['state'] !== 'done') continue;
    const quantity = Number(move['quantity']);
    if (usage(env, move['location_dest_id']) === 'customer') delivered = plus(delivered, quantity);
    else if (usage(env, move['location_id']) === 'customer' && move['to_refund'])
      delivered = minus(delivered, quantity);
  }
  return delivered;
}

/** A shipment changes the stored totals of its order and lines, which bumps their `write_date` (recording 16). */
export function touchDelivered(env: Env, moves: readonly Row[]): void {
  for (const move of moves) {
    const line = env.find('sale.order.line', move['sale_line_id']);
    if (!line) continue;
    env.touch('sale.order.line', line);
    const order = env.find('sale.order', line['order_id']);
    if (order) env.touch('sale.order', order);
  }
}
