import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-hub-'));
  made.push(folder);
  return folder;
}

export function configurationFile(text: string, folder = temporaryFolder()): string {
  const file = join(folder, 'trunkline.yaml');
  writeFileSync(file, text);
  return file;
}

/** A configuration without a fault. Tests replace parts of its text, so that the line of a fault can be told from the text. */
export const RIGHT = `hub:
  name: acme
gateway:
  port: 8470
systems:
  crm:
    connector: salesforce
    instance: https://acme.my.salesforce.com
    auth:
      flow: client_credentials
      clientId: consumer
      clientSecret: hunter2
  erp:
    connector: odoo
    url: https://acme.odoo.com
    database: acme
    apiKey: hunter3
  dallas:
    connector: warehouse-rest
    url: https://wes.dal.acme.example
    site: DAL
    token: hunter4
    webhookSecret: whsec_aHVudGVyNWh1bnRlcjVodW50ZXI1
sites:
  DAL:
    executes: dallas
routes:
  - site: DAL
`;
