import type { DecimalString } from '../decimal/decimal.ts';

export interface LineQuantity {
  readonly line: string;
  readonly sku: string;
  readonly quantity: DecimalString;
  /** Of a tracked item: which lots or serials, adding up to the quantity; a serial is a lot of one. */
  readonly lots?: readonly LotQuantity[];
}

export interface LotQuantity {
  readonly lot: string;
  readonly quantity: DecimalString;
}

export interface ShippedPackage {
  /** Serial Shipping Container Code, 18 digits with its GS1 check digit. */
  readonly sscc?: string;
  readonly trackingNumber?: string;
  readonly lines: readonly LineQuantity[];
}

/** What a warehouse handed to a carrier. */
export interface Shipment {
  readonly shipmentNumber: string;
  readonly releaseNumber: string;
  readonly carrier?: string;
  /** Standard Carrier Alpha Code. */
  readonly scac?: string;
  readonly trackingNumber?: string;
  /** RFC 3339 UTC. */
  readonly shippedAt: string;
  readonly lines: readonly LineQuantity[];
  readonly packages: readonly ShippedPackage[];
}
