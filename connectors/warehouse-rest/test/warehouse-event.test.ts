/** The translator alone: pure, nothing doubled. */
import { fc, test as property } from '@fast-check/vitest';
import type { JsonValue, Message } from '@trunkline/messaging';
import { describe, expect, test } from 'vitest';
import { translateWarehouseEvent } from '../src/translators/warehouse-event.ts';
import { adjusted, closed, picked, shipped, shorted } from './events.ts';

function message(payload: JsonValue, type: string): Message {
  const acceptedAt = '2026-03-01T10:00:00Z';
  return { id: '1', acceptedAt, source: 'dallas', sourceId: 'x', key: 'so_1', type, payload };
}

const translate = (event: JsonValue & { type: string }) =>
  translateWarehouseEvent(message(event, event.type));
const releaseNumber = 'DAL/OUT/00001';

describe('a warehouse’s events', () => {
  test.each([
    [
      picked,
      {
        type: 'pick.confirmed',
        releaseNumber,
        sequence: 1,
        pickedAt: '2026-03-01T09:59:58.500Z',
        picker: 'anna',
        lines: [{ line: '1', sku: 'P-1', quantity: '4' }],
      },
    ],
    [
      shorted,
      {
        type: 'shortage.reported',
        releaseNumber,
        sequence: 2,
        lines: [{ line: '1', sku: 'P-1', quantity: '1', reason: 'not_found' }],
      },
    ],
    [
      shipped,
      {
        type: 'shipment.shipped',
        releaseNumber,
        sequence: 3,
        final: true,
        shipment: {
          shipmentNumber: 'DAL-S1',
          releaseNumber,
          carrier: 'UPS',
          scac: 'UPSN',
          trackingNumber: '1Z999AA10123456784',
          shippedAt: '2026-03-01T10:00:00.000Z',
          lines: [{ line: '1', sku: 'P-1', quantity: '4' }],
          packages: [
            {
              sscc: '003456789012345675',
              trackingNumber: '1Z999AA10123456784',
              lines: [{ line: '1', sku: 'P-1', quantity: '3' }],
            },
            {
              sscc: '003456789012345682',
              trackingNumber: '1Z999AA10123456793',
              lines: [{ line: '1', sku: 'P-1', quantity: '1' }],
            },
          ],
        },
      },
    ],
    [closed, { type: 'release.closed', releaseNumber, sequence: 2, reason: 'nothing_to_ship' }],
    [
      adjusted,
      {
        type: 'inventory.adjusted',
        adjustmentNumber: 'DAL-A7',
        site: 'DAL',
        sku: 'P-1_x',
        delta: '-2',
        reason: 'damaged',
      },
    ],
  ])('$type', (event, canonical) => {
    expect(translate(event)).toEqual({ kind: 'events', events: [canonical] });
  });

  test('packages that do not add up to the shipment are refused with both figures', () => {
    const lines = [{ ...shipped.data.lines[0], line: '1', sku: 'P-1', quantity: '5' }];
    expect(translate({ ...shipped, data: { ...shipped.data, lines } })).toEqual({
      kind: 'invalid',
      faults: [
        {
          code: 'payload_invalid',
          path: '/data/packages',
          message: 'Line 1: 4 in the packages, 5 in the shipment.',
        },
      ],
    });
  });

  test('what the hub has no use for may be missing or new', () => {
    const { carrier: _carrier, scac: _scac, packages: _packages, ...data } = shipped.data;
    expect(translate({ ...shipped, data: { ...data, pallets: 2 } })).toMatchObject({
      kind: 'events',
      events: [{ shipment: { packages: [] } }],
    });
  });

  test('a time that does not exist is invalid', () => {
    expect(
      translate({ ...picked, data: { ...picked.data, pickedAt: '2026-13-01T10:00:00Z' } }),
    ).toMatchObject({
      kind: 'invalid',
      faults: [{ path: '/data/pickedAt' }],
    });
  });

  test('other documents are ignored with a reason', () => {
    expect(translate({ type: 'wave.planned' })).toEqual({
      kind: 'ignored',
      reason: expect.stringContaining('wave.planned'),
    });
  });

  const types = [
    'release.picked',
    'release.shorted',
    'shipment.shipped',
    'release.closed',
    'inventory.adjusted',
  ];
  property.prop([fc.jsonValue(), fc.constantFrom(...types)])(
    'any JSON is invalid without a throw',
    (payload, type) => {
      expect(translateWarehouseEvent(message(payload as JsonValue, type)).kind).toBe('invalid');
    },
  );

  const sound = [picked, shorted, shipped, closed, adjusted];
  const mutation = fc.oneof(fc.constant(null), fc.string(), fc.double(), fc.constant([]), fc.constant({}));
  property.prop([fc.constantFrom(...sound), fc.nat(), mutation])(
    'an event with one value replaced is translated or invalid, never a throw',
    (event, at, value) => {
      const copy = structuredClone(event);
      const places = placesIn(copy);
      const place = places[at % places.length];
      if (place !== undefined) place.holder[place.name] = value;
      const result = translateWarehouseEvent(message(copy, event.type));
      expect(['events', 'invalid']).toContain(result.kind);
    },
  );
});

interface Place {
  readonly holder: Record<string, unknown>;
  readonly name: string;
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((name) => [{ holder, name }, ...placesIn(holder[name])]);
}
