import type { JsonObject } from '@trunkline/messaging';
import type { Odoo } from '../external-ids.ts';
import { fieldsOf } from '../field-catalogue.ts';
import { type PaymentTerms, paymentTermsOf } from '../payment-terms.ts';
import { createKnownExternalIds } from './known-external-ids.ts';
import { datetimeFromOdoo, textOf } from '../values.ts';
import type { ChangeSource } from './change-stream.ts';

export const PARTNER_DOCUMENT = 'res.partner';

const TEXTS = ['name', 'ref', 'email', 'phone', 'street', 'street2', 'city', 'zip', 'vat', 'type'] as const;
const LINKS = ['parent_id', 'country_id', 'state_id'] as const;
/** Absent without the app *Invoicing*. */
const TERMS = 'property_payment_term_id';
const FLAGS = ['is_company', 'active'] as const;

type Row = {
  readonly id: number;
  readonly write_date: string;
  readonly changedAt: string;
} & Readonly<Record<(typeof TEXTS)[number], string | false>> &
  Readonly<Record<(typeof LINKS)[number], number | false>> &
  Readonly<Record<(typeof FLAGS)[number], boolean>> & { readonly [TERMS]?: number | false };

/**
 * Customers and their addresses, archived ones too, as far as the hub made them. An address belongs to its customer's key.
 *
 * @param partnersOf how the external ids of those begin that are handed out
 */
export function partners(odoo: Odoo, partnersOf = 'cu_'): ChangeSource<Row> {
  const externalIdsOf = createKnownExternalIds(odoo, 'res.partner');
  return {
    stream: 'partners',
    model: 'res.partner',
    document: PARTNER_DOCUMENT,
    domain: [],
    children: [],
    backlogById: true,
    page: 1000,
    async rows(query, signal) {
      const available = await fieldsOf(odoo, 'res.partner');
      const terms = [TERMS].filter((field) => available.has(field));
      const fields = [...TEXTS, ...LINKS, ...FLAGS, ...terms, 'write_date'];
      const rows = await odoo.client.call<Row[]>(
        'res.partner',
        'search_read',
        // Ids of what is linked suffice: names cost Odoo a look-up each.
        { ...query, fields, load: '_classic_write', context: { active_test: false } },
        { signal },
      );
      return rows.map((row) => ({ ...row, changedAt: datetimeFromOdoo(row.write_date) }));
    },
    async complete(rows, signal) {
      const ids = rows.map(({ id }) => id);
      const termIds = [...new Set(rows.flatMap((row) => row[TERMS] || []))];
      const [names, terms] = await Promise.all([
        externalIdsOf(ids, signal),
        paymentTermsOf(odoo, { ids: termIds }, signal),
      ]);
      return rows.map((row) => {
        const { id, changedAt } = row;
        const externalId = names.get(id);
        if (externalId?.startsWith(partnersOf) !== true) return { id, changedAt, children: [] };
        const message = {
          key: externalId.replace(/_a[0-9a-f]{16}$/, ''),
          payload: documentOf(row, externalId, terms),
        };
        return { id, changedAt, children: [], message };
      });
    },
  };
}

function documentOf(row: Row, externalId: string, terms: PaymentTerms): JsonObject {
  return {
    id: row.id,
    externalId,
    ...Object.fromEntries(TEXTS.map((field) => [field, textOf(row[field])])),
    ...Object.fromEntries(LINKS.map((field) => [field, row[field] === false ? null : row[field]])),
    paymentTerms: terms.names.get(row[TERMS] || 0) ?? null,
    ...Object.fromEntries(FLAGS.map((field) => [field, row[field]])),
  };
}
