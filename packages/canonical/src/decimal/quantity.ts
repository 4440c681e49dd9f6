import Type, { type Static } from 'typebox';
import { DecimalSchema } from './decimal.ts';

/** How much of a thing, in a unit. `unit` is a UN/ECE Recommendation 20 code where there is one (`EA` for each). */
export const QuantitySchema = Type.Object(
  { amount: DecimalSchema, unit: Type.String({ minLength: 1, maxLength: 12 }) },
  { additionalProperties: false },
);
export type Quantity = Static<typeof QuantitySchema>;

/** How much money. `currency` is ISO 4217. */
export const MoneySchema = Type.Object(
  { amount: DecimalSchema, currency: Type.String({ pattern: '^[A-Z]{3}$' }) },
  { additionalProperties: false },
);
export type Money = Static<typeof MoneySchema>;
