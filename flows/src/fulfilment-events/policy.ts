import {
  applyPlan,
  applyPlanCancelled,
  applyPosted,
  applyReleaseEvent,
  type BackorderCancelled,
  duePosting,
  type FulfilmentPlanned,
  isComplete,
  markPosting,
  type OrderRecord,
  type OverLine,
  type ReleaseAcknowledged,
  type ReleaseEvent,
  type ReleaseRecord,
  type Shipment,
  type ShipmentPosted,
} from '@trunkline/canonical';
import type { Fault, FlowContext, Identifier } from '@trunkline/messaging';
import { command } from '../command.ts';
import type { Step } from '../decision.ts';
import { exceptionReport, withOpened, withResolved } from '../exception-report.ts';

export const FLOW = 'fulfilment-events';

export type FulfilmentEvent =
  | FulfilmentPlanned
  | ReleaseAcknowledged
  | ReleaseEvent
  | ShipmentPosted
  | BackorderCancelled;

/** A step, or why the event changes nothing. */
export type Taken = Step | { readonly ignored: string };

/** Takes one fact in, from a warehouse or the ERP. */
export function takeIn(record: OrderRecord, event: FulfilmentEvent, context: FlowContext): Taken {
  switch (event.type) {
    case 'fulfilment.planned':
      return planned(record, event, context);
    case 'shipment.posted': {
      const posted = applyPosted(record, event);
      return posted === undefined
        ? { ignored: 'no such shipment is on its way to the ERP' }
        : { record: posted };
    }
    case 'backorder.cancelled': {
      const cancelled = applyPlanCancelled(record, event.planId);
      return cancelled === undefined ? { ignored: 'the plan has ended' } : { record: cancelled };
    }
    default:
      return fromWarehouse(record, event, context);
  }
}

function planned(record: OrderRecord, event: FulfilmentPlanned, { system }: FlowContext): Taken {
  const applied = applyPlan(record, event);
  if (applied.kind === 'ignored') return { ignored: applied.reason };
  const number = { kind: 'order_number', value: event.orderNumber, system };
  const identifiers: Identifier[] = [
    ...(record.orderNumber === undefined ? [number] : []),
    { kind: 'plan', value: event.planNumber, system },
  ];
  if (!applied.doneElsewhere) return { record: applied.record, identifiers };
  const summary = `${event.planNumber} of order ${event.orderNumber} was completed in the ERP without a shipment of ours.`;
  return {
    record: withOpened(applied.record, 'plan_done_elsewhere'),
    exceptions: [exceptionReport(FLOW, 'plan_done_elsewhere', summary)],
    identifiers,
  };
}

function fromWarehouse(
  record: OrderRecord,
  event: ReleaseAcknowledged | ReleaseEvent,
  context: FlowContext,
): Taken {
  const release = record.releases.find((one) => one.number === event.releaseNumber);
  if (release === undefined) return stray(record, event, context);
  if (event.type === 'release.acknowledged') {
    if (release.acknowledged === true) return { ignored: 'the release was acknowledged before' };
    return { record: withRelease(record, { ...release, acknowledged: true }) };
  }
  const applied = applyReleaseEvent(release, event);
  switch (applied.kind) {
    case 'ignored':
      return { ignored: applied.reason };
    case 'over':
      return tooMuch(record, release, event, applied.lines);
    case 'applied': {
      const identifiers =
        event.type === 'shipment.shipped' ? shipmentWords(event.shipment, context.system) : [];
      return conserved(withRelease(record, applied.release), applied.release, identifiers);
    }
  }
}

/** A complete release has accounted for every unit, so a report of too many was corrected. */
function conserved(record: OrderRecord, release: ReleaseRecord, identifiers: readonly Identifier[]): Step {
  const settled = isComplete(release) ? withResolved(record, 'unit_conservation') : record;
  return { record: settled, identifiers, resolves: settled === record ? [] : ['unit_conservation'] };
}

function withRelease(record: OrderRecord, release: ReleaseRecord): OrderRecord {
  const releases = record.releases.map((one) => (one.number === release.number ? release : one));
  return { ...record, releases };
}

