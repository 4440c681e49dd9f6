import { type ReleaseOrder, ReleaseOrderSchema } from '@trunkline/canonical';
import type { Fault, JsonObject } from '@trunkline/messaging';
import Type from 'typebox';
import { Compile } from 'typebox/compile';

const validator = Compile(Type.Object({ release: ReleaseOrderSchema }));

/** The contract's bound; a description is for people, so that its tail may go. */
const MAX_DESCRIPTION = 250;

export type ReleaseReading = { readonly release: ReleaseOrder } | { readonly faults: readonly Fault[] };

export function readRelease(payload: JsonObject): ReleaseReading {
  if (validator.Check(payload)) return { release: payload.release };
  const faults = validator
    .Errors(payload)
    .map(({ instancePath: path, message }) => ({ code: 'payload_invalid', path, message }));
  return { faults };
}

/**
 * A release in the words of the contract. Pure, and the same for the same release each time: the warehouse tells a repeat from
 * a conflict by its content. `reference` is the order's id and comes back in every event; a ship-by day ends at midnight UTC.
 * The ship-to's phone has no place in the contract.
 */
export function releaseDocument(release: ReleaseOrder): JsonObject {
  const { shipTo } = release;
  return {
    releaseNumber: release.releaseNumber,
    revision: release.revision,
    site: release.site,
    orderNumber: release.orderNumber,
    reference: release.orderId,
    priority: release.priority,
    ...optional('customerPurchaseOrder', release.customerPo),
    ...optional('carrierService', release.shipMethod),
    ...(release.shipBy === undefined ? {} : { shipBy: `${release.shipBy}T23:59:59Z` }),
    shipTo: {
      name: shipTo.name,
      lines: shipTo.lines,
      city: shipTo.city,
      country: shipTo.country,
      ...optional('region', shipTo.region),
      ...optional('postalCode', shipTo.postalCode),
    },
    lines: release.lines.map(({ line, sku, description, quantity, unit }) => ({
      line,
      sku,
      quantity,
      unit,
      ...optional('description', description?.slice(0, MAX_DESCRIPTION).toWellFormed()),
    })),
  };
}

/** The contract has no empty texts; absent says the same. */
function optional(name: string, value: string | undefined): JsonObject {
  return value === undefined || value === '' ? {} : { [name]: value };
}
