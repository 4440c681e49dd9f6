import {
  add,
  compare,
  type DecimalString,
  isPositive,
  isZero,
  minimum,
  subtract,
  sum,
} from '@trunkline/canonical';
import { faultsOf } from './expectation.ts';
import type { CrmOrder, CrmStatus, ErpOrder, Snapshots, WarehouseRelease } from './snapshot.ts';

export type OrderEnd = 'rejected' | 'shipped' | 'partially shipped' | 'backordered' | 'cancelled' | 'open';

export interface Problem {
  readonly kind: 'lost' | 'duplicated' | 'open' | 'wrong';
  /** For people: which order, or which document of which system. */
  readonly subject: string;
  readonly message: string;
}

export interface Units {
  readonly ordered: DecimalString;
  readonly shipped: DecimalString;
  readonly backordered: DecimalString;
  readonly cancelled: DecimalString;
  /** Neither shipped nor given up nor known to be missing: somebody owes a move. */
  readonly open: DecimalString;
}

export interface Account {
  readonly orders: number;
  readonly accepted: number;
  readonly ends: Readonly<Record<OrderEnd, number>>;
  /** Of accepted orders, as the ERP holds them. */
  readonly units: Units;
  readonly lost: number;
  readonly duplicated: number;
  readonly problems: readonly Problem[];
  /** Rejected orders by the demo's own reading of why; an order with several faults counts under each. */
  readonly rejections: ReadonlyMap<string, number>;
}

const NONE: Units = { ordered: '0', shipped: '0', backordered: '0', cancelled: '0', open: '0' };

/**
 * Counts the whole thread from the three systems' own books.
 *
 * lost: won opportunities with neither an ERP order nor a refusal; what a warehouse shipped and the ERP doesn't hold; orders whose CRM
 * status differs from the ERP's books. duplicated: ERP orders and CRM status records beyond the one; units in the ERP beyond what the
 * warehouse shipped; units released or shipped beyond what was ordered; ERP orders and releases that no opportunity explains.
 */
export function account(snapshots: Snapshots): Account {
  const erp = byOrder(snapshots.erp);
  const warehouse = byOrder(snapshots.warehouse);
  const known = new Set(snapshots.crm.map(({ order }) => order));
  const results = snapshots.crm.map((crm) =>
    accountOrder(crm, erp.get(crm.order) ?? [], warehouse.get(crm.order) ?? []),
  );
  const problems = [...results.flatMap((result) => result.problems), ...unexplained(snapshots, known)];
  const ends: Record<OrderEnd, number> = {
    rejected: 0,
    shipped: 0,
    'partially shipped': 0,
    backordered: 0,
    cancelled: 0,
    open: 0,
  };
  const rejections = new Map<string, number>();
  let accepted = 0;
  for (const { end, hasErpOrder, faults } of results) {
    ends[end] += 1;
    if (hasErpOrder) accepted += 1;
    if (end === 'rejected')
      for (const fault of faults) rejections.set(fault, (rejections.get(fault) ?? 0) + 1);
  }
  return {
    orders: results.length,
    accepted,
    ends,
    units: totals(results.map(({ units }) => units)),
    lost: problems.filter(({ kind }) => kind === 'lost').length,
    duplicated: problems.filter(({ kind }) => kind === 'duplicated').length,
    problems,
    rejections,
  };
}

interface OrderAccount {
  readonly end: OrderEnd;
  readonly hasErpOrder: boolean;
  readonly units: Units;
  readonly faults: readonly string[];
  readonly problems: readonly Problem[];
}

function accountOrder(
  crm: CrmOrder,
  erp: readonly ErpOrder[],
  releases: readonly WarehouseRelease[],
): OrderAccount {
  const problems: Problem[] = [];
  const report = (kind: Problem['kind'], message: string) =>
    problems.push({ kind, subject: crm.title, message });
  const expected = faultsOf(crm);
  const status = crm.status;
  if (crm.statusRecords > 1) report('duplicated', `the CRM holds ${crm.statusRecords} status records for it`);
  if (erp.length === 0) {
    const faults = expected.length > 0 ? expected : [status?.reason ?? 'no reason given'];
    const rejected = status?.status === 'Rejected';
    if (!rejected)
      report(
        'lost',
        `won in the CRM (${status?.status ?? 'no status'}), and neither an ERP order nor a refusal exists`,
      );
    else if (expected.length === 0)
      report('wrong', `refused although nothing is wrong with it: ${status?.reason ?? 'no reason given'}`);
    reportReleases(report, releases, []);
    return { end: rejected ? 'rejected' : 'open', hasErpOrder: false, units: NONE, faults, problems };
  }
  if (erp.length > 1)
    for (const extra of erp.slice(1))
      report('duplicated', `the ERP holds a second order for it: ${extra.number}`);
  if (expected.length > 0) report('wrong', `accepted although it has ${expected.join(', ')}`);
  const units = unitsOf(erp, releases);
  compareLines(report, crm, erp);
  reportReleases(report, releases, erp);
  reportUnits(report, units);
  const end = endOf(erp, units);
  if (end === 'open') report('open', whoOwes(erp, releases));
  else if (disagrees(status, end, units))
    report('lost', `ended ${end} in the ERP, and the CRM says ${statusText(status)}`);
  return { end, hasErpOrder: true, units, faults: expected, problems };
}

