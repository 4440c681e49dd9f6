import type { Odoo } from '../external-ids.ts';
import { externalIdsOf } from '../external-ids.ts';
import { fieldsOf } from '../field-catalogue.ts';
import { LEAD_DOCUMENT, type LeadDocument, leadOrderId, type PlaceDocument } from '../translators/lead.ts';
import type { Many2one } from '../values.ts';
import { datetimeFromOdoo, decimalFromOdoo, idOf, textOf } from '../values.ts';
import type { ChangeSource } from './change-stream.ts';

interface Row {
  readonly id: number;
  readonly write_date: string;
  readonly changedAt: string;
  readonly name: string;
  readonly active: boolean;
  readonly partner_id: Many2one;
  readonly order_ids?: readonly number[];
}

interface PartnerRow {
  readonly id: number;
  readonly name: string | false;
  readonly ref: string | false;
  readonly email: string | false;
  readonly phone: string | false;
  readonly street: string | false;
  readonly street2: string | false;
  readonly city: string | false;
  readonly zip: string | false;
  readonly country_id: Many2one;
  readonly state_id: Many2one;
}

interface QuotationRow {
  readonly id: number;
  readonly name: string;
  readonly client_order_ref: string | false;
  readonly commitment_date: string | false;
  readonly currency_id: Many2one;
  readonly partner_shipping_id: Many2one;
}

interface LineRow {
  readonly id: number;
  readonly order_id: [number, string];
  readonly product_id: Many2one;
  readonly name: string | false;
  readonly product_uom_qty: number;
  readonly price_unit: number;
  readonly discount: number;
}

/**
 * Won opportunities with the newest quotation that is not cancelled: Odoo's CRM as a source of orders, for an Odoo that is the CRM of
 * another ERP. Where the same database is the ERP as well, its people confirm the quotation itself, and this is left out of `follow`.
 */
export function wonLeads(odoo: Odoo): ChangeSource<Row> {
  return {
    stream: 'won-leads',
    model: 'crm.lead',
    document: LEAD_DOCUMENT,
    domain: [
      ['type', '=', 'opportunity'],
      ['stage_id.is_won', '=', true],
    ],
    children: [],
    page: 200,
    async rows(query, signal) {
      const quotations = (await fieldsOf(odoo, 'crm.lead')).has('order_ids') ? ['order_ids'] : [];
      const fields = ['name', 'active', 'partner_id', 'write_date', ...quotations];
      const args = { ...query, fields, context: { active_test: false } };
      const rows = await odoo.client.call<Row[]>('crm.lead', 'search_read', args, { signal });
      return rows.map((row) => ({ ...row, changedAt: datetimeFromOdoo(row.write_date) }));
    },
    async complete(rows, signal) {
      const read = await readQuotations(odoo, rows, signal);
      const shipping = [...read.quotations.values()].map(({ partner_shipping_id }) =>
        idOf(partner_shipping_id),
      );
      const partners = await readPartners(
        odoo,
        [...rows.map(({ partner_id }) => idOf(partner_id)), ...shipping],
        signal,
      );
      return rows.map((row) => {
        // 18 archives a won lead that is lost afterwards and leaves it in its stage (recording 18).
        if (!row.active) return { id: row.id, changedAt: row.changedAt, children: [] };
        const payload = documentOf(row, read, partners);
        return {
          id: row.id,
          changedAt: row.changedAt,
          children: [],
          message: { key: leadOrderId(row.id), payload },
        };
      });
    },
  };
}

interface Quotations {
  /** By lead. */
  readonly quotations: ReadonlyMap<number, QuotationRow>;
  readonly lines: ReadonlyMap<number, readonly LineRow[]>;
  readonly skus: ReadonlyMap<number, string | null>;
}

async function readQuotations(odoo: Odoo, rows: readonly Row[], signal?: AbortSignal): Promise<Quotations> {
  const ids = rows.flatMap(({ order_ids }) => order_ids ?? []);
  if (ids.length === 0) return { quotations: new Map(), lines: new Map(), skus: new Map() };
  const orders = await odoo.client.call<QuotationRow[]>(
    'sale.order',
    'search_read',
    {
      domain: [
        ['id', 'in', ids],
        ['state', '!=', 'cancel'],
      ],
      fields: ['name', 'client_order_ref', 'commitment_date', 'currency_id', 'partner_shipping_id'],
      order: 'id',
    },
    { signal },
  );
  const lines = await odoo.client.call<LineRow[]>(
    'sale.order.line',
    'search_read',
    {
      domain: [
        ['order_id', 'in', orders.map(({ id }) => id)],
        ['display_type', '=', false],
      ],
      fields: ['order_id', 'product_id', 'name', 'product_uom_qty', 'price_unit', 'discount'],
      order: 'order_id, sequence, id',
    },
    { signal },
  );
  const productIds = [
    ...new Set(lines.map(({ product_id }) => idOf(product_id)).filter((id) => id !== null)),
  ];
  const products =
    productIds.length === 0
      ? []
      : await odoo.client.call<{ id: number; default_code: string | false }[]>(
          'product.product',
          'read',
          { ids: productIds, fields: ['default_code'] },
          { signal },
        );
  const newest = rows.flatMap((row): [number, QuotationRow][] => {
    const own = orders.findLast(({ id }) => row.order_ids?.includes(id) === true);
    return own === undefined ? [] : [[row.id, own]];
  });
  return {
    quotations: new Map(newest),
    lines: Map.groupBy(lines, ({ order_id }) => order_id[0]),
    skus: new Map(products.map(({ id, default_code }) => [id, textOf(default_code)])),
  };
}

