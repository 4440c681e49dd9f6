import type { TSchema } from 'typebox';
import { SalesOrderSchema } from './order/order.ts';
import { ReleaseOrderSchema } from './release/release-order.ts';

/** The published data contracts: JSON Schema 2020-12, a version per `$id`. */
export const PUBLISHED_SCHEMAS: Readonly<Record<'sales-order/1' | 'release-order/1', TSchema>> = {
  'sales-order/1': SalesOrderSchema,
  'release-order/1': ReleaseOrderSchema,
};
