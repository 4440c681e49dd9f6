import type { Odoo } from '../external-ids.ts';
import { externalIdsOf, idsByExternalId } from '../external-ids.ts';
import type { Many2one } from '../values.ts';
import { idOf } from '../values.ts';
import type { PaymentTerms } from '../payment-terms.ts';
import { type PartnerToUpsert, type Places, readPlaces, readTerms } from './partners.ts';

const TEXTS = ['name', 'ref', 'email', 'phone', 'street', 'street2', 'city', 'zip'] as const;

type PartnerRow = Readonly<Record<(typeof TEXTS)[number], string | false>> & {
  readonly id: number;
  readonly country_id: Many2one;
  readonly state_id: Many2one;
  readonly property_payment_term_id?: Many2one;
};

/**
 * The partners that Odoo holds under our external ids with the content that is asked for. One that stands there with other content is
 * left out: an upsert has not landed yet.
 *
 * An account that may not read external ids (the usual case) finds them by name and asks each find for its external id.
 *
 * @throws OdooError
 * @returns ids by external id
 */
export async function findPartners(
  odoo: Odoo,
  partners: readonly PartnerToUpsert[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const wanted = new Map(partners.map((partner) => [partner.externalId, partner]));
  const direct = await idsByExternalId(odoo, 'res.partner', [...wanted.keys()], signal);
  const named = direct ?? (await idsByName(odoo, partners, signal));
  const ids = [...named].filter(([externalId]) => wanted.has(externalId));
  if (ids.length === 0) return new Map();
  const asksForTerms = partners.some(({ paymentTerms }) => paymentTerms !== undefined)
    ? ['property_payment_term_id']
    : [];
  const rows = await odoo.client.call<PartnerRow[]>(
    'res.partner',
    'read',
    { ids: ids.map(([, id]) => id), fields: [...TEXTS, 'country_id', 'state_id', ...asksForTerms] },
    { signal },
  );
  const places = await readPlaces(odoo, partners, signal);
  const terms = await readTerms(odoo, partners, signal);
  const read = new Map(rows.map((row) => [row.id, row]));
  return new Map(
    ids.filter(([externalId, id]) => {
      const [row, partner] = [read.get(id), wanted.get(externalId)];
      return row !== undefined && partner !== undefined && stands(partner, row, places, terms);
    }),
  );
}

async function idsByName(
  odoo: Odoo,
  partners: readonly PartnerToUpsert[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const names = [...new Set(partners.map(({ name }) => name))];
  const candidates = await odoo.client.call<number[]>(
    'res.partner',
    'search',
    { domain: [['name', 'in', names]] },
    { signal },
  );
  const external = await externalIdsOf(odoo, 'res.partner', candidates, signal);
  return new Map([...external].map(([id, name]) => [name, id]));
}

/**
 * Fields that an upsert leaves out stay as they are, so they are not compared. What Odoo wrote otherwise than it was told (a
 * reformatted phone number) reads as not landed: an upsert that is repeated changes nothing.
 */
function stands(
  partner: PartnerToUpsert,
  row: PartnerRow,
  { countries, regions }: Places,
  terms: PaymentTerms,
): boolean {
  const asked = {
    name: partner.name,
    ref: partner.reference,
    email: partner.email,
    phone: partner.phone,
    street: partner.street,
    street2: partner.street2,
    city: partner.city,
    zip: partner.postalCode,
  };
  const country = partner.country?.toUpperCase();
  const region = regions.get(`${country} ${partner.region}`);
  return (
    TEXTS.every((field) => asked[field] === undefined || asked[field] === (row[field] || '')) &&
    (partner.paymentTerms === undefined ||
      idOf(row.property_payment_term_id ?? false) === terms.ids.get(partner.paymentTerms)) &&
    (country === undefined || idOf(row.country_id) === countries.get(country)) &&
    (region === undefined || idOf(row.state_id) === region)
  );
}