type Report = (kind: Problem['kind'], message: string) => void;

/**
 * Units that a warehouse could not find come back to the ERP as a remainder, and the ERP reserves stock for it that it believes in. As
 * long as nobody has counted, they are backordered and nobody owes a move; what else is ready is open.
 */
function unitsOf(erp: readonly ErpOrder[], releases: readonly WarehouseRelease[]): Units {
  const moves = erp.flatMap((order) => order.moves);
  const inState = (state: string) => perSku(moves.filter((move) => move.state === state));
  const missed = notFound(releases);
  const ready = inState('ready');
  const held = sum([...ready].map(([sku, quantity]) => minimum(quantity, missed.get(sku) ?? '0')));
  const all = (state: string) => sum(inState(state).values());
  return {
    ordered: sum(erp.flatMap((order) => order.lines).map((line) => line.quantity)),
    shipped: all('done'),
    backordered: add(all('waiting'), held),
    cancelled: all('cancelled'),
    open: subtract(sum(ready.values()), held),
  };
}

/** What ended releases asked for and never shipped. */
function notFound(releases: readonly WarehouseRelease[]): Map<string, DecimalString> {
  const lines = releases.filter(({ ended }) => ended).flatMap((release) => release.lines);
  return perSku(lines.map(({ sku, released, shipped }) => ({ sku, quantity: subtract(released, shipped) })));
}

function reportUnits(report: Report, units: Units): void {
  const explained = sum([units.shipped, units.backordered, units.cancelled, units.open]);
  if (compare(explained, units.ordered) !== 0 && !isZero(explained)) {
    report(
      'wrong',
      `${units.ordered} units were ordered and the ERP explains ${explained} of them (${unitsText(units)})`,
    );
  }
}

/** An order without any delivery document waits for its confirmation. */
function endOf(erp: readonly ErpOrder[], units: Units): OrderEnd {
  const live = erp.filter((order) => order.state !== 'cancelled');
  if (live.length === 0) return 'cancelled';
  if (isPositive(units.open) || live.some((order) => order.state === 'draft' || order.moves.length === 0))
    return 'open';
  if (isPositive(units.shipped))
    return compare(units.shipped, units.ordered) >= 0 ? 'shipped' : 'partially shipped';
  return isPositive(units.backordered) ? 'backordered' : 'cancelled';
}

/** What the CRM may call each end: a shipment whose rest was given up is complete for the customer or partial, by the flow's policy. */
const STATUSES: Readonly<Record<OrderEnd, readonly string[]>> = {
  rejected: ['Rejected'],
  shipped: ['Shipped'],
  'partially shipped': ['Partially shipped', 'Shipped', 'Backordered'],
  backordered: ['Backordered'],
  cancelled: ['Cancelled'],
  open: [],
};

function disagrees(status: CrmStatus | undefined, end: OrderEnd, units: Units): boolean {
  if (status === undefined || !STATUSES[end].includes(status.status)) return true;
  if (status.status === 'Shipped' && isPositive(units.backordered)) return true;
  return (
    compare(status.unitsShipped, units.shipped) !== 0 ||
    compare(status.unitsBackordered, units.backordered) !== 0 ||
    compare(status.unitsCancelled, units.cancelled) !== 0
  );
}

function compareLines(report: Report, crm: CrmOrder, erp: readonly ErpOrder[]): void {
  const wanted = perSku(crm.lines);
  const held = perSku(erp.flatMap((order) => order.lines));
  for (const sku of new Set([...wanted.keys(), ...held.keys()])) {
    const difference = subtract(held.get(sku) ?? '0', wanted.get(sku) ?? '0');
    if (isZero(difference)) continue;
    const kind = isPositive(difference) ? 'duplicated' : 'lost';
    report(
      kind,
      `${wanted.get(sku) ?? '0'} of ${sku} were sold and the ERP's order holds ${held.get(sku) ?? '0'}`,
    );
  }
}

