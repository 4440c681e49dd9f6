import { classifyOdooError } from '../../error-classification.ts';
import type { Odoo } from '../../external-ids.ts';
import { fieldsOf } from '../../field-catalogue.ts';
import { type Outcome, rejected } from '../../outcome.ts';
import type { DecimalString } from '../../values.ts';
import { decimalFromOdoo } from '../../values.ts';

export type CreditOutcome = Outcome<{
  /** Null: no limit of the customer's own is set. */
  readonly limit: DecimalString | null;
  readonly owed: DecimalString;
  /** Null where the server does not count it: 16 has no such field. */
  readonly toInvoice: DecimalString | null;
}>;

const WANTED = ['credit', 'credit_limit', 'use_partner_credit_limit', 'credit_to_invoice'];

interface PartnerRow {
  readonly id: number;
  readonly credit?: number;
  readonly credit_limit?: number;
  readonly use_partner_credit_limit?: boolean;
  readonly credit_to_invoice?: number;
}

/**
 * What customers owe and may owe. Odoo only warns when an order goes over the limit and confirms it all the same (recording 12), so
 * whoever wants to hold orders asks this first. The figures need a right of Invoicing. @returns one outcome per id, in order
 */
export async function readCredit(
  odoo: Odoo,
  partnerIds: readonly number[],
  signal?: AbortSignal,
): Promise<CreditOutcome[]> {
  try {
    const available = await fieldsOf(odoo, 'res.partner');
    const fields = WANTED.filter((field) => available.has(field));
    if (!fields.includes('credit'))
      return partnerIds.map(() =>
        rejected(
          'odoo-right-missing',
          'This account sees no credit figures of customers.',
          'Give the service account the right Invoicing (Billing), or install Invoicing.',
        ),
      );
    const domain = [['id', 'in', [...new Set(partnerIds)]]];
    const args = { domain, fields, context: { active_test: false } };
    const rows = await odoo.client.call<PartnerRow[]>('res.partner', 'search_read', args, { signal });
    const byId = new Map(rows.map((row) => [row.id, row]));
    return partnerIds.map((id): CreditOutcome => {
      const row = byId.get(id);
      if (row === undefined)
        return rejected('odoo-record-missing', `Odoo has no customer ${id}.`, 'It was deleted in Odoo.');
      return {
        kind: 'succeeded',
        limit: row.use_partner_credit_limit === true ? decimalFromOdoo(row.credit_limit ?? 0) : null,
        owed: decimalFromOdoo(row.credit ?? 0),
        toInvoice: row.credit_to_invoice === undefined ? null : decimalFromOdoo(row.credit_to_invoice),
      };
    });
  } catch (error) {
    const failure = classifyOdooError(error);
    return partnerIds.map(() => failure);
  }
}
