/**
 * The pure middle of a message's journey: translate, decide, route. Real: the processor, and in the last part the real flows and connectors.
 * Doubled in the first part: flows and a connector of a few lines, so that each rule stands alone.
 */
import type { CanonicalEvent } from '@trunkline/canonical';
import { createFlows } from '@trunkline/flows';
import type {
  Connector,
  Decision,
  JsonObject,
  JsonValue,
  Message,
  Processed,
  StoredState,
  Translation,
} from '@trunkline/messaging';
import { describe, expect, it } from 'vitest';
import { connectorSchemas, createConnectors } from '../src/composition/connector-registry.ts';
import { type AnyFlow, createProcessor, INTERNAL_SOURCE } from '../src/composition/processor.ts';
import { commandRouter, siteRouter } from '../src/composition/routing.ts';
import { loadConfiguration } from '../src/configuration/load.ts';
import { configurationFile, RIGHT } from './support/configuration-file.ts';

const NOW = '2026-03-01T08:00:00.000Z';

function message(type: string, payload: JsonValue = {}, more: Partial<Message> = {}): Message {
  return { id: '7', source: 'crm', sourceId: 'a:1', key: 'so_1', type, payload, acceptedAt: NOW, ...more };
}

const EVENT = { type: 'order.submitted' } as unknown as CanonicalEvent;

function connector(translation: Translation<CanonicalEvent>): Connector<CanonicalEvent> {
  return {
    system: 'crm',
    translate: () => translation,
    check: async () => [],
    close: async () => undefined,
  };
}

type Decide = AnyFlow['decide'];

function flow(name: string, decide: Decide, more: Partial<AnyFlow> = {}): AnyFlow {
  return { name, kind: 'order', handles: ['order.submitted'], decide, ...more };
}

function process(
  flows: readonly AnyFlow[],
  translation: Translation<CanonicalEvent> = { kind: 'events', events: [EVENT] },
  asked = message('opportunity.won'),
  state?: StoredState,
): Processed {
  const connectors = new Map([['crm', connector(translation)]]);
  const route = ({ role }: { role: string }) => (role === 'erp' ? 'odoo-eu' : undefined);
  return createProcessor({ connectors, flows, route })(asked, state, NOW);
}

const EMPTY = { commands: [], messages: [], exceptions: [], resolves: [], identifiers: [] };

describe('a document', () => {
  it('of no use is ignored with the reason, and no flow sees it', () => {
    const never = flow('never', () => expect.unreachable());
    expect(process([never], { kind: 'ignored', reason: 'of no use' })).toEqual({
      ...EMPTY,
      disposition: 'ignored',
      reason: 'of no use',
    });
  });

  it('that is wrong is invalid with its faults', () => {
    const faults = [{ code: 'payload_invalid', path: '/Id', message: 'is missing' }];
    expect(process([], { kind: 'invalid', faults })).toEqual({ ...EMPTY, disposition: 'invalid', faults });
  });

  it('of a system that is no longer configured is ignored', () => {
    expect(process([], undefined, message('x', {}, { source: 'gone' }))).toMatchObject({
      disposition: 'ignored',
      reason: 'no system is called gone any more',
    });
  });

  it('whose event no flow handles is ignored', () => {
    expect(process([])).toMatchObject({ disposition: 'ignored', reason: 'no flow handles order.submitted' });
  });

  it.each([
    ['a reply', message('reply:order.placed', EVENT as unknown as JsonValue, { source: 'erp' })],
    [
      'an event of another key',
      message('customer.ready', EVENT as unknown as JsonValue, { source: INTERNAL_SOURCE }),
    ],
  ])('that the hub wrote itself is taken as it is: %s', (_title, asked) => {
    const seen: CanonicalEvent[] = [];
    const spy = flow('spy', (_state, event) => {
      seen.push(event);
      return { state: { stage: 'seen' } };
    });
    const invalid = { kind: 'invalid', faults: [] } as const;
    expect(process([spy], invalid, asked).disposition).toBe('processed');
    expect(seen).toEqual([EVENT]);
  });
});

describe('flows', () => {
  it('see the state that the one before them left, and what they decide is joined', () => {
    const count = (name: string) =>
      flow(name, (state, _event, { key, now, system }) => ({
        state: { stage: name, seen: [...((state?.['seen'] as string[] | undefined) ?? []), name] },
        identifiers: [{ kind: 'by', value: `${name} ${key} ${now}`, system }],
        resolves: [name],
        events: [{ key: 'cu_1', id: `${name}:1`, event: EVENT }],
      }));
    expect(process([count('first'), count('second')])).toEqual({
      ...EMPTY,
      disposition: 'processed',
      state: { kind: 'order', stage: 'second', body: { stage: 'second', seen: ['first', 'second'] } },
      identifiers: [
        { kind: 'by', value: `first so_1 ${NOW}`, system: 'crm' },
        { kind: 'by', value: `second so_1 ${NOW}`, system: 'crm' },
      ],
      resolves: ['first', 'second'],
      messages: ['first', 'second'].map((name) => ({
        source: 'hub',
        sourceId: `${name}:1`,
        key: 'cu_1',
        type: 'order.submitted',
        payload: EVENT,
      })),
    });
  });

  it('begin from the stored state', () => {
    const spy = flow('spy', (state) => ({ state: { ...state, stage: 'next' } }));
    const stored = { kind: 'order', stage: 'old', body: { stage: 'old', kept: true } };
    expect(process([spy], undefined, undefined, stored).state?.body).toEqual({ stage: 'next', kept: true });
  });

  it('of another kind than the event’s do not see it; one that handles every event of its kind does', () => {
    const stranger = flow('stranger', () => expect.unreachable(), { kind: 'customer', handles: 'every' });
    const all = flow('all', () => ({ resolves: ['seen'] }), { handles: 'every' });
    const own = flow('own', () => ({ ignored: 'a repeat' }));
    expect(process([stranger, own, all])).toMatchObject({ disposition: 'ignored', resolves: ['seen'] });
  });

  it('that all ignore an event leave no state, and their reasons stand together', () => {
    const no = (reason: string) =>
      flow(reason, (): Decision<JsonObject, CanonicalEvent> => ({ ignored: reason }));
    const done = process([no('a repeat'), no('too late')]);
    expect(done).toEqual({ ...EMPTY, disposition: 'ignored', reason: 'a repeat; too late' });
  });

  it('that act without a new state leave the stored one alone', () => {
    const acts = flow('acts', () => ({
      commands: [{ role: 'erp', type: 'order.place', flow: 'acts', payload: {} }],
    }));
    const done = process([acts], undefined, undefined, { kind: 'order', stage: 'old', body: {} });
    expect(done.state).toBeUndefined();
    expect(done).toMatchObject({ disposition: 'processed', commands: [{ target: 'odoo-eu' }] });
  });
});

