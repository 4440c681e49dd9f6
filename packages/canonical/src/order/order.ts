import Type, { type Static } from 'typebox';
import { AddressSchema } from '../address/address.ts';
import { DecimalSchema } from '../decimal/decimal.ts';

const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength });

export const OrderLineSchema = Type.Object(
  {
    line: Text(20),
    sku: Text(80),
    description: Type.Optional(Type.String({ maxLength: 500 })),
    quantity: DecimalSchema,
    unit: Text(12),
    unitPrice: DecimalSchema,
  },
  { additionalProperties: false },
);
export type OrderLine = Static<typeof OrderLineSchema>;

/** An accepted sales order: the data contract of what goes to the ERP. Version 1. */
export const SalesOrderSchema = Type.Object(
  {
    id: Type.String({ pattern: '^so_[A-Za-z0-9_]+$', maxLength: 80 }),
    source: Type.Object({ system: Text(60), id: Text(120) }, { additionalProperties: false }),
    customerId: Type.String({ pattern: '^cu_[A-Za-z0-9_]+$', maxLength: 80 }),
    customerPo: Type.Optional(Text(120)),
    channel: Type.Optional(Text(60)),
    currency: Type.String({ pattern: '^[A-Z]{3}$' }),
    requestedShipDate: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' })),
    backorderPolicy: Type.Union([Type.Literal('backorder'), Type.Literal('cancel')]),
    shipTo: AddressSchema,
    shipMethod: Type.Optional(Text(120)),
    lines: Type.Array(OrderLineSchema, { minItems: 1, maxItems: 2000 }),
  },
  { $id: 'https://trunkline.dev/schemas/sales-order/1', additionalProperties: false },
);
export type SalesOrder = Static<typeof SalesOrderSchema>;