interface Partners {
  readonly rows: ReadonlyMap<number, PartnerRow>;
  readonly externalIds: ReadonlyMap<number, string>;
  readonly countries: ReadonlyMap<number, string>;
  readonly regions: ReadonlyMap<number, string>;
}

async function readPartners(
  odoo: Odoo,
  wanted: readonly (number | null)[],
  signal?: AbortSignal,
): Promise<Partners> {
  const ids = [...new Set(wanted.filter((id) => id !== null))];
  if (ids.length === 0)
    return { rows: new Map(), externalIds: new Map(), countries: new Map(), regions: new Map() };
  const fields = [
    'name',
    'ref',
    'email',
    'phone',
    'street',
    'street2',
    'city',
    'zip',
    'country_id',
    'state_id',
  ];
  const args = { domain: [['id', 'in', ids]], fields, context: { active_test: false } };
  const rows = await odoo.client.call<PartnerRow[]>('res.partner', 'search_read', args, { signal });
  const codes = async (model: string, places: readonly (number | null)[]) => {
    const found = [...new Set(places.filter((id) => id !== null))];
    if (found.length === 0) return new Map<number, string>();
    const read = { ids: found, fields: ['code'] };
    const answers = await odoo.client.call<{ id: number; code: string }[]>(model, 'read', read, { signal });
    return new Map(answers.map(({ id, code }) => [id, code]));
  };
  return {
    rows: new Map(rows.map((row) => [row.id, row])),
    externalIds: await externalIdsOf(odoo, 'res.partner', ids, signal),
    countries: await codes(
      'res.country',
      rows.map(({ country_id }) => idOf(country_id)),
    ),
    regions: await codes(
      'res.country.state',
      rows.map(({ state_id }) => idOf(state_id)),
    ),
  };
}

function documentOf(row: Row, { quotations, lines, skus }: Quotations, partners: Partners): LeadDocument {
  const quotation = quotations.get(row.id);
  const customer = partners.rows.get(idOf(row.partner_id) ?? 0);
  const shipTo = partners.rows.get(idOf(quotation?.partner_shipping_id ?? false) ?? 0) ?? customer;
  const externalId = customer === undefined ? undefined : partners.externalIds.get(customer.id);
  return {
    id: row.id,
    name: row.name,
    customer:
      customer === undefined
        ? null
        : {
            id: customer.id,
            externalId: externalId?.startsWith('cu_') === true ? externalId : null,
            name: textOf(customer.name),
            accountNumber: textOf(customer.ref),
            email: textOf(customer.email),
            billTo: placeOf(customer, partners),
          },
    shipTo: shipTo === undefined ? null : placeOf(shipTo, partners),
    currency: quotation === undefined || quotation.currency_id === false ? null : quotation.currency_id[1],
    customerPo: quotation === undefined ? null : textOf(quotation.client_order_ref),
    requestedShipDate:
      quotation === undefined || quotation.commitment_date === false
        ? null
        : quotation.commitment_date.slice(0, 10),
    quotation: quotation?.name ?? null,
    lines: (lines.get(quotation?.id ?? 0) ?? []).map((line) => ({
      sku: skus.get(idOf(line.product_id) ?? 0) ?? null,
      description: textOf(line.name),
      quantity: decimalFromOdoo(line.product_uom_qty),
      unitPrice: decimalFromOdoo(line.price_unit),
      discount: decimalFromOdoo(line.discount),
    })),
  };
}

function placeOf(row: PartnerRow, { countries, regions }: Partners): PlaceDocument {
  return {
    name: textOf(row.name),
    street: textOf(row.street),
    street2: textOf(row.street2),
    city: textOf(row.city),
    region: regions.get(idOf(row.state_id) ?? 0) ?? null,
    postalCode: textOf(row.zip),
    country: countries.get(idOf(row.country_id) ?? 0) ?? null,
    phone: textOf(row.phone),
  };
}
