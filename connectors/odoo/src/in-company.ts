import type { OdooClient } from './client.ts';

/**
 * A client whose every call works in one company: what it makes belongs to that company, and it sees no other's records. Without it
 * Odoo takes the account's own default company. A context of the call's own goes first.
 */
export function inCompany(client: OdooClient, companyId: number | undefined): OdooClient {
  if (companyId === undefined) return client;
  const company = { allowed_company_ids: [companyId] };
  return {
    ...client,
    call(model, method, args = {}, options = {}) {
      const context = { ...company, ...(args['context'] as Record<string, unknown> | undefined) };
      return client.call(model, method, { ...args, context }, options);
    },
  };
}
