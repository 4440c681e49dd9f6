import type { CallOptions, OdooClient, OdooServer } from './client.ts';
import type { Odoo } from './external-ids.ts';

/** A field as `fields_get` describes it; the same members on all versions from 16 on. */
export interface FieldDescription {
  readonly type: string;
  /** The field's label in the user's language. */
  readonly string?: string;
  readonly help?: string;
  readonly required?: boolean;
  readonly readonly?: boolean;
  readonly store?: boolean;
  /** Of a many2one, one2many and many2many: the model on the other side. */
  readonly relation?: string;
  readonly selection?: readonly (readonly [string, string])[];
  /** Fields that a computed one rests on; empty for one that is entered. */
  readonly depends?: readonly string[];
  /** Total digits and digits after the point, of a float that has them. */
  readonly digits?: readonly [number, number] | false;
}

export type FieldCatalogue = Readonly<Record<string, FieldDescription>>;

const ATTRIBUTES = [
  'type',
  'string',
  'help',
  'required',
  'readonly',
  'store',
  'relation',
  'selection',
  'depends',
  'digits',
];

/** A model's fields as the server has them now. @throws OdooError */
export function readCatalogue(
  client: OdooClient,
  model: string,
  options: CallOptions = {},
): Promise<FieldCatalogue> {
  return client.call<FieldCatalogue>(model, 'fields_get', { attributes: ATTRIBUTES }, options);
}

interface Known {
  /** As of which asking. */
  readonly server: OdooServer;
  readonly models: Map<string, Promise<FieldCatalogue>>;
}

const catalogues = new WeakMap<OdooClient, Known>();

/**
 * A model's fields, which depend on the server's version and modules (`carrier_tracking_ref` comes with deliveries).
 * Read once per client, model and asking of the server what it is; whoever must see a change asks `readCatalogue`.
 *
 * @throws OdooError
 */
export async function catalogueOf(client: OdooClient, model: string): Promise<FieldCatalogue> {
  const server = await client.server();
  let known = catalogues.get(client);
  if (known?.server !== server) catalogues.set(client, (known = { server, models: new Map() }));
  const { models } = known;
  const kept = models.get(model);
  if (kept !== undefined) return kept;
  const reading = readCatalogue(client, model).catch((error: unknown) => {
    models.delete(model);
    throw error;
  });
  models.set(model, reading);
  return reading;
}

/** The names of the fields that a model has on this server. @throws OdooError */
export async function fieldsOf({ client }: Odoo, model: string): Promise<ReadonlySet<string>> {
  return new Set(Object.keys(await catalogueOf(client, model)));
}
