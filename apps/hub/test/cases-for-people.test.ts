/** Real: what people are told of a case, what an exception holds up, how products are named to a target. Doubled: the mappings and the target, in memory. */
import type { CaseRow } from '@trunkline/journal';
import type { Delivery, JsonObject, Outcome, Target } from '@trunkline/messaging';
import { describe, expect, test } from 'vitest';
import { mappedTarget } from '../src/composition/mapped-target.ts';
import { siteRouter, withMappedSites } from '../src/composition/routing.ts';
import { caseView } from '../src/operations/case-view.ts';
import { mappingFaults } from '../src/operations/mapping-rules.ts';
import { stakesOf } from '../src/operations/stakes.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');

function row(more: Partial<CaseRow> = {}): CaseRow {
  return {
    id: '0123456789abcdef',
    flow: 'order-acceptance',
    target: 'erp',
    code: 'target_rejected',
    message: 'locked',
    owner: 'operations',
    remedy: 'Correct it, then retry.',
    status: 'open',
    assignee: null,
    queue: null,
    acknowledgedBy: null,
    acknowledgedAt: null,
    open: 3,
    units: '12',
    amounts: { EUR: '99.50' },
    seen: 4,
    firstSeenAt: new Date(NOW - 9_000_000),
    lastSeenAt: new Date(NOW - 1000),
    oldestOpenAt: new Date(NOW - 3_600_000),
    promisedOn: null,
    missing: [],
    ...more,
  };
}

describe('a case', () => {
  test('is overdue past its flow’s service level, and looked after by the flow’s queue', () => {
    const care = { queue: 'order-desk', runbook: 'wiki', serviceLevelMs: 1_800_000 };
    expect(caseView(row(), care, NOW)).toMatchObject({
      queue: 'order-desk',
      overdue: true,
      dueAt: '2026-03-01T11:30:00.000Z',
    });
    expect(caseView(row(), { ...care, serviceLevelMs: 7_200_000 }, NOW).overdue).toBe(false);
    expect(caseView(row({ queue: 'masters' }), care, NOW).queue).toBe('masters');
    expect(caseView(row(), undefined, NOW)).toMatchObject({ queue: 'operations', overdue: false });
  });

  test('has one next move: a missing word before a retry, and none when nothing is open', () => {
    const word = { kind: 'product', system: 'erp', value: 'QU-210', waiting: 2 };
    const nextOf = (more: Partial<CaseRow>) => caseView(row(more), undefined, NOW).next;
    expect(nextOf({ missing: [word] })).toEqual({
      act: 'map',
      what: 'Say what the product QU-210 is called in erp; 2 orders go on by themselves.',
    });
    expect(nextOf({ missing: [{ kind: 'site', system: 'hub', value: 'FR', waiting: 1 }] }).what).toBe(
      'Say which site fulfils FR; the order goes on by itself.',
    );
    expect(nextOf({})).toEqual({ act: 'retry', what: 'Correct it, then retry.' });
    expect(nextOf({ target: null, code: 'order_rejected' }).act).toBe('mend');
    expect(nextOf({ open: 0, status: 'resolved' }).act).toBe('none');
    expect(nextOf({ status: 'ignored' }).act).toBe('none');
  });
});

describe('what an exception holds up', () => {
  const line = (number: string, quantity: string, unitPrice: string) => ({
    line: number,
    sku: 'A',
    quantity,
    unit: 'EA',
    unitPrice,
  });
  const body = {
    unitsOrdered: '7',
    plans: [],
    releases: [],
    recounted: {},
    order: {
      currency: 'EUR',
      requestedShipDate: '2026-03-09',
      lines: [line('1', '5', '2.10'), line('2', '2', '0.05')],
    },
  };

  test('is what neither shipped nor was given up, exactly', () => {
    expect(stakesOf({ kind: 'order', stage: 'validating', body })).toEqual({
      units: '7',
      amount: '10.6',
      currency: 'EUR',
      promisedOn: '2026-03-09',
    });
  });

  test('is the units alone before acceptance, and nothing for other kinds', () => {
    const { order: _order, ...rejected } = body;
    expect(stakesOf({ kind: 'order', stage: 'exception', body: rejected })).toEqual({ units: '7' });
    expect(stakesOf({ kind: 'customer', stage: 'active', body: {} })).toBeUndefined();
  });
});

test('a mapping is refused, with the paths, when nothing would ever ask for it', () => {
  const systems = { crm: { connector: 'salesforce' }, erp: { connector: 'odoo' } };
  const known = { systems, sites: { DAL: { executes: 'dallas' } } };
  const refused = (kind: string, system: string, target: string | null = 'X') =>
    mappingFaults({ kind, system, target }, known).map(({ path }) => path);
  expect(refused('bogus', 'erp')).toEqual(['/kind']);
  expect(refused('product', 'hub')).toEqual(['/system']);
  expect(refused('site', 'erp', 'AUS')).toEqual(['/system', '/target']);
  for (const target of ['ZZ', 'UK', 'de', 'Germany'])
    expect(refused('country', 'hub', target)).toEqual(['/target']);
  // What a system calls a country is its own affair.
  expect(refused('country', 'erp', 'Germany')).toEqual([]);
  expect(refused('country', 'hub', 'DE')).toEqual([]);
  expect(refused('site', 'hub', 'DAL')).toEqual([]);
  expect(refused('ship_method', 'nope', null)).toEqual(['/system']);
});

