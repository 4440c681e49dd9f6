import Type, { type TSchema } from 'typebox';
import { CustomerSchema } from './customer/customer.ts';
import { type CommandType, ORDER_STATUSES } from './commands.ts';
import { DecimalSchema } from './decimal/decimal.ts';
import { MoneySchema } from './decimal/quantity.ts';
import { SalesOrderSchema } from './order/order.ts';
import { ReleaseOrderSchema } from './release/release-order.ts';

const Word = Type.String({ minLength: 1, maxLength: 200 });
const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });
const closed = { additionalProperties: false };
const LineQuantity = Type.Object(
  {
    line: Word,
    sku: Word,
    quantity: DecimalSchema,
    lots: Type.Optional(Type.Array(Type.Object({ lot: Word, quantity: DecimalSchema }, closed))),
  },
  closed,
);
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

export interface Contract {
  readonly schema: TSchema;
  /**
   * What an edit leaves as it is: by which the command is known at its target, and the units that the order's state counts. `*` is
   * each element of a list, and then the list's length stays too.
   */
  readonly frozen: readonly string[];
}

const LINES = ['line', 'quantity'];

/** Every command's: a command without one does not compile. */
export const COMMAND_CONTRACTS: Readonly<Record<CommandType, Contract>> = {
  'customer.upsert': {
    schema: Type.Object({ customer: CustomerSchema, revision: Type.Integer({ minimum: 1 }) }, closed),
    frozen: ['/customer/id', '/revision'],
  },
  'order.place': {
    schema: Type.Object({ order: SalesOrderSchema, warehouse: Type.Optional(Word) }, closed),
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
  'invoicing.assess': {
    schema: Type.Object({ orderId: Word, erpId: Word }, closed),
    frozen: ['/orderId', '/erpId'],
  },
  'invoice.issue': {
    schema: Type.Object({ orderId: Word, erpId: Word }, closed),
    frozen: ['/orderId', '/erpId'],
  },
  'credit-note.issue': {
    schema: Type.Object(
      { orderId: Word, reference: Word, invoiceId: Word, lines: Type.Optional(Type.Array(LineQuantity)) },
      closed,
    ),
    frozen: ['/orderId', '/reference', '/invoiceId', ...LINES.map((name) => `/lines/*/${name}`)],
  },
  'payment.register': {
    schema: Type.Object(
      { orderId: Word, reference: Word, invoiceId: Word, amount: MoneySchema, paidOn: Day },
      closed,
    ),
    // Another amount is another payment: the provider says how much came in.
    frozen: ['/orderId', '/reference', '/amount'],
  },
  'credit.assess': {
    schema: Type.Object({ customerId: Word, erpId: Word }, closed),
    frozen: ['/customerId'],
  },
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
