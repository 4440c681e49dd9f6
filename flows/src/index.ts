import { customerSync } from './customer-sync/flow.ts';
import type { CustomerFlow, OrderFlow, StockFlow } from './decision.ts';
import { fulfilmentEvents } from './fulfilment-events/flow.ts';
import { inventoryAdjustments } from './inventory-adjustments/flow.ts';
import { orderAcceptance } from './order-acceptance/flow.ts';
import { orderRelease } from './order-release/flow.ts';
import { orderStatus } from './order-status/flow.ts';
import type { Routing } from './routing.ts';
import type { Words } from './words.ts';

export type { CustomerFlow, OrderFlow, StockFlow } from './decision.ts';
export type { Routing } from './routing.ts';
export type { Words } from './words.ts';

const NO_WORDS: Words = { countryOf: () => undefined };

/** The flows by the kind of state that they share; each list in the order in which its flows see an event. */
export interface Flows {
  /** For keys `so_...`. */
  readonly orderFlows: readonly OrderFlow[];
  /** For keys `cu_...`. */
  readonly customerFlows: readonly CustomerFlow[];
  /** For keys `st_...`. */
  readonly stockFlows: readonly StockFlow[];
}

/** Every flow, with the routing that the configuration gives and the words that people have mapped. */
export function createFlows(routing: Routing, words: Words = NO_WORDS): Flows {
  return {
    orderFlows: [orderAcceptance(routing, words), fulfilmentEvents, orderRelease(routing), orderStatus],
    customerFlows: [customerSync],
    stockFlows: [inventoryAdjustments],
  };
}
