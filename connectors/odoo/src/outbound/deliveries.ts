import { classifyOdooError } from '../error-classification.ts';
import type { Odoo } from '../external-ids.ts';
import type { Failure } from '../outcome.ts';
import { readPickingStates } from '../picking-reader.ts';
import { STEPS_AFTER_FIRST } from './delivery-ends.ts';
import { deliveryTypes } from './delivery-types.ts';
import { readFollowing } from './following-steps.ts';
import type { ShipmentToPost } from './shipment-plan.ts';
import { type PostedShipment, type PostOutcome, postShipments } from './shipments.ts';

/** A delivery under way: where it stands, and by which transfer it goes on. */
interface Course {
  readonly shipment: ShipmentToPost;
  readonly first: PostedShipment;
  at: readonly number[];
  last: number;
  adopted: boolean;
  failure?: Failure;
}

/**
 * Posts shipments and, in warehouses of two and three steps, takes them on to the customer: the transfer of the first step is done
 * with what shipped, then that of the next, each with what the one before brought. On 18 and 19 the next one is there only once the
 * one before is done; on 16 and 17 all are there and wait. The rest of the plan is the first step's backorder. A step that
 * fails leaves what is done; the same call again goes on from there.
 *
 * @returns one outcome per shipment, in order, named by the transfer that left
 */
export async function postDeliveries(
  odoo: Odoo,
  shipments: readonly ShipmentToPost[],
  signal?: AbortSignal,
): Promise<readonly PostOutcome[]> {
  const outcomes = await postShipments(odoo, shipments, signal);
  const courses = new Map<number, Course>();
  try {
    const types = outcomes.flatMap((one) => (one.kind === 'succeeded' ? [one.pickingTypeId] : []));
    if (types.length === 0) return outcomes;
    const { pick } = await deliveryTypes(odoo, types, signal);
    shipments.forEach((shipment, index) => {
      const first = outcomes[index];
      if (first?.kind !== 'succeeded' || !pick.has(first.pickingTypeId ?? 0)) return;
      const { pickingId } = shipment;
      courses.set(index, { shipment, first, at: [pickingId], last: pickingId, adopted: first.adopted });
    });
    await takeOn(odoo, [...courses.values()], signal);
    const lastIds = [...courses.values()].map(({ last }) => last);
    const states = await readPickingStates(odoo, lastIds, signal);
    return outcomes.map((outcome, index) => {
      const course = courses.get(index);
      if (course === undefined) return outcome;
      if (course.failure !== undefined) return course.failure;
      const { name, doneAt } = states.get(course.last) ?? course.first;
      return { ...course.first, kind: 'succeeded', name, doneAt, adopted: course.adopted };
    });
  } catch (error) {
    const failure = classifyOdooError(error);
    return outcomes.map((outcome) => (outcome.kind === 'succeeded' ? failure : outcome));
  }
}

async function takeOn(odoo: Odoo, courses: readonly Course[], signal?: AbortSignal): Promise<void> {
  for (let step = 0; step < STEPS_AFTER_FIRST; step += 1) {
    const going = courses.filter(({ at, failure }) => at.length > 0 && failure === undefined);
    if (going.length === 0) return;
    const following = await readFollowing(
      odoo,
      going.map(({ at }) => at),
      signal,
    );
    const posts: { readonly course: Course; readonly shipment: ShipmentToPost }[] = [];
    going.forEach((course, index) => {
      const next = following[index];
      const { trackingNumber, remainder } = course.shipment;
      const more = { remainder, ...(trackingNumber === undefined ? {} : { trackingNumber }) };
      for (const [pickingId, lines] of next?.open ?? [])
        posts.push({ course, shipment: { pickingId, lines, ...more } });
      course.at = next?.done ?? [];
    });
    const outcomes = await postShipments(
      odoo,
      posts.map(({ shipment }) => shipment),
      signal,
    );
    posts.forEach(({ course, shipment }, index) => {
      const outcome = outcomes[index];
      if (outcome === undefined) return;
      if (outcome.kind !== 'succeeded') course.failure = outcome;
      course.adopted = false;
      course.at = [...course.at, shipment.pickingId];
    });
    for (const course of going) course.last = course.at.at(-1) ?? course.last;
  }
}
