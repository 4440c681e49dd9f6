import type { ReturnCreate, ReturnReceive } from '@trunkline/canonical';
import type { Delivery, Verification } from '@trunkline/messaging';
import type { Odoo } from '../external-ids.ts';
import { readPickings } from '../picking-reader.ts';
import { receiptOf, returnOf } from '../translators/return.ts';
import { leftBy } from './delivery-ends.ts';
import { returnExpected, returnReceived } from './effects.ts';
import { isMarked } from './return-plan.ts';
import { readReturns } from './return-reader.ts';
import { planShipment } from './shipment-plan.ts';
import { payload } from './worker.ts';

/** A return that was made and not marked yet is absent here: the operation itself knows it by its quantities and marks it. */
export async function verifyReturns(
  system: string,
  odoo: Odoo,
  deliveries: readonly Delivery[],
  signal: AbortSignal,
): Promise<readonly Verification[]> {
  const commands = deliveries.map((delivery) => payload<ReturnCreate>(delivery));
  const left = await leftBy(
    odoo,
    commands.map(({ planId }) => Number(planId)),
    signal,
  );
  const wanted = commands.map((command) => ({
    ...returnOf(command),
    pickingId: left(Number(command.planId)),
  }));
  const domain = [['id', 'in', [...new Set(wanted.map(({ pickingId }) => pickingId))]]];
  const pickings = await readPickings(odoo, { domain }, signal);
  const moveIds = pickings.flatMap(({ moves }) => moves.map(({ id }) => id));
  const existing = await readReturns(odoo, moveIds, signal);
  return commands.map((command) => {
    const found = existing.find(({ origin }) => isMarked(origin, command.returnNumber));
    if (found === undefined) return { kind: 'absent' };
    return { kind: 'present', ...returnExpected(command, found.pickingId, found.name, system) };
  });
}

export async function verifyReceipts(
  odoo: Odoo,
  deliveries: readonly Delivery[],
  signal: AbortSignal,
): Promise<readonly Verification[]> {
  const commands = deliveries.map((delivery) => payload<ReturnReceive>(delivery));
  const receipts = commands.map(receiptOf);
  const domain = [['id', 'in', [...new Set(receipts.map(({ pickingId }) => pickingId))]]];
  const pickings = new Map((await readPickings(odoo, { domain }, signal)).map((one) => [one.id, one]));
  return commands.map((command, index) => {
    const receipt = receipts[index];
    const picking = pickings.get(Number(command.returnPlanId));
    if (receipt === undefined || planShipment(receipt, picking).kind !== 'adopt') return { kind: 'absent' };
    return { kind: 'present', ...returnReceived(command, picking?.backorderIds[0] ?? null) };
  });
}
