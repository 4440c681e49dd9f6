import type { Delivery, Outcome } from '@trunkline/messaging';

/** Delivers commands of one type together: one outcome per delivery, in order. */
export type Worker = (deliveries: readonly Delivery[], signal: AbortSignal) => Promise<readonly Outcome[]>;

/** The flows wrote it in this shape: the command's type says which. */
export function payload<T>(delivery: Delivery | undefined): T {
  return delivery?.payload as unknown as T;
}
