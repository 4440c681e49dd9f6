/**
 * The demo's accounting over made-up books of the three systems. Nothing is real here and nothing is doubled: `account` is pure. What
 * is held: consistent books pass and add up, and any one falsification of them is found and named under the right heading.
 */
import { add, isPositive, minimum, subtract, sum } from '@trunkline/canonical';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Account, account } from '../src/demo/accounting/account.ts';
import { exactNumber, passed, reportJson, reportText } from '../src/demo/accounting/report.ts';
import type {
  ReleasedLine,
  CrmOrder,
  ErpMove,
  ErpOrder,
  Snapshots,
  WarehouseRelease,
} from '../src/demo/accounting/snapshot.ts';

const ACCOUNT = { name: 'Rowan Supply', street: '1 Mill Road', city: 'Leeds', country: 'United Kingdom' };

interface LinePlan {
  readonly ordered: number;
  /** Shares of the ordered quantity, in percent. */
  readonly shipped: number;
  readonly split: boolean;
}
interface OrderPlan {
  readonly dirty: boolean;
  /** What became of what did not ship; ready: the warehouse could not find it, and the ERP believes that it is there. */
  readonly rest: 'waiting' | 'cancelled' | 'ready';
  readonly lines: readonly LinePlan[];
}
interface World {
  crm: CrmOrder[];
  erp: ErpOrder[];
  warehouse: WarehouseRelease[];
}

const linePlan = fc.record({
  ordered: fc.integer({ min: 1, max: 400 }),
  shipped: fc.constantFrom(0, 25, 50, 100, 100, 100),
  split: fc.boolean(),
});
const orderPlan = fc.record({
  dirty: fc.boolean(),
  rest: fc.constantFrom('waiting' as const, 'cancelled' as const, 'ready' as const),
  lines: fc.array(linePlan, { minLength: 1, maxLength: 6 }),
});
const worlds = fc.array(orderPlan, { minLength: 1, maxLength: 12 }).map(worldOf);
/** Worlds in which at least one order was accepted and shipped something. */
const shippingWorlds = worlds.filter((world) =>
  world.warehouse.some(({ lines }) => lines.some((line) => isPositive(line.shipped))),
);

function worldOf(plans: readonly OrderPlan[]): World {
  const world: World = { crm: [], erp: [], warehouse: [] };
  plans.forEach((plan, index) => addOrder(world, plan, `006${index}`));
  return world;
}

function addOrder(world: World, plan: OrderPlan, order: string): void {
  const skus = plan.lines.map((line, index) => ({
    ...line,
    sku: `S${index}`,
    quantity: String(line.ordered),
  }));
  const lines = skus.map(({ sku, quantity }) => ({ sku, quantity, unitPrice: '2.5' }));
  const title = `PO-${order}`;
  if (plan.dirty) {
    const status = {
      status: 'Rejected',
      reason: 'no customer',
      unitsShipped: '0',
      unitsBackordered: '0',
      unitsCancelled: '0',
    };
    world.crm.push({ order, title, lines, status, statusRecords: 1 });
    return;
  }
  const moves: ErpMove[] = [];
  const released: ReleasedLine[] = [];
  for (const { sku, quantity, ordered, shipped } of skus) {
    const left = String(Math.floor((ordered * shipped) / 100));
    const rest = subtract(quantity, left);
    if (isPositive(left)) {
      moves.push({ plan: `OUT/${order}`, sku, state: 'done', quantity: left });
    }
    const asked = plan.rest === 'ready' ? quantity : left;
    if (isPositive(asked)) released.push({ sku, released: asked, shipped: left });
    if (isPositive(rest)) moves.push({ plan: `OUT/${order}/B`, sku, state: plan.rest, quantity: rest });
  }
  const total = (state: string) =>
    sum(moves.filter((move) => move.state === state).map(({ quantity }) => quantity));
  const ordered = sum(skus.map(({ quantity }) => quantity));
  const unitsShipped = total('done');
  const unitsBackordered = add(total('waiting'), total('ready'));
  const status = !isPositive(unitsShipped)
    ? isPositive(unitsBackordered)
      ? 'Backordered'
      : 'Cancelled'
    : unitsShipped === ordered
      ? 'Shipped'
      : 'Partially shipped';
  world.crm.push({
    order,
    title,
    account: ACCOUNT,
    lines,
    statusRecords: 1,
    status: { status, unitsShipped, unitsBackordered, unitsCancelled: total('cancelled') },
  });
  world.erp.push({ order, number: `S${order}`, state: 'confirmed', lines, moves });
  world.warehouse.push({ order, releaseNumber: `R${order}`, ended: true, lines: released });
}

