import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { type RunningWarehouse, start, type WarehouseOptions } from '../src/server.ts';

export const TOKEN = 'the-token';
export const SECRET = `whsec_${Buffer.from('a secret that only the test knows').toString('base64')}`;

/** A warehouse that works at once and shorts nothing, unless told otherwise. */
export function startWarehouse(options: Partial<WarehouseOptions> = {}): Promise<RunningWarehouse> {
  return start({
    token: TOKEN,
    webhookSecret: SECRET,
    pickDelayMs: 0,
    shortRate: 0,
    splitRate: 0,
    ...options,
  });
}

export function release(
  releaseNumber: string,
  changes: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    releaseNumber,
    revision: 1,
    site: 'DAL',
    orderNumber: `SO-${releaseNumber}`,
    reference: `order/${releaseNumber}`,
    priority: 5,
    shipBy: '2026-12-01T20:00:00Z',
    shipTo: { name: 'Hungry Owl', lines: ['8 Johnstown Road'], city: 'Cork', country: 'IE' },
    lines: [
      { line: '1', sku: 'P11', quantity: '12', unit: 'EA' },
      { line: '2', sku: 'P42', quantity: '10', unit: 'EA' },
      { line: '3', sku: 'P72', quantity: '2.5', unit: 'KG' },
    ],
    ...changes,
  };
}

export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

export async function call(url: string, method: string, body?: unknown, token = TOKEN): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
}

export function put(warehouse: RunningWarehouse, body: Record<string, unknown>): Promise<Answer> {
  return call(
    `${warehouse.url}/v1/releases/${encodeURIComponent(String(body['releaseNumber']))}`,
    'PUT',
    body,
  );
}

/** The published document, compiled here and not by the simulator's own code. */
const contract = JSON.parse(
  readFileSync(new URL('../../../docs/spec/warehouse-rest.openapi.json', import.meta.url), 'utf8'),
);
const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv, ['date-time']);
ajv.addSchema({ $id: 'published', components: contract.components });

/** Why a value breaks a schema of the published contract; empty when it keeps it. */
export function breaches(schema: string, value: unknown): string[] {
  const check = ajv.getSchema(`published#/components/schemas/${schema}`);
  if (!check) return [`the contract has no schema ${schema}`];
  return check(value)
    ? []
    : (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** The schema of the webhook that the contract lists under an event's type. */
export function webhookSchema(type: string): string {
  const reference = contract.webhooks[type]?.post.requestBody.content['application/json'].schema.$ref;
  return String(reference).split('/').at(-1) ?? '';
}
