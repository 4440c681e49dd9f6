/**
 * What of trunkline.yaml has the right form and cannot work, and references in it. Real: files on disk, the YAML parser, the connectors'
 * own schemas. May observe: the problems, as `trunkline check` prints them.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connectorSchemas } from '../src/composition/connector-registry.ts';
import { loadConfiguration } from '../src/configuration/load.ts';
import { configurationFile, RIGHT, temporaryFolder } from './support/configuration-file.ts';
import { lineOf, problems, wrong } from './support/judged-configuration.ts';

describe('what cannot work', () => {
  it.each([
    [
      'a lane takes a document that its system does not send',
      'routes:',
      'lanes:\n  stock:\n    messages: ["dallas:stock.adjustd", "erp:stock.picking", crm]\nroutes:',
      'messages:',
      'lanes.stock.messages.0',
      'dallas sends no document stock.adjustd',
      'dallas:inventory.adjusted',
    ],
    [
      'a warehouse’s address has the contract’s own beginning in it',
      'url: https://wes.dal.acme.example',
      'url: https://wes.dal.acme.example/v1/',
      'url: https://wes',
      'systems.dallas.url',
      '"https://wes.dal.acme.example/v1/" is not of the form that belongs here',
      'without /v1',
    ],
    [
      'the longest wait of a flow is shorter than its first',
      'routes:',
      'flows:\n  order-status:\n    retry:\n      base: 1m\n      max: 30s\nroutes:',
      'max: 30s',
      'flows.order-status.retry.max',
      'the longest wait between two tries, 30s, is shorter than the first, 1m',
      'Make retry.max at least as long as retry.base.',
    ],
    [
      'the first wait is longer than the longest that holds unless told',
      'routes:',
      'flows:\n  order-status:\n    retry:\n      base: 1h\nroutes:',
      'base: 1h',
      'flows.order-status.retry.base',
      'the longest wait between two tries, 10m, is shorter than the first, 1h',
      'max 10m',
    ],
    [
      'a route names a code that is no country’s',
      '- site: DAL',
      '- site: DAL\n    when: { country: [US, ZZ] }',
      'when:',
      'routes.0.when.country.1',
      'ZZ is no country’s code',
      'Correct it: ISO 3166-1 alpha-2',
    ],
    [
      'a route names a country by another word than its code',
      '- site: DAL',
      '- site: DAL\n    when: { country: [UK] }',
      'when:',
      'routes.0.when.country.0',
      'UK is no country’s code',
      'Write GB:',
    ],
    [
      'a private key is none',
      'flow: client_credentials\n      clientId: consumer\n      clientSecret: hunter2',
      'flow: jwt\n      clientId: consumer\n      username: hub\n      privateKey: hunter2',
      'privateKey',
      'systems.crm.auth.privateKey',
      '(hidden) is not of the form that belongs here',
      'the whole file with its BEGIN and END lines',
    ],
    [
      'a webhook secret has another form',
      'webhookSecret: whsec_aHVudGVyNWh1bnRlcjVodW50ZXI1',
      'webhookSecret: hunter5',
      'webhookSecret',
      'systems.dallas.webhookSecret',
      '(hidden) is not of the form that belongs here',
      '`echo whsec_$(openssl rand -base64 32)` makes one',
    ],
    [
      'YAML reads a text as a number',
      'apiKey: hunter3',
      'apiKey: 0000',
      'apiKey',
      'systems.erp.apiKey',
      '(hidden) must be string',
      'Put it in quotes: YAML reads it as a number.',
    ],
    [
      'a section is misspelt',
      'gateway:',
      'gatway:',
      'gatway',
      'gatway',
      'is a setting that nobody knows',
      'Did you mean gateway? Known here: hub, database, gateway,',
    ],
  ])('is told: %s', (_title, part, by, at, path, message, remedy) => {
    const text = wrong(part, by);
    const found = problems(text);
    expect(found.map((problem) => [problem.path, problem.message])).toEqual([[path, message]]);
    expect(found[0]?.line).toBe(lineOf(text, at));
    expect(found[0]?.remedy).toContain(remedy);
    expect(JSON.stringify(found)).not.toContain('hunter');
  });
});

describe('references', () => {
  it('take values from the environment and from files beside the configuration', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'odoo.key'), 'from-a-file\n');
    const text = RIGHT.replace('apiKey: hunter3', 'apiKey: ${file:odoo.key}').replace(
      'url: https://acme.odoo.com',
      'url: https://${env:HOST}:${env:PORT}',
    );
    const { systems } = loadConfiguration(configurationFile(text, folder), connectorSchemas, {
      HOST: 'odoo',
      PORT: '8069',
    });
    expect(systems['erp']).toMatchObject({ apiKey: 'from-a-file', url: 'https://odoo:8069' });
  });

  it.each([
    ['${env:ODOO_KEY}', 'the environment variable ODOO_KEY is not set', 'export ODOO_KEY=…'],
    ['${file:nowhere}', /^the file \/.*\/nowhere does not exist$/, 'Put the secret there'],
    ['${file:.}', /cannot be read$/, 'Put the secret there'],
    ['${ODOO_KEY}', '${ODOO_KEY} is no reference that Trunkline knows', 'Write ${env:NAME}'],
    ['${evn:ODOO_KEY}', '${evn:ODOO_KEY} is no reference that Trunkline knows', 'Write ${env:NAME}'],
  ])('that lead nowhere are told once: %s', (reference, message, remedy) => {
    const text = wrong('apiKey: hunter3', `apiKey: ${reference}`);
    const found = problems(text, { ODOO_KEY: '' });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ path: 'systems.erp.apiKey', line: lineOf(text, 'apiKey') });
    expect(found[0]?.message).toMatch(message);
    expect(found[0]?.remedy).toContain(remedy);
  });

  it('are quoted as written, not as resolved: the value may be a secret', () => {
    const found = problems(wrong('url: https://acme.odoo.com', 'url: ${env:URL}'), { URL: 'hunter7' });
    expect(found).toMatchObject([
      {
        message: 'the value of the environment variable URL is not of the form that belongs here',
        remedy: expect.stringMatching(
          /^The reference is right; correct what it leads to\. The server’s root/,
        ),
      },
    ]);
    const parts = problems(wrong('url: https://acme.odoo.com', 'url: ${env:SCHEME}//odoo'), {
      SCHEME: 'hunter7',
    });
    expect(parts).toMatchObject([
      { message: '"${env:SCHEME}//odoo" with its references resolved is not of the form that belongs here' },
    ]);
    expect(JSON.stringify([found, parts])).not.toContain('hunter');
  });

  it('are wrong themselves where no text belongs', () => {
    expect(problems(wrong('port: 8470', 'port: ${env:PORT}'), { PORT: '8470' })).toMatchObject([
      {
        path: 'gateway.port',
        message: '"${env:PORT}" must be integer',
        remedy: expect.stringMatching(/^A reference gives a text: write the value itself\./),
      },
    ]);
  });
});