function kinds(result: Account): Set<string> {
  return new Set(result.problems.map(({ kind }) => kind));
}

/** The first accepted order that shipped something, for a test to falsify. */
function shippedOrder(world: World): { erp: ErpOrder; release: WarehouseRelease; crm: CrmOrder } {
  const release = world.warehouse.find(({ lines }) =>
    lines.some(({ shipped }) => isPositive(shipped)),
  ) as WarehouseRelease;
  const erp = world.erp.find(({ order }) => order === release.order) as ErpOrder;
  return { release, erp, crm: world.crm.find(({ order }) => order === release.order) as CrmOrder };
}

function replace<T>(all: readonly T[], old: T, ...by: T[]): T[] {
  return all.flatMap((each) => (each === old ? by : [each]));
}

describe('consistent books', () => {
  it('pass, add up, and every order has exactly one end', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const result = account(world);
        expect(result.problems).toEqual([]);
        expect(passed(result)).toBe(true);
        const { ends, units } = result;
        expect(Object.values(ends).reduce((a, b) => a + b, 0)).toBe(world.crm.length);
        expect(result.accepted).toBe(world.erp.length);
        expect(sum([units.shipped, units.backordered, units.cancelled])).toBe(units.ordered);
      }),
    );
  });
});

describe('one falsification is found', () => {
  const falsified = (change: (world: World) => Snapshots, kind: string) =>
    fc.assert(
      fc.property(shippingWorlds, (world) => {
        const result = account(change(world));
        expect(kinds(result)).toContain(kind);
        expect(passed(result)).toBe(false);
      }),
    );

  it('an ERP order that is not there is lost', () => {
    falsified((world) => ({ ...world, erp: replace(world.erp, shippedOrder(world).erp) }), 'lost');
  });
  it('an opportunity without any answer is lost', () => {
    falsified((world) => {
      const { crm, erp, release } = shippedOrder(world);
      const { status: _status, ...silent } = crm;
      return {
        crm: replace(world.crm, crm, silent),
        erp: replace(world.erp, erp),
        warehouse: replace(world.warehouse, release),
      };
    }, 'lost');
  });
  it('a second ERP order for one opportunity is duplicated', () => {
    falsified(
      (world) => ({ ...world, erp: [...world.erp, { ...shippedOrder(world).erp, number: 'S-again' }] }),
      'duplicated',
    );
  });
  it('a second release of what went before is duplicated, shipped or not', () => {
    falsified((world) => {
      const { release } = shippedOrder(world);
      const lines = release.lines.map((line) => ({ ...line, released: '1000', shipped: '0' }));
      return {
        ...world,
        warehouse: [...world.warehouse, { ...release, releaseNumber: 'R-again', ended: false, lines }],
      };
    }, 'duplicated');
  });
  it('a second status record for one opportunity is duplicated', () => {
    falsified((world) => {
      const { crm } = shippedOrder(world);
      return { ...world, crm: replace(world.crm, crm, { ...crm, statusRecords: 2 }) };
    }, 'duplicated');
  });
  it('a shipment that the ERP never booked is lost', () => {
    falsified((world) => {
      const { erp } = shippedOrder(world);
      const moves = erp.moves.map((move) =>
        move.state === 'done' ? { ...move, state: 'ready' as const } : move,
      );
      return { ...world, erp: replace(world.erp, erp, { ...erp, moves }) };
    }, 'lost');
  });
  it('a shipment booked twice in the ERP is duplicated', () => {
    falsified((world) => {
      const { erp } = shippedOrder(world);
      const moves = [...erp.moves, ...erp.moves.filter(({ state }) => state === 'done').slice(0, 1)];
      return { ...world, erp: replace(world.erp, erp, { ...erp, moves }) };
    }, 'duplicated');
  });
  it('more leaving the warehouse than was ordered is duplicated', () => {
    falsified((world) => {
      const { release } = shippedOrder(world);
      const lines = release.lines.map((line) => ({ ...line, shipped: add(line.shipped, '1000') }));
      return { ...world, warehouse: replace(world.warehouse, release, { ...release, lines }) };
    }, 'duplicated');
  });
  it('a CRM that holds other units than the ERP counts as lost', () => {
    falsified((world) => {
      const { crm } = shippedOrder(world);
      if (crm.status === undefined) throw new Error('the world gives every order a status');
      const status = { ...crm.status, unitsShipped: add(crm.status.unitsShipped, '1') };
      return { ...world, crm: replace(world.crm, crm, { ...crm, status }) };
    }, 'lost');
  });
  it('a CRM that still says Released when the ERP is done counts as lost', () => {
    falsified((world) => {
      const { crm } = shippedOrder(world);
      const status = { ...(crm.status as NonNullable<CrmOrder['status']>), status: 'Released' };
      return { ...world, crm: replace(world.crm, crm, { ...crm, status }) };
    }, 'lost');
  });
  it('units that the ERP no longer explains are wrong', () => {
    falsified((world) => {
      const { erp, release } = shippedOrder(world);
      const done = erp.moves.find(({ state }) => state === 'done') as ErpMove;
      const missing = minimum(done.quantity, '1');
      const lines = release.lines.map((line) =>
        line.sku === done.sku ? { ...line, shipped: subtract(line.shipped, missing) } : line,
      );
      const moves = replace(erp.moves, done, { ...done, quantity: subtract(done.quantity, missing) });
      return {
        ...world,
        erp: replace(world.erp, erp, { ...erp, moves }),
        warehouse: replace(world.warehouse, release, { ...release, lines }),
      };
    }, 'wrong');
  });
  it('a good order that was refused is wrong', () => {
    falsified((world) => {
      const { crm, erp, release } = shippedOrder(world);
      const status = { ...(crm.status as NonNullable<CrmOrder['status']>), status: 'Rejected' };
      return {
        crm: replace(world.crm, crm, { ...crm, status }),
        erp: replace(world.erp, erp),
        warehouse: replace(world.warehouse, release),
      };
    }, 'wrong');
  });
  it('a bad order that was accepted is wrong', () => {
    falsified((world) => {
      const { crm } = shippedOrder(world);
      const { account: _account, ...anonymous } = crm;
      return { ...world, crm: replace(world.crm, crm, anonymous) };
    }, 'wrong');
  });
  it('documents of no opportunity are duplicated', () => {
    falsified(
      (world) => ({
        ...world,
        erp: [...world.erp, { number: 'S-stray', state: 'confirmed', lines: [], moves: [] }],
      }),
      'duplicated',
    );
    falsified(
      (world) => ({
        ...world,
        warehouse: [...world.warehouse, { ...shippedOrder(world).release, order: '006-stray' }],
      }),
      'duplicated',
    );
  });
});

