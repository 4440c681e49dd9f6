import type { CanonicalEvent, OrderChangedInErp } from '@trunkline/canonical';
import type { Message, Translation } from '@trunkline/messaging';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';

/** What the poller hands over of one sale.order: what it asks for now. */
export const OrderDocumentSchema = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  state: Type.String(),
  lines: Type.Array(
    Type.Object({
      line: Type.Union([Type.String(), Type.Null()]),
      sku: Type.Union([Type.String(), Type.Null()]),
      ordered: Type.String(),
    }),
  ),
});
export type OrderDocument = Static<typeof OrderDocumentSchema>;

const document = Compile(OrderDocumentSchema);

export const ORDER_DOCUMENT = 'sale.order';

/** sale.order's states (Odoo 16 to 19; `done` is 16's locked order). */
const STATES: Readonly<Record<string, OrderChangedInErp['state']>> = {
  draft: 'quotation',
  sent: 'quotation',
  sale: 'confirmed',
  done: 'confirmed',
  cancel: 'cancelled',
};

/** A polled sales order into the canonical event. Pure. */
export function translateOrderInErp({ payload }: Message): Translation<CanonicalEvent> {
  if (!document.Check(payload)) {
    const faults = document
      .Errors(payload)
      .map(({ instancePath: path, message }) => ({ code: 'payload_invalid', path, message }));
    return { kind: 'invalid', faults };
  }
  const state = STATES[payload.state];
  if (state === undefined) {
    const message = `${payload.state} is no state of a sales order that we know.`;
    return { kind: 'invalid', faults: [{ code: 'payload_invalid', path: '/state', message }] };
  }
  const event: OrderChangedInErp = {
    type: 'order.changed-in-erp',
    erpId: String(payload.id),
    number: payload.name,
    state,
    lines: payload.lines.map(({ line, sku, ordered }) => ({
      ...(line === null ? {} : { line }),
      sku: sku ?? '',
      ordered,
    })),
  };
  return { kind: 'events', events: [event] };
}
