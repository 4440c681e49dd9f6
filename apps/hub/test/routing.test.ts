/** Which site fulfils an order and which system takes a command. Pure; nothing is doubled. */
import type { Command } from '@trunkline/messaging';
import { describe, expect, it } from 'vitest';
import { connectorSchemas } from '../src/composition/connector-registry.ts';
import { commandRouter, type RoutedOrder, siteRouter } from '../src/composition/routing.ts';
import { loadConfiguration } from '../src/configuration/load.ts';
import { configurationFile, RIGHT } from './support/configuration-file.ts';

function order(country: string, more: { region?: string; channel?: string } = {}): RoutedOrder {
  const { region, channel } = more;
  return {
    shipTo: { name: 'A', lines: ['1 Road'], city: 'B', country, ...(region === undefined ? {} : { region }) },
    ...(channel === undefined ? {} : { channel }),
  };
}

describe('an order goes to the site', () => {
  const site = siteRouter([
    { site: 'WEB', when: { country: ['US'], channel: ['web', 'app'] } },
    { site: 'RNO', when: { country: ['US', 'CA'], region: ['NV', 'CA'] } },
    { site: 'DAL', when: { country: ['US', 'MX'] } },
  ]);

  it.each([
    ['of the first route that fits', order('US', { region: 'NV', channel: 'web' }), 'WEB'],
    ['whose every condition fits', order('US', { region: 'NV', channel: 'phone' }), 'RNO'],
    ['by one of several values', order('CA', { region: 'CA' }), 'RNO'],
    ['of a later route when an earlier one asks for what the order lacks', order('US'), 'DAL'],
    ['of none when no route fits', order('DE', { region: 'NV' }), undefined],
  ])('%s', (_title, asked, expected) => {
    expect(site(asked)).toBe(expected);
  });

  it('of a route without conditions, whatever the order', () => {
    expect(siteRouter([{ site: 'DAL' }])(order('ZZ'))).toBe('DAL');
    expect(siteRouter([{ site: 'DAL', when: {} }])(order('ZZ'))).toBe('DAL');
  });
});

describe('a command goes to the system', () => {
  const route = commandRouter(loadConfiguration(configurationFile(RIGHT), connectorSchemas, {}));
  const command = (role: string, place?: string): Command => ({
    role,
    type: 'order.place',
    flow: 'order-acceptance',
    payload: {},
    ...(place === undefined ? {} : { place }),
  });

  it.each([
    ['that is the ERP', command('erp'), 'erp'],
    ['that is the CRM', command('crm'), 'crm'],
    ['that executes the site', command('warehouse', 'DAL'), 'dallas'],
    ['of no site that is not configured', command('warehouse', 'AUS'), undefined],
    ['of no site at all', command('warehouse'), undefined],
    ['of no role that nobody has', command('bank'), undefined],
    ['of no role that is only a word of JavaScript', command('constructor'), undefined],
  ])('%s', (_title, asked, expected) => {
    expect(route(asked)).toBe(expected);
  });
});