describe('C4: a mapping', () => {
  const words = new Map([
    ['product/erp/OLD', 'NEW'],
    ['site/hub/FR', 'DAL'],
    ['site/hub/FR/IDF', 'RNO'],
    ['country/erp/XK', 'RS'],
    ['ship_method/dallas/Standard', 'UPS Ground'],
  ]);
  const mappings = {
    find: (kind: string, system: string, word: string) => words.get(`${kind}/${system}/${word}`),
  };
  const delivery: Delivery = {
    id: '1',
    key: 'so_1',
    target: 'erp',
    type: 'order.place',
    flow: 'order-acceptance',
    payload: { order: { lines: [{ sku: 'OLD' }, { sku: 'OTHER' }] } },
    attempt: 1,
    ambiguous: false,
  };

  test('names products in the target’s words at each try, and leaves the stored command as it is', async () => {
    const seen: Delivery[] = [];
    const refused: Outcome = {
      kind: 'rejected',
      code: 'line_product_unknown',
      detail: 'no NEW',
      faults: [
        {
          code: 'line_product_unknown',
          path: 'line 1',
          message: 'no',
          missing: { kind: 'product', value: 'NEW' },
        },
      ],
    };
    const target: Target = {
      batch: 1,
      concurrency: 1,
      lingerMs: 0,
      deliver: async (deliveries) => {
        seen.push(...deliveries);
        return [refused];
      },
    };
    const [outcome] = await mappedTarget('erp', target, mappings).deliver(
      [delivery],
      AbortSignal.timeout(1000),
    );
    expect(seen[0]?.payload).toEqual({ order: { lines: [{ sku: 'NEW' }, { sku: 'OTHER' }] } });
    expect(delivery.payload).toEqual({ order: { lines: [{ sku: 'OLD' }, { sku: 'OTHER' }] } });
    expect(outcome).toMatchObject({ faults: [{ missing: { value: 'OLD' } }] });
  });

  test('names ship methods and countries too; a method that a warehouse cannot know is not sent', async () => {
    const release = (shipMethod: string | undefined, country = 'US'): Delivery => ({
      ...delivery,
      target: 'dallas',
      type: 'release.create',
      payload: { release: { ...(shipMethod === undefined ? {} : { shipMethod }), shipTo: { country } } },
    });
    const seen: JsonObject[] = [];
    const target: Target = {
      batch: 9,
      concurrency: 1,
      lingerMs: 0,
      deliver: async (deliveries) => {
        seen.push(...deliveries.map(({ payload }) => payload));
        return deliveries.map(({ payload }) => ({ kind: 'succeeded', detail: JSON.stringify(payload) }));
      },
    };
    const deliver = (system: string, deliveries: readonly Delivery[]) =>
      mappedTarget(system, target, mappings).deliver(deliveries, AbortSignal.timeout(1000));
    const outcomes = await deliver('dallas', [release('Drone'), release('Standard'), release(undefined)]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['rejected', 'succeeded', 'succeeded']);
    expect(outcomes[0]).toMatchObject({
      code: 'mapping_missing',
      detail: 'Nobody has said what dallas calls the ship method “Drone”.',
      faults: [{ path: '/release/shipMethod', missing: { kind: 'ship_method', value: 'Drone' } }],
    });
    expect(seen.splice(0)).toEqual([
      { release: { shipMethod: 'UPS Ground', shipTo: { country: 'US' } } },
      { release: { shipTo: { country: 'US' } } },
    ]);
    // The ERP keeps the word that the source used: it is the warehouse that ships.
    await deliver('erp', [{ ...release('Drone', 'XK'), type: 'order.place' }]);
    expect(seen).toEqual([{ release: { shipMethod: 'Drone', shipTo: { country: 'RS' } } }]);
  });

  test('says which site fulfils what no route takes: the region’s before the country’s, after every route', () => {
    const route = withMappedSites(siteRouter([{ site: 'RNO', when: { country: ['US'] } }]), mappings);
    const to = (country: string, region?: string) =>
      route({
        shipTo: { name: 'A', lines: ['1'], city: 'C', country, ...(region === undefined ? {} : { region }) },
      });
    expect([to('US'), to('FR'), to('FR', 'IDF'), to('FR', 'BRE'), to('DE')]).toEqual([
      'RNO',
      'DAL',
      'RNO',
      'DAL',
      undefined,
    ]);
  });
});
