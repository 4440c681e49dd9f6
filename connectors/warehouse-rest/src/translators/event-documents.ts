import { compare, sum } from '@trunkline/canonical';
import type { Fault } from '@trunkline/messaging';
import Type, { type Static, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { asRecord } from '../problem.ts';

/**
 * The events of docs/spec/warehouse-rest.openapi.json, read tolerantly: what the hub has no use for may be missing or new, and
 * words of a closed list may be new; what it acts on must be there and be right.
 */
const Name = (maxLength: number) => Type.String({ minLength: 1, maxLength });
const Quantity = Type.String({ pattern: '^(?=.*[1-9])(0|[1-9][0-9]{0,11})(\\.[0-9]{1,6})?$' });
const SignedQuantity = Type.String({
  pattern: '^-?(?=.*[1-9])(0|[1-9][0-9]{0,11})(\\.[0-9]{1,6})?$',
});
/** RFC 3339; that the day exists is checked when it is read. */
const Time = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?(Z|[+-]\\d{2}:\\d{2})$',
});

const lineFields = { line: Name(40), sku: Name(64), quantity: Quantity };
const Lines = Type.Array(Type.Object(lineFields), { minItems: 1, maxItems: 5000 });

const release = {
  releaseNumber: Name(64),
  /** The hub's own order id, as every release carries it; anything else belongs to another depositor's system. */
  reference: Type.String({ pattern: '^so_[A-Za-z0-9_]+$', maxLength: 80 }),
  sequence: Type.Integer({ minimum: 1 }),
};

const Package = Type.Object({
  sscc: Type.Optional(Type.String({ pattern: '^[0-9]{18}$' })),
  trackingNumber: Type.Optional(Name(60)),
  lines: Lines,
});

const Picked = Type.Object({
  ...release,
  lines: Lines,
  picker: Type.Optional(Name(40)),
  pickedAt: Time,
});
const Shorted = Type.Object({
  ...release,
  lines: Type.Array(Type.Object({ ...lineFields, reason: Name(60) }), { minItems: 1, maxItems: 5000 }),
});
const Shipped = Type.Object({
  ...release,
  shipmentNumber: Name(64),
  final: Type.Boolean(),
  carrier: Type.Optional(Name(60)),
  scac: Type.Optional(Type.String({ pattern: '^[A-Z]{2,4}$' })),
  trackingNumber: Type.Optional(Name(60)),
  shippedAt: Time,
  packages: Type.Optional(Type.Array(Package, { maxItems: 5000 })),
  lines: Lines,
});
const Closed = Type.Object({ ...release, reason: Name(60) });
const Adjusted = Type.Object({
  site: Type.String({ pattern: '^[A-Z0-9][A-Z0-9_-]{0,15}$' }),
  adjustmentNumber: Name(64),
  sku: Name(64),
  delta: SignedQuantity,
  reason: Name(60),
});

const eventOf = <T extends string, D extends TSchema>(type: T, data: D) =>
  Type.Object({ type: Type.Literal(type), timestamp: Time, data });

const schemas = {
  'release.picked': eventOf('release.picked', Picked),
  'release.shorted': eventOf('release.shorted', Shorted),
  'shipment.shipped': eventOf('shipment.shipped', Shipped),
  'release.closed': eventOf('release.closed', Closed),
  'inventory.adjusted': eventOf('inventory.adjusted', Adjusted),
};
type Schemas = typeof schemas;
export type EventDocumentType = keyof Schemas;
/** Every type of document that a warehouse sends. */
export const WAREHOUSE_DOCUMENTS: readonly string[] = Object.keys(schemas);
export type EventDocument = { [T in EventDocumentType]: Static<Schemas[T]> }[EventDocumentType];
export type ShippedDocument = Static<Schemas['shipment.shipped']>['data'];

const validators = {
  'release.picked': Compile(schemas['release.picked']),
  'release.shorted': Compile(schemas['release.shorted']),
  'shipment.shipped': Compile(schemas['shipment.shipped']),
  'release.closed': Compile(schemas['release.closed']),
  'inventory.adjusted': Compile(schemas['inventory.adjusted']),
};

/** A hostile document could have a fault per element; people read the first few. */
const MAX_FAULTS = 50;

export type EventReading = { readonly event: EventDocument } | { readonly faults: readonly Fault[] };

export function isEventType(type: unknown): type is EventDocumentType {
  return typeof type === 'string' && Object.hasOwn(validators, type);
}

export function readEvent(value: unknown): EventReading {
  const { type } = asRecord(value);
  if (!isEventType(type)) {
    const known = WAREHOUSE_DOCUMENTS.join(', ');
    const message = `${JSON.stringify(type)?.slice(0, 80) ?? 'No type'} is not an event of the contract: ${known}.`;
    return { faults: [fault('/type', message)] };
  }
  const validator = validators[type];
  if (!validator.Check(value)) {
    const errors = validator.Errors(value).slice(0, MAX_FAULTS);
    return { faults: errors.map((error) => fault(error.instancePath, error.message)) };
  }
  const faults = [...timeFaults(value), ...(value.type === 'shipment.shipped' ? sumFaults(value.data) : [])];
  return faults.length > 0 ? { faults } : { event: value };
}

function timeFaults(event: EventDocument): Fault[] {
  const times: [string, string][] = [['/timestamp', event.timestamp]];
  if (event.type === 'release.picked') times.push(['/data/pickedAt', event.data.pickedAt]);
  if (event.type === 'shipment.shipped') times.push(['/data/shippedAt', event.data.shippedAt]);
  return times
    .filter(([, time]) => Number.isNaN(Date.parse(time)))
    .map(([path, time]) => fault(path, `${time} is not a time that exists.`));
}

/**
 * By contract a shipment's lines are the sum of its packages. Where they differ nobody can say what left, and units would be
 * booked that were not shipped, or the reverse; the warehouse must say it again.
 */
function sumFaults(shipment: ShippedDocument): Fault[] {
  if (shipment.packages === undefined || shipment.packages.length === 0) return [];
  const packed = totals(shipment.packages.flatMap((one) => one.lines));
  const shipped = totals(shipment.lines);
  const names = new Set([...packed.keys(), ...shipped.keys()]);
  return [...names].flatMap((name) => {
    const [inPackages, inLines] = [packed.get(name) ?? '0', shipped.get(name) ?? '0'];
    if (compare(inPackages, inLines) === 0) return [];
    return [
      fault('/data/packages', `Line ${name}: ${inPackages} in the packages, ${inLines} in the shipment.`),
    ];
  });
}

function totals(lines: readonly { line: string; quantity: string }[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { line, quantity } of lines) found.set(line, sum([found.get(line) ?? '0', quantity]));
  return found;
}

function fault(path: string, message: string): Fault {
  return { code: 'payload_invalid', path, message };
}
