import type { Touches } from '../client/keyed-limit.ts';

/*
 * Which calls may not go side by side: tried on 19.0 and 18.0 with two workers, two calls of 10 and of 30 records at once, three or four
 * times each (milliseconds together, and one after the other):
 *
 *  - confirm beside confirm, one set of products: each time "could not serialize", 5,000 for 2,200. Products apart: never, 1,380 for
 *    2,590 with 30 orders each, also for the same customers.
 *  - confirm beside validate, one set of products: each time, 3,200 for 1,870. Products apart: never.
 *  - validate beside validate, one set of products: on 19.0 each time where a category is FIFO, sometimes where it is valued automatically or
 *    not at all; on 18.0 each time, whatever the valuation. Products apart: never, valued automatically or not. So the product decides, not its valuation.
 *  - applying counts beside each other, products apart: each time, because each stamps its location with the day of the count. Entering
 *    counts beside applying others or entering others, products apart, with and without stock there before: never, of 60 tries.
 *  - payments beside each other on two invoices: in two of three. Posting beside posting, payments, confirmations or validations: never.
 *
 * A loser sleeps up to two seconds in its worker before it tries again, which is half of a server of two workers.
 */

const product = (id: number): string => `product ${id}`;

/** What reserves or moves stock of these products, whatever the document. Null: one that is not known. */
export function stockOf(productIds: Iterable<number | null | undefined>): Touches {
  const keys = new Set<string>();
  for (const id of productIds) {
    if (id === null || id === undefined) return 'everything';
    keys.add(product(id));
  }
  return [...keys];
}

/** Counts of these products at these places. */
export function countsAt(
  places: readonly { readonly productId: number; readonly locationId: number }[],
): Touches {
  const keys = places.flatMap((place) => [product(place.productId), `counts at ${place.locationId}`]);
  return [...new Set(keys)];
}

/** Drafts become numbered documents, in the order of their journal. */
export const POSTING: Touches = ['posting'];
export const PAYING: Touches = ['paying'];
