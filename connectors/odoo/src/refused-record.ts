import type { Odoo } from './external-ids.ts';
import type { Failure } from './outcome.ts';

/** A refusal with the page of the record that it is about, so that who must mend it is one click away. */
export function onRecord(odoo: Odoo, failure: Failure, model: string, id: number): Failure {
  const link = odoo.client.recordLink(model, id);
  if (failure.kind !== 'rejected' || link === undefined || failure.link !== undefined) return failure;
  return failure.code === 'odoo-record-missing' ? failure : { ...failure, link };
}
