import { createOdooClient } from '../client.ts';
import { classifyOdooError } from '../error-classification.ts';
import type { Failure } from '../outcome.ts';
import type { OdooClientOptions } from '../client.ts';
import { shownVersion } from '../versions/treated-as.ts';
import type { Check } from './check.ts';
import { expectEqual, expectRejection } from './check.ts';

export const connectionChecks: readonly Check[] = [
  {
    name: 'version and transport are detected',
    async run({ odoo }) {
      const server = await odoo.client.server();
      if (server.major < 16) throw new Error(`Odoo ${server.version} is older than 16.`);
      return `Odoo ${shownVersion(server)} over ${server.transport}`;
    },
  },
  {
    name: 'a wrong key is rejected as such',
    async run({ connection }) {
      return expectRejection(
        await failureOf({ ...connection, apiKey: 'f'.repeat(40) }),
        'odoo-key-refused',
        'a wrong key',
      );
    },
  },
  {
    name: 'an unknown model is rejected as such',
    async run({ connection }) {
      return expectRejection(
        await failureOf(connection, 'trunkline.no.model'),
        'odoo-model-missing',
        'an unknown model',
      );
    },
  },
  {
    name: 'an unknown field is rejected for good, though it is a 500',
    async run({ odoo }) {
      const call = odoo.client.call('res.partner', 'search_read', {
        domain: [],
        fields: ['trunkline_no_field'],
        limit: 1,
      });
      return expectRejection(await failure(call), 'odoo-field-mismatch', 'an unknown field');
    },
  },
  {
    name: 'a closed port is a retry',
    async run({ connection }) {
      const outcome = await failureOf({ ...connection, url: 'http://127.0.0.1:9' });
      expectEqual(outcome.kind, 'retry', 'a closed port');
      return outcome.message;
    },
  },
];

async function failureOf(options: OdooClientOptions, model = 'res.partner'): Promise<Failure> {
  const client = createOdooClient(options);
  try {
    return await failure(client.call(model, 'search_count', { domain: [] }));
  } finally {
    await client.close();
  }
}

async function failure(call: Promise<unknown>): Promise<Failure> {
  try {
    await call;
  } catch (error) {
    return classifyOdooError(error);
  }
  throw new Error('The call succeeded.');
}
