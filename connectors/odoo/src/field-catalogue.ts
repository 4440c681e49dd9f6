import type { Odoo } from './external-ids.ts';
import type { OdooClient } from './client.ts';

const catalogues = new WeakMap<OdooClient, Map<string, Promise<ReadonlySet<string>>>>();

/**
 * The fields that a model has on this server, which depends on its version and modules
 * (`carrier_tracking_ref` comes with deliveries). Read once per client and model.
 *
 * @throws OdooError
 */
export function fieldsOf({ client }: Odoo, model: string): Promise<ReadonlySet<string>> {
  const catalogue = catalogues.get(client) ?? new Map<string, Promise<ReadonlySet<string>>>();
  catalogues.set(client, catalogue);
  const known = catalogue.get(model);
  if (known !== undefined) return known;
  const reading = client.call<Record<string, unknown>>(model, 'fields_get', { attributes: ['type'] }).then(
    (fields) => new Set(Object.keys(fields)),
    (error: unknown) => {
      catalogue.delete(model);
      throw error;
    },
  );
  catalogue.set(model, reading);
  return reading;
}
