import Type, { type Static } from 'typebox';
import { AddressSchema } from '../address/address.ts';

/** A business partner who buys. `id` is canonical (`cu_...`); bindings tie it to each system's own ids. */
export const CustomerSchema = Type.Object(
  {
    id: Type.String({ pattern: '^cu_[A-Za-z0-9_]+$', maxLength: 80 }),
    name: Type.String({ minLength: 1, maxLength: 200 }),
    accountNumber: Type.Optional(Type.String({ maxLength: 60 })),
    email: Type.Optional(Type.String({ maxLength: 200 })),
    phone: Type.Optional(Type.String({ maxLength: 60 })),
    /** As the ERP calls them. */
    paymentTerms: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    billTo: Type.Optional(AddressSchema),
  },
  { additionalProperties: false },
);
export type Customer = Static<typeof CustomerSchema>;

/** What the hub keeps per customer key: whether the ERP has it, with which content, and which orders wait for that. */
export interface CustomerRecord {
  /** The content that the ERP is known to have; before that, the first that was needed. */
  readonly customer: Customer;
  readonly stage: 'pending_validation' | 'active';
  /** Set once the ERP has answered. */
  readonly erpId?: string;
  /** The newest content that was sent and is not known to be in the ERP; an equal need waits for it instead of sending again. */
  readonly syncing?: Customer;
  /** Of the content that was sent last; rises with each. */
  readonly revision: number;
  readonly waiting: readonly string[];
}
