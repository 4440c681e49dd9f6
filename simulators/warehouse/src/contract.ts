import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

/**
 * The published contract is what both sides are held to; the simulator refuses what it refuses.
 * It is read, not imported: a document that a foreign warehouse would have in its hands too.
 */
const DOCUMENT = new URL('../../../docs/spec/warehouse-rest.openapi.json', import.meta.url);

export interface Fault {
  /** JSON Pointer into the checked value. */
  path: string;
  detail: string;
}

export interface Contract {
  /** The document as published, for /openapi.json. */
  document: Record<string, unknown>;
  /** Faults of a value against `#/components/schemas/<name>`; none when it holds. */
  faults(name: string, value: unknown): Fault[];
}

export function readContract(): Contract {
  const document = JSON.parse(readFileSync(DOCUMENT, 'utf8')) as Record<string, unknown>;
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  formats.default(ajv, ['date-time']);
  ajv.addSchema({ $id: 'contract', components: document['components'] });
  return {
    document,
    faults(name, value) {
      const check = ajv.getSchema(`contract#/components/schemas/${name}`);
      if (!check) throw new Error(`The contract has no schema ${name}.`);
      return check(value) ? [] : (check.errors ?? []).map(describe);
    },
  };
}

function describe(error: ErrorObject): Fault {
  const params = error.params as Record<string, unknown>;
  const member = params['missingProperty'] ?? params['additionalProperty'];
  const path = typeof member === 'string' ? `${error.instancePath}/${escape(member)}` : error.instancePath;
  if (error.keyword === 'required') return { path, detail: 'is missing' };
  if (error.keyword === 'additionalProperties') return { path, detail: 'is not known to the contract' };
  return { path, detail: error.message ?? error.keyword };
}

function escape(member: string): string {
  return member.replaceAll('~', '~0').replaceAll('/', '~1');
}
