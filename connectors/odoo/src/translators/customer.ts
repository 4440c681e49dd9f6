import { createHash } from 'node:crypto';
import type { Address, Customer } from '@trunkline/canonical';
import type { PartnerToUpsert } from '../outbound/partners.ts';

/** A customer as Odoo's partner. Its canonical id is its external id. */
export function partnerOf(customer: Customer): PartnerToUpsert {
  return {
    externalId: customer.id,
    name: customer.name,
    isCompany: true,
    ...(customer.accountNumber === undefined ? {} : { reference: customer.accountNumber }),
    ...(customer.email === undefined ? {} : { email: customer.email }),
    ...(customer.phone === undefined ? {} : { phone: customer.phone }),
    ...(customer.paymentTerms === undefined ? {} : { paymentTerms: customer.paymentTerms }),
    ...(customer.billTo === undefined ? {} : placeOf(customer.billTo)),
  };
}

/**
 * A ship-to address as a delivery address below its customer. Its external id is its content, so that orders to one place share
 * one record and an order's address never changes under it.
 */
export function shipToOf(customerId: string, address: Address): PartnerToUpsert {
  const content = createHash('sha1').update(JSON.stringify(address)).digest('hex').slice(0, 16);
  return {
    externalId: `${customerId}_a${content}`,
    name: address.name,
    parentExternalId: customerId,
    addressType: 'delivery',
    ...(address.phone === undefined ? {} : { phone: address.phone }),
    ...placeOf(address),
  };
}

function placeOf(address: Address): Partial<PartnerToUpsert> {
  const [street, ...rest] = address.lines;
  return {
    ...(street === undefined ? {} : { street }),
    ...(rest.length === 0 ? {} : { street2: rest.join(', ') }),
    city: address.city,
    country: address.country,
    ...(address.postalCode === undefined ? {} : { postalCode: address.postalCode }),
    ...(address.region === undefined ? {} : { region: address.region }),
  };
}
