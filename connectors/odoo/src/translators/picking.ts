import type { CanonicalEvent, FulfilmentPlanned, PlannedLine } from '@trunkline/canonical';
import { add } from '@trunkline/canonical';
import type { Fault, Message, Translation } from '@trunkline/messaging';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';

/** What the poller hands over of one stock.picking: the parts of it that the flows decide on. */
export const PickingDocumentSchema = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  state: Type.String(),
  backorderOf: Type.Union([Type.Integer(), Type.Null()]),
  orderNumber: Type.String(),
  warehouse: Type.Union([Type.String(), Type.Null()]),
  moves: Type.Array(
    Type.Object({
      state: Type.String(),
      sku: Type.Union([Type.String(), Type.Null()]),
      line: Type.Union([Type.String(), Type.Null()]),
      demand: Type.String(),
      quantity: Type.String(),
    }),
  ),
});
export type PickingDocument = Static<typeof PickingDocumentSchema>;

const document = Compile(PickingDocumentSchema);

export const PICKING_DOCUMENT = 'stock.picking';

/** stock.picking's states (Odoo 16 to 19) to the plan's: a picking that reserves only a part is ready for that part. */
const STATES: Readonly<Record<string, FulfilmentPlanned['state']>> = {
  draft: 'waiting',
  waiting: 'waiting',
  confirmed: 'waiting',
  assigned: 'ready',
  done: 'done',
  cancel: 'cancelled',
};

/** A polled picking into the canonical plan. Pure; unknown states and lines that are not ours become faults or reasons. */
export function translatePicking(message: Message): Translation<CanonicalEvent> {
  if (message.type !== PICKING_DOCUMENT)
    return { kind: 'ignored', reason: `Odoo document ${message.type} is not handled` };
  if (!document.Check(message.payload))
    return { kind: 'invalid', faults: document.Errors(message.payload).map(faultOf) };
  const picking = message.payload;
  const state = STATES[picking.state];
  if (state === undefined) {
    const fault: Fault = {
      code: 'payload_invalid',
      path: '/state',
      message: `${picking.state} is no state of a picking that we know.`,
    };
    return { kind: 'invalid', faults: [fault] };
  }
  const event: FulfilmentPlanned = {
    type: 'fulfilment.planned',
    planId: String(picking.id),
    planNumber: picking.name,
    state,
    orderNumber: picking.orderNumber,
    lines: linesOf(picking),
    ...(picking.backorderOf === null ? {} : { backorderOf: String(picking.backorderOf) }),
    ...(picking.warehouse === null ? {} : { warehouse: picking.warehouse }),
  };
  return { kind: 'events', events: [event] };
}

/** One planned line per order line; Odoo may split a line's demand over several moves. Moves without a line of ours are left out. */
function linesOf(picking: PickingDocument): PlannedLine[] {
  const lines = new Map<string, PlannedLine>();
  for (const move of picking.moves) {
    if (move.line === null || move.state === 'cancel') continue;
    const before = lines.get(move.line);
    const open = move.state !== 'draft' && move.state !== 'confirmed' && move.state !== 'waiting';
    lines.set(move.line, {
      line: move.line,
      sku: move.sku ?? before?.sku ?? '',
      demand: add(before?.demand ?? '0', move.demand),
      reserved: add(before?.reserved ?? '0', open ? move.quantity : '0'),
    });
  }
  return [...lines.values()];
}

function faultOf(error: { instancePath: string; message: string }): Fault {
  return { code: 'payload_invalid', path: error.instancePath, message: error.message };
}
