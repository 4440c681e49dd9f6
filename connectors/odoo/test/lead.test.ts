/** A won opportunity of Odoo's CRM into an order draft. Pure; nothing is doubled. */
import { describe, expect, test } from 'vitest';
import { LEAD_DOCUMENT, type LeadDocument, translateLead } from '../src/translators/lead.ts';

const place = {
  name: 'Acme',
  street: '1 Road',
  street2: null,
  city: 'Austin',
  region: 'TX',
  postalCode: '78701',
  country: 'US',
  phone: null,
};

const lead: LeadDocument = {
  id: 45,
  name: 'Deal',
  customer: { id: 9, externalId: null, name: 'Acme', accountNumber: 'A1', email: null, billTo: place },
  shipTo: { ...place, name: 'Dock', country: null },
  currency: 'USD',
  customerPo: 'PO-1',
  requestedShipDate: '2026-12-01',
  quotation: 'S00042',
  lines: [{ sku: 'BOLT', description: 'Bolt', quantity: '2.5', unitPrice: '9.99', discount: '33.3' }],
};

const translate = (payload: unknown) =>
  translateLead({
    id: '1',
    source: 'crm',
    sourceId: '1',
    key: 'so_lead_45',
    type: LEAD_DOCUMENT,
    payload: payload as never,
    acceptedAt: '2026-01-01T00:00:00Z',
  });

describe('a won opportunity', () => {
  test('becomes a draft: its own order id, the price after its discount, the addresses as far as they go', () => {
    expect(translate(lead)).toEqual({
      kind: 'events',
      events: [
        {
          type: 'order.submitted',
          order: {
            id: 'so_lead_45',
            source: { system: 'crm', id: '45' },
            backorderPolicy: 'backorder',
            customerPo: 'PO-1',
            currency: 'USD',
            requestedShipDate: '2026-12-01',
            customer: {
              id: 'cu_odoo_9',
              name: 'Acme',
              accountNumber: 'A1',
              billTo: {
                name: 'Acme',
                lines: ['1 Road'],
                city: 'Austin',
                region: 'TX',
                postalCode: '78701',
                country: 'US',
              },
            },
            shipTo: { name: 'Dock', lines: ['1 Road'], city: 'Austin', region: 'TX', postalCode: '78701' },
            lines: [
              {
                line: '1',
                path: 'S00042, line 1',
                sku: 'BOLT',
                description: 'Bolt',
                quantity: '2.5',
                unitPrice: '6.66333',
              },
            ],
          },
        },
      ],
    });
  });

  test('without customer, quotation or lines is a draft all the same: acceptance names the faults', () => {
    const bare = { ...lead, customer: null, shipTo: null, quotation: null, currency: null, lines: [] };
    expect(translate(bare)).toMatchObject({ kind: 'events', events: [{ order: { lines: [] } }] });
  });

  test('keeps the customer that the hub made', () => {
    const customer = { ...lead.customer, externalId: 'cu_7' };
    expect(translate({ ...lead, customer })).toMatchObject({
      events: [{ order: { customer: { id: 'cu_7' } } }],
    });
  });

  test('of another shape is invalid, with the place', () => {
    expect(translate({ ...lead, lines: 'none' })).toMatchObject({
      kind: 'invalid',
      faults: [{ code: 'payload_invalid', path: '/lines' }],
    });
  });
});
