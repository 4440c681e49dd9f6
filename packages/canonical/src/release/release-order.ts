import Type, { type Static } from 'typebox';
import { AddressSchema } from '../address/address.ts';
import { DecimalSchema } from '../decimal/decimal.ts';

export const ReleaseLineSchema = Type.Object(
  {
    line: Type.String({ minLength: 1, maxLength: 20 }),
    sku: Type.String({ minLength: 1, maxLength: 80 }),
    description: Type.Optional(Type.String({ maxLength: 500 })),
    quantity: DecimalSchema,
    unit: Type.String({ minLength: 1, maxLength: 12 }),
  },
  { additionalProperties: false },
);
export type ReleaseLine = Static<typeof ReleaseLineSchema>;

/** What a warehouse is asked to ship, frozen: later changes are requests to the warehouse. Version 1. */
export const ReleaseOrderSchema = Type.Object(
  {
    releaseNumber: Type.String({ minLength: 1, maxLength: 80 }),
    revision: Type.Integer({ minimum: 1 }),
    site: Type.String({ minLength: 1, maxLength: 20 }),
    orderId: Type.String(),
    orderNumber: Type.String({ minLength: 1, maxLength: 80 }),
    customerPo: Type.Optional(Type.String({ maxLength: 120 })),
    priority: Type.Integer({ minimum: 1, maximum: 9 }),
    shipBy: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' })),
    shipTo: AddressSchema,
    /** In the words of the order's source. */
    shipMethod: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
    lines: Type.Array(ReleaseLineSchema, { minItems: 1 }),
  },
  { $id: 'https://trunkline.dev/schemas/release-order/1', additionalProperties: false },
);
export type ReleaseOrder = Static<typeof ReleaseOrderSchema>;