function reportReleases(
  report: Report,
  releases: readonly WarehouseRelease[],
  erp: readonly ErpOrder[],
): void {
  const lines = releases.flatMap(({ ended, lines: all }) => all.map((line) => ({ ...line, ended })));
  const shipped = perSku(lines.map((line) => ({ sku: line.sku, quantity: line.shipped })));
  const bound = perSku(
    lines.map((line) => ({ sku: line.sku, quantity: line.ended ? line.shipped : line.released })),
  );
  const posted = perSku(erp.flatMap((order) => order.moves).filter((move) => move.state === 'done'));
  const ordered = perSku(erp.flatMap((order) => order.lines));
  for (const sku of new Set([...bound.keys(), ...posted.keys()])) {
    const left = shipped.get(sku) ?? '0';
    const booked = posted.get(sku) ?? '0';
    const wanted = ordered.get(sku) ?? '0';
    if (compare(left, booked) > 0)
      report('lost', `${left} of ${sku} left the warehouse and the ERP holds ${booked}`);
    if (compare(booked, left) > 0) {
      report('duplicated', `the ERP holds ${booked} of ${sku} as shipped and ${left} left the warehouse`);
    }
    const due = bound.get(sku) ?? '0';
    if (compare(due, wanted) > 0) {
      report('duplicated', `${due} of ${sku} are with the warehouse or left it, and ${wanted} were ordered`);
    }
  }
}

function whoOwes(erp: readonly ErpOrder[], releases: readonly WarehouseRelease[]): string {
  if (erp.some((order) => order.state === 'draft'))
    return 'its ERP order is not confirmed; the hub owes the next move';
  const busy = releases.find((release) => !release.ended);
  if (busy) return `release ${busy.releaseNumber} is not finished; the warehouse owes the next move`;
  const moves = erp.flatMap((order) => order.moves);
  const ready = moves.find((move) => move.state === 'ready');
  if (ready === undefined) return 'the ERP has no delivery for it yet; the ERP owes the next move';
  const left = sum(releases.flatMap((release) => release.lines).map((line) => line.shipped));
  const booked = sum(moves.filter((move) => move.state === 'done').map((move) => move.quantity));
  return compare(left, booked) > 0
    ? `a shipment of delivery ${ready.plan} is not booked; the hub owes the next move`
    : `delivery ${ready.plan} is ready and not released; the hub owes the next move`;
}

function unexplained(snapshots: Snapshots, known: ReadonlySet<string>): Problem[] {
  const strange = ({ order }: { readonly order?: string }) => order === undefined || !known.has(order);
  return [
    ...snapshots.erp
      .filter(strange)
      .map(({ number }) => ({ subject: number, message: 'an ERP order that no won opportunity explains' })),
    ...snapshots.warehouse.filter(strange).map(({ releaseNumber }) => ({
      subject: releaseNumber,
      message: 'a release that no won opportunity explains',
    })),
  ].map((problem) => ({ kind: 'duplicated' as const, ...problem }));
}

function byOrder<T extends { readonly order?: string }>(documents: readonly T[]): Map<string, T[]> {
  const grouped = new Map<string, T[]>();
  for (const document of documents) {
    if (document.order === undefined) continue;
    const group = grouped.get(document.order);
    if (group) group.push(document);
    else grouped.set(document.order, [document]);
  }
  return grouped;
}

function perSku(
  lines: readonly { readonly sku: string; readonly quantity: DecimalString }[],
): Map<string, DecimalString> {
  const totalled = new Map<string, DecimalString>();
  for (const { sku, quantity } of lines) totalled.set(sku, add(totalled.get(sku) ?? '0', quantity));
  return totalled;
}

function totals(all: readonly Units[]): Units {
  return {
    ordered: sum(all.map(({ ordered }) => ordered)),
    shipped: sum(all.map(({ shipped }) => shipped)),
    backordered: sum(all.map(({ backordered }) => backordered)),
    cancelled: sum(all.map(({ cancelled }) => cancelled)),
    open: sum(all.map(({ open }) => open)),
  };
}

function unitsText({ shipped, backordered, cancelled, open }: Units): string {
  return `${shipped} shipped, ${backordered} backordered, ${cancelled} cancelled, ${open} open`;
}

function statusText(status: CrmStatus | undefined): string {
  if (status === undefined) return 'nothing';
  return `${status.status} (${status.unitsShipped} shipped, ${status.unitsBackordered} backordered, ${status.unitsCancelled} cancelled)`;
}