function tooMuch(
  record: OrderRecord,
  release: ReleaseRecord,
  event: ReleaseEvent,
  lines: readonly OverLine[],
): Step {
  const faults = lines.map(({ line, released, reported }) => ({
    code: 'unit_conservation',
    path: `lines/${line}`,
    message: `Line ${line}: ${reported} reported by ${event.type} ${event.sequence}, ${released} asked for.`,
  }));
  const summary = `${release.site} reported other units of release ${release.number} than it was asked to move.`;
  return {
    record: withOpened(record, 'unit_conservation'),
    exceptions: [exceptionReport(FLOW, 'unit_conservation', summary, faults)],
  };
}

/** Bounds the record; the exception's fault list loses the oldest, the journal keeps the messages. */
const STRAYS = 50;

/** What a warehouse says of a release that we never made, kept word for word so that people can book it. */
export function strayFault(event: ReleaseAcknowledged | ReleaseEvent): Fault {
  return { code: 'unknown_release', path: event.releaseNumber, message: JSON.stringify(event) };
}

function stray(record: OrderRecord, event: ReleaseAcknowledged | ReleaseEvent, context: FlowContext): Taken {
  const fault = strayFault(event);
  if (record.strays.some(({ message }) => message === fault.message)) {
    return { ignored: 'the event of an unknown release is kept already' };
  }
  const strays = [...record.strays, fault].slice(-STRAYS);
  return {
    record: withOpened({ ...record, strays }, 'unknown_release'),
    exceptions: [unknownRelease(event.releaseNumber, context, strays)],
  };
}

export function unknownRelease(releaseNumber: string, { system }: FlowContext, faults: readonly Fault[]) {
  const summary = `${system} reported on release ${releaseNumber}, which was never made for this order.`;
  return exceptionReport(FLOW, 'unknown_release', summary, faults);
}

function shipmentWords(shipment: Shipment, system: string): readonly Identifier[] {
  return [
    { kind: 'shipment', value: shipment.shipmentNumber, system },
    ...trackingNumbers(shipment).map((value) => ({ kind: 'tracking', value, system })),
    ...shipment.packages.flatMap(({ sscc }) =>
      sscc === undefined ? [] : [{ kind: 'sscc', value: sscc, system }],
    ),
  ];
}

/** The shipment's own and its packages', each once. */
export function trackingNumbers({ trackingNumber, packages }: Shipment): readonly string[] {
  const all = [trackingNumber, ...packages.map((one) => one.trackingNumber)];
  return [...new Set(all.filter((one) => one !== undefined))];
}

/** Sends the ERP each release's next shipment, when one is due. */
export function postDue(record: OrderRecord): Step {
  let step: Step = { record, commands: [] };
  for (const release of record.releases) {
    const due = duePosting(step.record, release);
    if (due?.kind === 'post') step = posting(step, release, due);
    else if (due?.kind === 'no_plan') step = withoutPlan(step, release);
  }
  return step;
}

function posting(
  { record, ...step }: Step,
  release: ReleaseRecord,
  due: Extract<ReturnType<typeof duePosting>, { kind: 'post' }>,
): Step {
  const { planId, remainder } = due;
  const payload = { orderId: record.id, planId, shipment: due.shipment.shipment, remainder };
  const post = command({ role: 'erp', flow: FLOW, type: 'shipment.post', payload, reply: 'shipment.posted' });
  const marked = markPosting(record, release, due);
  const settled = withResolved(marked, 'shipment_without_plan');
  return {
    ...step,
    record: settled,
    commands: [...(step.commands ?? []), post],
    resolves: [...(step.resolves ?? []), ...(settled === marked ? [] : ['shipment_without_plan'])],
  };
}

function withoutPlan({ record, ...step }: Step, release: ReleaseRecord): Step {
  if (record.openExceptions.includes('shipment_without_plan')) return { record, ...step };
  const summary = `The ERP kept no remainder for what else shipped of release ${release.number}.`;
  return {
    ...step,
    record: withOpened(record, 'shipment_without_plan'),
    exceptions: [...(step.exceptions ?? []), exceptionReport(FLOW, 'shipment_without_plan', summary)],
  };
}
