/**
 * Reading and judging trunkline.yaml. Real: files on disk, the YAML parser, the connectors' own schemas. May observe: the problems, as
 * `trunkline check` prints them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createFlows } from '@trunkline/flows';
import { describe, expect, it } from 'vitest';
import { connectorSchemas } from '../src/composition/connector-registry.ts';
import { loadConfiguration } from '../src/configuration/load.ts';
import { formatProblem } from '../src/configuration/problem.ts';
import { ConfigurationSchema, durationMs } from '../src/configuration/schema.ts';
import { configurationFile, RIGHT, temporaryFolder } from './support/configuration-file.ts';
import { lineOf, problems, wrong } from './support/judged-configuration.ts';

const PEM = '-----BEGIN PRIVATE KEY-----\naHVudGVyNg==\n-----END PRIVATE KEY-----\n';

describe('a right configuration', () => {
  it('is read as it is written', () => {
    const configuration = loadConfiguration(configurationFile(RIGHT), connectorSchemas, {});
    expect(configuration).toMatchObject({
      hub: { name: 'acme' },
      systems: { erp: { connector: 'odoo', apiKey: 'hunter3' } },
      routes: [{ site: 'DAL' }],
    });
  });

  it('may give a list of webhook secrets, and either of Salesforce’s logins', () => {
    const two = 'webhookSecret: [whsec_aHVudGVyNWh1bnRlcjVodW50ZXI1, whsec_aHVudGVyNmh1bnRlcjZodW50ZXI2]';
    expect(problems(wrong('webhookSecret: whsec_aHVudGVyNWh1bnRlcjVodW50ZXI1', two))).toEqual([]);
    const jwt = `flow: jwt\n      username: hub@acme.example\n      privateKey: ${JSON.stringify(PEM)}`;
    expect(
      problems(wrong('flow: client_credentials', jwt).replace('      clientSecret: hunter2\n', '')),
    ).toEqual([]);
  });

  it('is shown whole in the documentation', () => {
    const page = readFileSync(
      resolve(import.meta.dirname, '../../../docs/operations/configuration.md'),
      'utf8',
    );
    const example = /```yaml\n# trunkline.yaml\n([\s\S]*?)```/.exec(page)?.[1];
    const environment = Object.fromEntries(
      [...(example ?? '').matchAll(/\$\{env:(\w+)\}/g)].map(([, name]) => [
        name,
        'whsec_aHVudGVyNWh1bnRlcjVodW50ZXI1',
      ]),
    );
    const folder = temporaryFolder();
    for (const [, name] of (example ?? '').matchAll(/\$\{file:([\w.-]+)\}/g))
      writeFileSync(
        join(folder, name ?? ''),
        name?.endsWith('.pem') === true ? PEM : 'whsec_aHVudGVyNWh1bnRlcjVodW50ZXI1',
      );
    const file = configurationFile(example ?? '', folder);
    expect(Object.keys(loadConfiguration(file, connectorSchemas, environment).systems)).toHaveLength(4);
  });
});

describe('a wrong configuration', () => {
  it.each([
    ['a setting is missing', '  name: acme\n', '  {}\n', 'hub:', 'hub', 'is missing name', 'Add name:'],
    [
      'a setting is misspelt',
      'port: 8470',
      'prot: 8470',
      'prot',
      'gateway.prot',
      'is a setting that nobody knows',
      'Known here: host, port, bodyLimit.',
    ],
    [
      'a value is out of range',
      '8470',
      '70000',
      '70000',
      'gateway.port',
      '70000 must be <= 65535',
      '0 takes',
    ],
    [
      'a value has another type',
      '8470',
      'high',
      'port: high',
      'gateway.port',
      '"high" must be integer',
      'Port',
    ],
    [
      'a value has another form',
      'url: https://acme.odoo.com',
      'url: acme.odoo.com',
      'url: acme',
      'systems.erp.url',
      '"acme.odoo.com" is not of the form that belongs here',
      'e.g. https://acme.odoo.com',
    ],
    [
      'a word is none of those allowed',
      'database: acme',
      'database: acme\n    transport: soap',
      'transport',
      'systems.erp.transport',
      '"soap" is none of: auto, json2, jsonrpc',
      'Use one of: auto, json2, jsonrpc.',
    ],
    [
      'a form of a choice is incomplete',
      '      clientSecret: hunter2\n',
      '',
      'auth:',
      'systems.crm.auth',
      'is missing clientSecret',
      'Add clientSecret: Consumer secret',
    ],
    [
      'no form of a choice is meant',
      'flow: client_credentials',
      'flow: password',
      'flow:',
      'systems.crm.auth.flow',
      '"password" is none of: client_credentials, jwt',
      'Set flow to one of',
    ],
    [
      'a choice does not say its form',
      '      flow: client_credentials\n',
      '',
      'auth:',
      'systems.crm.auth',
      'is missing flow',
      'Set flow to one of',
    ],
    [
      'a choice has another type',
      'webhookSecret: whsec_aHVudGVyNWh1bnRlcjVodW50ZXI1',
      'webhookSecret: 5',
      'webhookSecret',
      'systems.dallas.webhookSecret',
      '(hidden) must be string or array',
      'A list while it is being changed',
    ],
    [
      'a connector is unknown',
      'connector: odoo',
      'connector: sap',
      'connector: sap',
      'systems.erp.connector',
      'there is no connector sap',
      'Use one of: odoo, salesforce, warehouse-rest.',
    ],
    [
      'a site names a system that is not there',
      'executes: dallas',
      'executes: austin',
      'executes',
      'sites.DAL.executes',
      'there is no system austin',
      'Use one of: crm, erp, dallas.',
    ],
    [
      'a site is worked by what is no warehouse',
      'executes: dallas',
      'executes: erp',
      'executes',
      'sites.DAL.executes',
      'erp is no warehouse',
      'warehouse-rest',
    ],
    [
      'a site is worked by another site’s warehouse',
      'site: DAL\n    token',
      'site: RNO\n    token',
      'executes',
      'sites.DAL.executes',
      'the system dallas serves site RNO, not DAL',
      'Correct systems.dallas.site',
    ],
    [
      'a route names a site that is not there',
      '- site: DAL',
      '- site: AUS',
      'site: AUS',
      'routes.0.site',
      'there is no site AUS',
      'Use one of: DAL.',
    ],
    [
      'a route is never reached',
      '- site: DAL',
      '- site: DAL\n  - site: DAL\n    when: { country: [US] }',
      'site: DAL\n    when',
      'routes.1',
      'this route is never reached: route 0 has no conditions and takes every order',
      'Put the route without conditions last.',
    ],
    [
      'a system’s name has another form',
      '  erp:\n',
      '  ERP:\n',
      'ERP:',
      'systems.ERP',
      'is no name that can stand here',
      'small letters',
    ],
    [
      'a flow is unknown',
      'routes:',
      'flows:\n  order-dispatch: {}\nroutes:',
      'order-dispatch',
      'flows.order-dispatch',
      'is a setting that nobody knows',
      'order-release',
    ],
    [
      'a duration has no unit',
      'routes:',
      'flows:\n  order-status: { retry: { max: "10" } }\nroutes:',
      'order-status',
      'flows.order-status.retry.max',
      '"10" is not of the form that belongs here',
      '500ms',
    ],
    [
      'a database address is none',
      'gateway:',
      'database:\n  url: me:hunter2@db\ngateway:',
      'url: me',
      'database.url',
      '(hidden) is not of the form that belongs here',
      'postgres://user:password@host:5432/name',
    ],
  ])('says that %s: where, and what to do', (_title, part, by, at, path, message, remedy) => {
    const text = wrong(part, by);
    const found = problems(text);
    expect(found.map((problem) => [problem.path, problem.message])).toEqual([[path, message]]);
    expect(found[0]?.line).toBe(lineOf(text, at));
    expect(found[0]?.remedy).toContain(remedy);
    expect(JSON.stringify(found)).not.toContain('hunter');
  });

  it('needs exactly one CRM and one ERP', () => {
    const second = RIGHT.replace(
      '  dallas:\n',
      '  erp2:\n    connector: odoo\n    url: https://b\n    database: b\n    apiKey: c\n  dallas:\n',
    );
    expect(problems(second)).toMatchObject([
      { path: 'systems', message: 'the flows need exactly one odoo system, and 2 are: erp, erp2' },
    ]);
    const none = RIGHT.replace(/ {2}crm:[\s\S]*? {2}erp:/, '  erp:');
    expect(problems(none)).toMatchObject([
      { path: 'systems', message: 'the flows need exactly one salesforce system, and none is configured' },
    ]);
  });

  it('is told whole at once, in the order of the file', () => {
    const text = RIGHT.replace('name: acme', 'nmae: acme')
      .replace('apiKey: hunter3', 'apiKey: ${env:ODOO_KEY}')
      .replace('database: acme', 'database: ""')
      .replace('executes: dallas', 'executes: austin')
      .replace('- site: DAL', '- site: AUS');
    const found = problems(text);
    expect(found.map(({ path }) => path)).toEqual([
      'hub',
      'hub.nmae',
      'systems.erp.database',
      'systems.erp.apiKey',
      'sites.DAL.executes',
      'routes.0.site',
    ]);
    expect(found.map(({ line }) => line)).toEqual(
      ['hub:', 'nmae', 'database:', 'apiKey', 'executes', 'site: AUS'].map((part) => lineOf(text, part)),
    );
  });

  it('prints as file, line, path, and the remedy below', () => {
    const file = configurationFile(wrong('8470', '70000'));
    expect(() => loadConfiguration(file, connectorSchemas, {})).toThrow(
      `${file}:4: gateway.port: 70000 must be <= 65535\n  Correct the value. Port to listen on; 0 takes any free one. Default 8470.`,
    );
  });
});

describe('a file that is no configuration', () => {
  it('may be missing, unreadable or no YAML', () => {
    const folder = temporaryFolder();
    const read = (file: string) => () => loadConfiguration(file, connectorSchemas, {});
    expect(read(join(folder, 'none.yaml'))).toThrow(
      /none\.yaml:1: the file does not exist\n {2}Name another/,
    );
    expect(read(folder)).toThrow(/the file cannot be read \(EISDIR\)\n {2}Name a file/);
    expect(problems('hub:\n  name: [\n')).toMatchObject([{ line: 3, remedy: 'Mend the YAML at this line.' }]);
    expect(problems('hub: {}\nhub: {}\n')).toMatchObject([{ line: 2, message: 'Map keys must be unique' }]);
  });

  it.each(['', '# only a comment\n', '---\n'])(
    'may be empty, and that is all there is to say: %j',
    (text) => {
      expect(problems(text)).toMatchObject([
        { line: 1, path: '', message: 'the file is empty: no setting stands in it' },
      ]);
    },
  );

  it.each(['', '# only a comment\n', '[]\n', 'hello\n', 'systems: 5\nsites: [DAL]\nroutes: {}\n'])(
    'may be something else: %j',
    (text) => {
      const found = problems(text);
      expect(found.length).toBeGreaterThan(0);
      for (const problem of found) expect(formatProblem(problem)).toMatch(/trunkline\.yaml:\d+: .+\n {2}\S/);
    },
  );
});

it('has settings for each flow that there is', () => {
  const flows = Object.values(createFlows({ routeOrder: () => undefined, knownSites: new Set() })).flat();
  const names = Object.keys(ConfigurationSchema.properties.flows.properties);
  expect(names.sort()).toEqual(flows.map((flow) => flow.name).sort());
});

it.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['10m', 600_000],
  ['24h', 86_400_000],
  ['5d', 432_000_000],
])('reads %s as %d milliseconds', (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});
