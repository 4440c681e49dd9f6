import { classifyOdooError } from '../error-classification.ts';
import type { Odoo } from '../external-ids.ts';
import { qualify } from '../external-ids.ts';
import type { LoadOutcome, LoadRecord } from '../load.ts';
import { load } from '../load.ts';
import type { Outcome, Rejected } from '../outcome.ts';
import { rejected } from '../outcome.ts';
import { type PaymentTerms, paymentTermsOf } from '../payment-terms.ts';

/** A company, a person or an address; Odoo keeps all three as partners. */
export interface PartnerToUpsert {
  /** External id without its module. */
  readonly externalId: string;
  readonly name: string;
  readonly parentExternalId?: string;
  /** What an address below a parent is used for. Left out for a customer itself. */
  readonly addressType?: 'contact' | 'invoice' | 'delivery' | 'other';
  readonly isCompany?: boolean;
  /** The customer number, Odoo's "Reference". */
  readonly reference?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly street?: string;
  readonly street2?: string;
  readonly city?: string;
  readonly postalCode?: string;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
  /** The region's code within its country, `TX`. Left out of the record when Odoo knows none such. */
  readonly region?: string;
  readonly taxId?: string;
  /** By their name in Odoo, or their external id with its module. */
  readonly paymentTerms?: string;
}

export type PartnerOutcome = Outcome<{ readonly partnerId: number }>;

/**
 * Creates or updates partners; parents go in a call before their children, since `load()` undoes what it
 * created before a failing record, and children of an undone parent would be blamed for it.
 *
 * Fields that are left out stay as they are in Odoo. @returns one outcome per partner, in order
 */
export async function upsertPartners(
  odoo: Odoo,
  partners: readonly PartnerToUpsert[],
  signal?: AbortSignal,
): Promise<PartnerOutcome[]> {
  let places: Places;
  let terms: PaymentTerms;
  try {
    places = await readPlaces(odoo, partners, signal);
    terms = await readTerms(odoo, partners, signal);
  } catch (error) {
    const failure = classifyOdooError(error);
    return partners.map(() => failure);
  }
  const outcomes = new Map<PartnerToUpsert, PartnerOutcome>();
  for (const generation of generationsOf(partners)) {
    const known: { partner: PartnerToUpsert; record: LoadRecord }[] = [];
    for (const partner of generation) {
      const record = recordOf(odoo, partner, places, terms);
      if ('kind' in record) outcomes.set(partner, record);
      else known.push({ partner, record });
    }
    const loaded = await load(
      odoo,
      'res.partner',
      known.map(({ record }) => record),
      { signal },
    );
    known.forEach(({ partner }, index) => outcomes.set(partner, named(loaded[index])));
  }
  return partners.map((partner) => outcomes.get(partner) ?? { kind: 'retry', message: 'Not sent.' });
}

function named(outcome: LoadOutcome | undefined): PartnerOutcome {
  if (outcome === undefined) return { kind: 'retry', message: 'Not sent.' };
  return outcome.kind === 'succeeded' ? { kind: 'succeeded', partnerId: outcome.id } : outcome;
}

/** Those without a parent in this batch, then their children, and so on; a cycle ends up in one last generation. */
function generationsOf(partners: readonly PartnerToUpsert[]): PartnerToUpsert[][] {
  const generations: PartnerToUpsert[][] = [];
  let left = [...partners];
  while (left.length > 0) {
    const waiting = new Set(left.map(({ externalId }) => externalId));
    const free = left.filter((partner) => !waiting.has(partner.parentExternalId ?? ''));
    const generation = free.length === 0 ? left : free;
    generations.push(generation);
    left = left.filter((partner) => !generation.includes(partner));
  }
  return generations;
}

export interface Places {
  readonly countries: ReadonlyMap<string, number>;
  /** By country and region code, `US TX`. */
  readonly regions: ReadonlyMap<string, number>;
}

/** `load()` refuses `country_id/code`, so codes are looked up: one call for countries, one for regions. */
export async function readPlaces(
  odoo: Odoo,
  partners: readonly PartnerToUpsert[],
  signal?: AbortSignal,
): Promise<Places> {
  const codes = distinct(partners.map(({ country }) => country?.toUpperCase()));
  const regionCodes = distinct(partners.map(({ region }) => region));
  const countries =
    codes.length === 0
      ? []
      : await odoo.client.call<{ id: number; code: string }[]>(
          'res.country',
          'search_read',
          { domain: [['code', 'in', codes]], fields: ['code'] },
          { signal },
        );
  const regions =
    regionCodes.length === 0
      ? []
      : await odoo.client.call<{ id: number; code: string; country_id: [number, string] }[]>(
          'res.country.state',
          'search_read',
          {
            domain: [
              ['code', 'in', regionCodes],
              ['country_id.code', 'in', codes],
            ],
            fields: ['code', 'country_id'],
          },
          { signal },
        );
  const codeOf = new Map(countries.map(({ id, code }) => [id, code]));
  return {
    countries: new Map(countries.map(({ id, code }) => [code, id])),
    regions: new Map(regions.map(({ id, code, country_id }) => [`${codeOf.get(country_id[0])} ${code}`, id])),
  };
}

function distinct(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}

export function readTerms(
  odoo: Odoo,
  partners: readonly PartnerToUpsert[],
  signal?: AbortSignal,
): Promise<PaymentTerms> {
  return paymentTermsOf(odoo, { words: distinct(partners.map(({ paymentTerms }) => paymentTerms)) }, signal);
}

function unknownTerms({ paymentTerms }: PartnerToUpsert): Rejected {
  return rejected(
    'odoo-payment-terms-unknown',
    `Odoo has no payment terms "${paymentTerms}".`,
    'Make them in Odoo (Invoicing > Configuration > Payment Terms) under this name, or correct the customer’s terms; then retry.',
    'property_payment_term_id',
  );
}

function unknownCountry({ country }: PartnerToUpsert): Rejected {
  const refused = rejected(
    'odoo-country-unknown',
    `Odoo knows no country "${country}".`,
    'Say which of Odoo’s countries it is (a mapping), or correct it to an ISO 3166-1 alpha-2 code.',
    'country_id',
  );
  return country === undefined ? refused : { ...refused, missing: { kind: 'country', value: country } };
}

function recordOf(
  odoo: Odoo,
  partner: PartnerToUpsert,
  { countries, regions }: Places,
  terms: PaymentTerms,
): LoadRecord | Rejected {
  const country = partner.country?.toUpperCase();
  const countryId = country === undefined ? undefined : countries.get(country);
  if (country !== undefined && countryId === undefined) return unknownCountry(partner);
  const termsId = terms.ids.get(partner.paymentTerms ?? '');
  if (partner.paymentTerms !== undefined && termsId === undefined) return unknownTerms(partner);
  const regionId = regions.get(`${country} ${partner.region}`);
  const cells = {
    name: partner.name,
    'parent_id/id':
      partner.parentExternalId === undefined ? undefined : qualify(odoo, partner.parentExternalId),
    type: partner.addressType,
    is_company: partner.isCompany === undefined ? undefined : partner.isCompany ? 'True' : 'False',
    ref: partner.reference,
    email: partner.email,
    phone: partner.phone,
    street: partner.street,
    street2: partner.street2,
    city: partner.city,
    zip: partner.postalCode,
    'country_id/.id': countryId?.toString(),
    'state_id/.id': regionId?.toString(),
    vat: partner.taxId,
    'property_payment_term_id/.id': termsId?.toString(),
  };
  return { externalId: partner.externalId, cells: withoutUndefined(cells) };
}

export function withoutUndefined(
  cells: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(cells).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
