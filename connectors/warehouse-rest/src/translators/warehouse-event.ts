import {
  add,
  type CanonicalEvent,
  type LineQuantity,
  parseDecimal,
  type Shipment,
} from '@trunkline/canonical';
import type { Message, Translation } from '@trunkline/messaging';
import { type EventDocument, isEventType, readEvent, type ShippedDocument } from './event-documents.ts';

/** A warehouse's event to what it means. Units and lots are not carried on: the canonical events have no place for them yet. */
export function translateWarehouseEvent(message: Message): Translation<CanonicalEvent> {
  if (!isEventType(message.type)) {
    return { kind: 'ignored', reason: `Warehouse document type ${message.type} has no use here.` };
  }
  const reading = readEvent(message.payload);
  if ('faults' in reading) return { kind: 'invalid', faults: reading.faults };
  return { kind: 'events', events: [canonical(reading.event)] };
}

function canonical(event: EventDocument): CanonicalEvent {
  switch (event.type) {
    case 'release.picked': {
      const { releaseNumber, sequence, pickedAt, picker, lines } = event.data;
      return {
        type: 'pick.confirmed',
        releaseNumber,
        sequence,
        pickedAt: utc(pickedAt),
        lines: merged(lines),
        ...(picker === undefined ? {} : { picker }),
      };
    }
    case 'release.shorted': {
      const { releaseNumber, sequence, lines } = event.data;
      const reasons = [...new Set(lines.map((line) => line.reason))];
      const perReason = reasons.flatMap((reason) =>
        merged(lines.filter((line) => line.reason === reason)).map((line) => ({ ...line, reason })),
      );
      return { type: 'shortage.reported', releaseNumber, sequence, lines: perReason };
    }
    case 'shipment.shipped': {
      const { releaseNumber, sequence, final } = event.data;
      return {
        type: 'shipment.shipped',
        releaseNumber,
        sequence,
        final,
        shipment: shipmentOf(event.data),
      };
    }
    case 'release.closed': {
      const { releaseNumber, sequence, reason } = event.data;
      return { type: 'release.closed', releaseNumber, sequence, reason };
    }
    case 'inventory.adjusted': {
      const { adjustmentNumber, site, sku, delta, reason } = event.data;
      return {
        type: 'inventory.adjusted',
        adjustmentNumber,
        site,
        sku,
        delta: parseDecimal(delta) ?? delta,
        reason,
      };
    }
  }
}

function shipmentOf(data: ShippedDocument): Shipment {
  const { shipmentNumber, releaseNumber, carrier, scac, trackingNumber, shippedAt, packages } = data;
  return {
    shipmentNumber,
    releaseNumber,
    shippedAt: utc(shippedAt),
    lines: merged(data.lines),
    packages: (packages ?? []).map((one) => ({
      lines: merged(one.lines),
      ...(one.sscc === undefined ? {} : { sscc: one.sscc }),
      ...(one.trackingNumber === undefined ? {} : { trackingNumber: one.trackingNumber }),
    })),
    ...(carrier === undefined ? {} : { carrier }),
    ...(scac === undefined ? {} : { scac }),
    ...(trackingNumber === undefined ? {} : { trackingNumber }),
  };
}

/** One entry per line and item: a warehouse writes one per lot. */
function merged(lines: readonly LineQuantity[]): LineQuantity[] {
  const found = new Map<string, LineQuantity>();
  for (const { line, sku, quantity } of lines) {
    const name = JSON.stringify([line, sku]);
    const before = found.get(name)?.quantity ?? '0';
    found.set(name, { line, sku, quantity: add(before, quantity) });
  }
  return [...found.values()];
}

function utc(time: string): string {
  return new Date(time).toISOString();
}
