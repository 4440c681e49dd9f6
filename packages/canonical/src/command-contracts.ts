import Type, { type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { CustomerSchema } from './customer/customer.ts';
import { type CommandType, ORDER_STATUSES } from './commands.ts';
import { DecimalSchema } from './decimal/decimal.ts';
import type { SchemaFault } from './order/acceptance.ts';
import { SalesOrderSchema } from './order/order.ts';
import { ReleaseOrderSchema } from './release/release-order.ts';

const Word = Type.String({ minLength: 1, maxLength: 200 });
const closed = { additionalProperties: false };
const LineQuantity = Type.Object({ line: Word, sku: Word, quantity: DecimalSchema }, closed);
const Remainder = Type.Union([Type.Literal('backorder'), Type.Literal('cancel')]);
const Shipment = Type.Object(
  {
    shipmentNumber: Word,
    releaseNumber: Word,
    carrier: Type.Optional(Type.String({ maxLength: 200 })),
    scac: Type.Optional(Type.String({ maxLength: 20 })),
    trackingNumber: Type.Optional(Type.String({ maxLength: 200 })),
    shippedAt: Word,
    lines: Type.Array(LineQuantity),
    packages: Type.Array(
      Type.Object(
        {
          sscc: Type.Optional(Type.String({ maxLength: 40 })),
          trackingNumber: Type.Optional(Type.String({ maxLength: 200 })),
          lines: Type.Array(LineQuantity),
        },
        closed,
      ),
    ),
  },
  closed,
);

interface Contract {
  readonly schema: TSchema;
  /**
   * What an edit leaves as it is: by which the command is known at its target, and the units that the order's state counts. `*` is
   * each element of a list, and then the list's length stays too.
   */
  readonly frozen: readonly string[];
}

const LINES = ['line', 'quantity'];

/** Commands that people may edit. One that is not here, such as an invoice's, is refused. */
const CONTRACTS: Readonly<Partial<Record<CommandType, Contract>>> = {
  'customer.upsert': {
    schema: Type.Object({ customer: CustomerSchema, revision: Type.Integer({ minimum: 1 }) }, closed),
    frozen: ['/customer/id', '/revision'],
  },
  'order.place': {
    schema: Type.Object({ order: SalesOrderSchema }, closed),
    frozen: [
      '/order/id',
      '/order/source',
      '/order/customerId',
      ...LINES.map((name) => `/order/lines/*/${name}`),
    ],
  },
  'order.cancel': {
    schema: Type.Object({ orderId: Word, erpId: Word }, closed),
    frozen: ['/orderId', '/erpId'],
  },
  'order.change': {
    schema: Type.Object(
      {
        orderId: Word,
        erpId: Word,
        revision: Type.Integer({ minimum: 1 }),
        lines: Type.Array(
          Type.Object(
            { line: Word, sku: Word, quantity: DecimalSchema, unitPrice: Type.Optional(DecimalSchema) },
            closed,
          ),
        ),
      },
      closed,
    ),
    frozen: ['/orderId', '/erpId', '/revision', ...LINES.map((name) => `/lines/*/${name}`)],
  },
  'return.create': {
    schema: Type.Object(
      { orderId: Word, returnNumber: Word, planId: Word, lines: Type.Array(LineQuantity) },
      closed,
    ),
    frozen: ['/orderId', '/returnNumber', ...LINES.map((name) => `/lines/*/${name}`)],
  },
  'return.receive': {
    schema: Type.Object(
      {
        orderId: Word,
        returnNumber: Word,
        returnPlanId: Word,
        lines: Type.Array(LineQuantity),
        remainder: Remainder,
      },
      closed,
    ),
    frozen: ['/orderId', '/returnNumber', ...LINES.map((name) => `/lines/*/${name}`)],
  },
  'release.create': {
    schema: Type.Object({ release: ReleaseOrderSchema }, closed),
    frozen: [
      '/release/releaseNumber',
      '/release/orderId',
      '/release/site',
      ...LINES.map((name) => `/release/lines/*/${name}`),
    ],
  },
  'shipment.post': {
    schema: Type.Object(
      {
        orderId: Word,
        planId: Word,
        shipment: Shipment,
        remainder: Remainder,
      },
      closed,
    ),
    frozen: ['/orderId', '/shipment/shipmentNumber', ...LINES.map((name) => `/shipment/lines/*/${name}`)],
  },
  'backorder.cancel': { schema: Type.Object({ orderId: Word, planId: Word }, closed), frozen: ['/orderId'] },
  'inventory.adjust': {
    schema: Type.Object(
      {
        adjustmentNumber: Word,
        site: Word,
        warehouse: Type.Optional(Word),
        sku: Word,
        delta: DecimalSchema,
        reason: Type.String({ maxLength: 500 }),
      },
      closed,
    ),
    frozen: ['/adjustmentNumber', '/site', '/sku', '/delta'],
  },
  'order-status.publish': {
    schema: Type.Object(
      {
        orderId: Word,
        source: Type.Object({ system: Word, id: Word }, closed),
        status: Type.Union(ORDER_STATUSES.map((status) => Type.Literal(status))),
        reason: Type.Optional(Type.String({ maxLength: 5000 })),
        orderNumber: Type.Optional(Word),
        trackingNumbers: Type.Array(Type.String()),
        unitsOrdered: DecimalSchema,
        unitsShipped: DecimalSchema,
        unitsBackordered: DecimalSchema,
        unitsCancelled: DecimalSchema,
        updatedAt: Word,
      },
      closed,
    ),
    frozen: ['/orderId', '/source'],
  },
};

const compiled = new Map(Object.entries(CONTRACTS).map(([type, { schema }]) => [type, Compile(schema)]));

/** Where a payload breaks its command's contract; empty when it keeps it. */
function commandFaults(type: string, payload: unknown): readonly SchemaFault[] {
  const validator = compiled.get(type);
  if (validator === undefined)
    return [{ path: '', message: `${type} cannot be edited; discard it, and mend its cause` }];
  if (validator.Check(payload)) return [];
  return validator.Errors(payload).map(({ instancePath, message }) => ({ path: instancePath, message }));
}

/** Where an edit breaks the command's contract, or changes what must stay as it is. */
export function editFaults(type: string, before: unknown, after: unknown): readonly SchemaFault[] {
  const frozen = (CONTRACTS as Readonly<Record<string, Contract | undefined>>)[type]?.frozen ?? [];
  return [
    ...commandFaults(type, after),
    ...frozen.flatMap((path) => changedAt(path.split('/').slice(1), before, after, '')),
  ];
}

function changedAt(
  path: readonly string[],
  before: unknown,
  after: unknown,
  at: string,
): readonly SchemaFault[] {
  const [name, ...rest] = path;
  if (name === undefined) {
    if (JSON.stringify(before) === JSON.stringify(after)) return [];
    const message = `must stay ${JSON.stringify(before)}: it says what this command is about, or how many; change that at its source`;
    return [{ path: at, message }];
  }
  if (name !== '*') return changedAt(rest, memberOf(before, name), memberOf(after, name), `${at}/${name}`);
  const [old, edited] = [listOf(before), listOf(after)];
  if (old.length !== edited.length) return [{ path: at, message: `must keep its ${old.length} elements` }];
  return old.flatMap((element, index) => changedAt(rest, element, edited[index], `${at}/${index}`));
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