describe('a command', () => {
  const commands = [
    { role: 'erp', type: 'order.place', flow: 'f', payload: { a: '1' }, reply: 'order.placed' },
    { role: 'warehouse', place: 'AUS', type: 'release.create', flow: 'f', payload: {} },
    { role: 'bank', type: 'invoice.pay', flow: 'f', payload: {} },
  ];

  it('that no system is configured for becomes an exception; the others go', () => {
    const done = process([flow('f', () => ({ state: { stage: 's' }, commands }))]);
    expect(done.commands).toEqual([{ ...commands[0], target: 'odoo-eu' }]);
    expect(done.exceptions.map(({ code, owner, summary }) => [code, owner, summary])).toEqual([
      ['no_route', 'integration', 'No system is configured for warehouse AUS, which release.create needs.'],
      ['no_route', 'integration', 'No system is configured for bank, which invoice.pay needs.'],
    ]);
    expect(done.exceptions[0]?.remedy).toContain('Add a route');
    expect(done.exceptions[0]?.faults).toHaveLength(1);
  });
});

describe('with the real flows and connectors', () => {
  const configuration = loadConfiguration(configurationFile(RIGHT), connectorSchemas, {});
  const real = createProcessor({
    connectors: createConnectors(configuration),
    flows: Object.values(
      createFlows({ routeOrder: siteRouter(configuration.routes), knownSites: new Set(['DAL']) }),
    ).flat() as unknown as readonly AnyFlow[],
    route: commandRouter(configuration),
  });
  const opportunity = (lines: readonly JsonObject[]) =>
    message('opportunity.won', {
      Id: '006Sm000000000UIAQ',
      SystemModstamp: '2026-03-01T07:59:59.000+0000',
      CurrencyIsoCode: 'EUR',
      Customer_PO__c: 'PO-1',
      AccountId: '001Sm000000000AIAQ',
      Account: {
        Name: 'Acme',
        ShippingStreet: '1 Road',
        ShippingCity: 'Cork',
        ShippingCountryCode: 'IE',
        ShippingCountry: 'Ireland',
      },
      OpportunityLineItems: { records: lines },
    });

  it('a won deal asks for its customer and tells the CRM, by the configured names', () => {
    const line = { Quantity: 2, UnitPrice: 10, Product2: { ProductCode: 'P-1', Name: 'Pin' } };
    const done = real(opportunity([line]), undefined, NOW);
    expect(done).toMatchObject({ disposition: 'processed', state: { kind: 'order', stage: 'validating' } });
    expect(done.messages.map(({ source, type }) => `${source} ${type}`)).toEqual(['hub customer.needed']);
    expect(done.commands.map(({ target, type }) => `${target} ${type}`)).toEqual([
      'crm order-status.publish',
    ]);
    expect(done.identifiers.map(({ value }) => value)).toContain('PO-1');
  });

  it('a repeat of it is ignored with a reason, and the same call gives the same answer', () => {
    const line = { Quantity: 2, UnitPrice: 10, Product2: { ProductCode: 'P-1' } };
    const first = real(opportunity([line]), undefined, NOW);
    expect(real(opportunity([line]), undefined, NOW)).toEqual(first);
    const again = real(opportunity([line]), first.state, NOW);
    expect(again).toMatchObject({ disposition: 'ignored', commands: [], messages: [] });
    expect(again.reason).toBeTruthy();
  });

  it('a deal with several faults is one exception with all of them', () => {
    const done = real(opportunity([{ Quantity: -1, UnitPrice: 10 }, { UnitPrice: 0 }]), undefined, NOW);
    expect(done.state?.stage).toBe('exception');
    expect(done.exceptions).toHaveLength(1);
    const codes = done.exceptions[0]?.faults.map(({ code }) => code) ?? [];
    for (const code of [
      'line_is_return',
      'line_product_missing',
      'line_quantity_invalid',
      'line_price_invalid',
    ])
      expect(codes).toContain(code);
  });

  it('a document of the right sender and the wrong form is invalid', () => {
    expect(real(message('opportunity.won', { Id: 5 }), undefined, NOW)).toMatchObject({
      disposition: 'invalid',
      faults: [{ code: 'payload_invalid' }],
    });
  });
});
