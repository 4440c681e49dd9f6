import type { OrderStatusPublish } from '../commands.ts';
import type { DecimalString } from '../decimal/decimal.ts';
import type { PlanRecord } from '../fulfilment/plan.ts';
import type { ReleaseRecord } from '../fulfilment/release.ts';
import type { OrderDraft } from './order-draft.ts';
import type { SalesOrder } from './order.ts';
import type { OrderStage } from './stage.ts';

/** One thing wrong with an order, at a place that its source can find. `code` is from the error registry. */
export interface OrderFault {
  readonly code: string;
  readonly path: string;
  readonly message: string;
  /** A word that a mapping would make something of. */
  readonly missing?: { readonly kind: string; readonly value: string; readonly system?: string };
}

/** The public status of an order without the time at which it became so. */
export type OrderStatusView = Omit<OrderStatusPublish, 'updatedAt'>;

/**
 * What the hub keeps per order key (`so_...`); plain JSON. Quantities per line are not in it: `lineQuantities` derives them from
 * the order, its plans and its releases, so that they cannot disagree with what happened.
 */
export interface OrderRecord {
  readonly id: string;
  readonly stage: OrderStage;
  readonly source: OrderDraft['source'];
  /** Of what was last judged; see `orderDigests`. */
  readonly digests: OrderDigests;
  /** Sum of the positive quantities of the last judged draft: what the status says of an order that was never accepted. */
  readonly unitsOrdered: DecimalString;
  /** Why the order stands in `exception`. */
  readonly faults: readonly OrderFault[];
  /** Set at acceptance, frozen from then on. */
  readonly order?: SalesOrder;
  /** `order.place` was sent. */
  readonly placing?: true;
  /** The ERP's own id and number, from its reply. */
  readonly erp?: { readonly id: string; readonly number: string };
  /** The ERP's number, from its reply or from a plan that overtook it. */
  readonly orderNumber?: string;
  readonly plans: readonly PlanRecord[];
  readonly releases: readonly ReleaseRecord[];
  /** Units per line that a warehouse could not find and that the ERP took off its reservation since: found or written off. */
  readonly recounted: Readonly<Record<string, DecimalString>>;
  /** Events of releases that we never made, as faults. */
  readonly strays: readonly OrderFault[];
  /** Digest of what differs in the ERP from what was ordered, while something does. */
  readonly differsInErp?: string;
  /** Its records that stand in the ERP no more, as far as is known: `plan:12`. */
  readonly goneInErp?: readonly string[];
  /** Codes of exceptions that the order's flows opened and not yet resolved. */
  readonly openExceptions: readonly string[];
  /** What the CRM was last told. */
  readonly published?: OrderStatusView;
}

export interface OrderDigests {
  /** Of the order apart from its customer's own data. */
  readonly content: string;
  readonly customer: string;
}
