/** Stages in which an order still has a flow's step before it. */
const STAGES_BEFORE: Readonly<Record<string, readonly string[]>> = {
  'customer-sync': ['received', 'exception', 'validating'],
  'order-acceptance': ['received', 'exception', 'validating'],
  'order-release': ['received', 'exception', 'validating', 'confirmed', 'backordered'],
  'fulfilment-events': [
    'received',
    'exception',
    'validating',
    'confirmed',
    'backordered',
    'released',
    'partially_shipped',
  ],
};

/** How many open orders a fault in these flows would hit, counted by stage. Pure. */
export function ordersAtRisk(flows: readonly string[], stages: ReadonlyMap<string, number>): number {
  const hit = new Set(flows.flatMap((flow) => STAGES_BEFORE[flow] ?? []));
  return [...hit].reduce((sum, stage) => sum + (stages.get(stage) ?? 0), 0);
}
