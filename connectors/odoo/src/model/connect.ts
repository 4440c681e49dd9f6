import { createOdooClient, type OdooClientOptions, type OdooServer } from '../client.ts';
import { type OdooModel, openModel } from './model.ts';
import type { AnyModels, ModelShape } from './shapes.ts';

export interface OdooDatabase<Models> {
  /**
   * One model. With generated types (`trunkline odoo types`) only the models and fields that the server has can be named:
   * `connectOdoo<OdooModels>({...}).model('sale.order')`.
   */
  model<N extends keyof Models & string>(
    name: N,
  ): OdooModel<Models[N] extends ModelShape ? Models[N] : never>;
  /** Version and transport, found by the first request. @throws OdooError */
  server(): Promise<OdooServer>;
  close(): Promise<void>;
}

/**
 * A client of one Odoo database (16 and later) as one user: JSON-2 where the server has it, else /jsonrpc. Nothing is sent before
 * the first call.
 *
 * ```ts
 * const odoo = connectOdoo<OdooModels>({ url: 'https://acme.odoo.com', database: 'acme', apiKey });
 * const orders = await odoo
 *   .model('sale.order')
 *   .searchRead([['state', '=', 'sale']], ['name', 'partner_id', 'amount_total'], { limit: 20 });
 * // { id: 42, name: 'S00042', partner_id: { id: 7, name: 'Acme' }, amount_total: '54.63' }
 * ```
 */
export function connectOdoo<Models = AnyModels>(options: OdooClientOptions): OdooDatabase<Models> {
  const client = createOdooClient(options);
  return {
    model: (name) => openModel(client, name),
    server: () => client.server(),
    close: () => client.close(),
  };
}