describe('an order without an end', () => {
  const base = worldOf([
    { dirty: false, rest: 'waiting', lines: [{ ordered: 5, shipped: 100, split: false }] },
  ]);
  const order = base.erp[0] as ErpOrder;
  const open = order.moves.map((move) => ({ ...move, state: 'ready' as const }));
  const problemOf = (snapshots: Snapshots) =>
    account(snapshots).problems.find(({ kind }) => kind === 'open')?.message;

  it('names who owes the next move', () => {
    expect(problemOf({ ...base, erp: [{ ...order, moves: open }], warehouse: [] })).toContain(
      'ready and not released; the hub',
    );
    const busy = base.warehouse.map((release) => ({ ...release, ended: false }));
    expect(problemOf({ ...base, erp: [{ ...order, moves: open }], warehouse: busy })).toContain(
      'the warehouse owes',
    );
    expect(problemOf({ ...base, erp: [{ ...order, moves: open }] })).toContain('is not booked; the hub');
    expect(problemOf({ ...base, erp: [{ ...order, state: 'draft', moves: [] }], warehouse: [] })).toContain(
      'not confirmed',
    );
  });
  it('counts as an exception in the last line', () => {
    const result = account({ ...base, erp: [{ ...order, moves: open }], warehouse: [] });
    expect(reportJson(result, { seconds: 2, readerRejections: [] })).toMatchObject({
      orders: 1,
      exceptions: 1,
      ordersPerSecond: 0.5,
    });
  });
});

describe('the report', () => {
  it('has the contract’s keys in their order', () => {
    const json = reportJson(account({ crm: [], erp: [], warehouse: [] }), {
      seconds: 0,
      readerRejections: [],
    });
    expect(Object.keys(json).join(',')).toBe(
      'orders,accepted,rejected,shipped,partiallyShipped,backordered,exceptions,lost,duplicated,unitsOrdered,unitsShipped,unitsBackordered,unitsCancelled,seconds,ordersPerSecond',
    );
  });
  it('keeps a fraction exact and makes whole units numbers', () => {
    expect(exactNumber('12')).toBe(12);
    expect(exactNumber('0.1')).toBe('0.1');
    expect(exactNumber('12345678901234567890')).toBe('12345678901234567890');
  });
  it('names reader rejections by file and line', () => {
    const text = reportText(account({ crm: [], erp: [], warehouse: [] }), {
      seconds: 1,
      readerRejections: [{ file: 'day.csv', line: 7, reason: '"x" is no quantity' }],
    });
    expect(text).toContain('day.csv:7 "x" is no quantity');
  });
});
