/** Where an order is, in the order of the journey. Nothing before `confirmed` is known to the ERP. */
export const ORDER_STAGES = [
  'received',
  'exception',
  'validating',
  'confirmed',
  'backordered',
  'released',
  'partially_shipped',
  'shipped',
  'cancelled',
] as const;
export type OrderStage = (typeof ORDER_STAGES)[number];

export type StageMove = 'allowed' | 'refused';
type Row = Readonly<Record<OrderStage, StageMove>>;

const none: Row = {
  received: 'refused',
  exception: 'refused',
  validating: 'refused',
  confirmed: 'refused',
  backordered: 'refused',
  released: 'refused',
  partially_shipped: 'refused',
  shipped: 'refused',
  cancelled: 'refused',
};

function to(...stages: readonly OrderStage[]): Row {
  return { ...none, ...Object.fromEntries(stages.map((stage) => [stage, 'allowed'])) };
}

/**
 * Total: which stage may follow which. An order is judged once (`received`), or again after its source corrected it
 * (`exception`). `backordered` and `released` alternate as stock comes and warehouses fall short; what has shipped or was given up
 * never comes back. `validating` reaches later stages at once when the poll of the ERP overtakes the reply to `order.place`.
 */
export const ORDER_TRANSITIONS: Readonly<Record<OrderStage, Row>> = {
  received: to('validating', 'exception'),
  exception: to('validating'),
  validating: to('confirmed', 'backordered', 'released', 'cancelled'),
  confirmed: to('backordered', 'released', 'cancelled'),
  backordered: to('released', 'cancelled'),
  released: to('backordered', 'partially_shipped', 'shipped', 'cancelled'),
  partially_shipped: to('shipped'),
  shipped: none,
  cancelled: none,
};

export const FINAL_ORDER_STAGES: ReadonlySet<OrderStage> = new Set(['shipped', 'cancelled']);

/** `wanted` when the table allows it, else the stage stays: a late event never moves an order backwards. */
export function nextOrderStage(current: OrderStage, wanted: OrderStage): OrderStage {
  return ORDER_TRANSITIONS[current][wanted] === 'allowed' ? wanted : current;
}
