import type { ReturnCreate, ReturnReceive } from '@trunkline/canonical';
import { classifyOdooError } from '../error-classification.ts';
import type { Odoo } from '../external-ids.ts';
import { receiptOf, returnOf } from '../translators/return.ts';
import { leftBy } from './delivery-ends.ts';
import { returnExpected, returnReceived } from './effects.ts';
import { toOutcome } from './outcomes.ts';
import { createReturns } from './returns.ts';
import { postShipments } from './shipments.ts';
import { payload, type Worker } from './worker.ts';

export function returnWorker(system: string, odoo: Odoo): Worker {
  return async (deliveries, signal) => {
    const commands = deliveries.map((delivery) => payload<ReturnCreate>(delivery));
    const planIds = commands.map(({ planId }) => Number(planId));
    let left: (planId: number) => number;
    try {
      left = await leftBy(odoo, planIds, signal);
    } catch (error) {
      const failure = classifyOdooError(error);
      return deliveries.map(() => toOutcome(failure, () => ({})));
    }
    const wanted = commands.map((command) => ({
      ...returnOf(command),
      pickingId: left(Number(command.planId)),
    }));
    const outcomes = await createReturns(odoo, wanted, signal);
    return outcomes.map((outcome, index) =>
      toOutcome(outcome, ({ pickingId, name, adopted }) => ({
        adopted,
        ...returnExpected(payload<ReturnCreate>(deliveries[index]), pickingId, name, system),
      })),
    );
  };
}

export function receiveWorker(odoo: Odoo): Worker {
  return async (deliveries, signal) => {
    const commands = deliveries.map((delivery) => payload<ReturnReceive>(delivery));
    const outcomes = await postShipments(odoo, commands.map(receiptOf), signal);
    return outcomes.map((outcome, index) =>
      toOutcome(outcome, ({ backorderPickingId, adopted }) => ({
        adopted,
        ...returnReceived(payload<ReturnReceive>(deliveries[index]), backorderPickingId),
      })),
    );
  };
}
