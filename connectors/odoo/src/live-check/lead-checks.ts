import { fieldsOf } from '../field-catalogue.ts';
import { OdooError } from '../errors.ts';
import { wonLeads } from '../inbound/won-leads.ts';
import { translateLead } from '../translators/lead.ts';
import type { Check } from './check.ts';
import { expectEqual } from './check.ts';

export const leadChecks: readonly Check[] = [
  {
    name: 'leads: a won opportunity becomes an order draft with the lines of its newest quotation',
    async run({ odoo, prefix, masters }) {
      const fields = await fieldsOf(odoo, 'crm.lead').catch((error: unknown) => {
        if (error instanceof OdooError) return null;
        throw error;
      });
      if (fields === null) return 'this server has no CRM';
      const [sample] = await odoo.client.call<{ partner_id: [number, string] }[]>(
        'sale.order',
        'search_read',
        {
          domain: [['client_order_ref', '=like', `${prefix}-%`]],
          fields: ['partner_id'],
          limit: 1,
        },
      );
      const partner_id = sample?.partner_id[0] ?? 0;
      const [lead = 0] = await odoo.client.call<number[]>('crm.lead', 'create', {
        vals_list: [{ name: `Deal ${prefix}`, type: 'opportunity', partner_id }],
      });
      if (fields.has('order_ids'))
        await odoo.client.call('sale.order', 'create', {
          vals_list: [
            {
              partner_id,
              opportunity_id: lead,
              client_order_ref: `${prefix}-deal`,
              order_line: [
                [
                  0,
                  0,
                  {
                    product_id: masters.products[1]?.id ?? 0,
                    product_uom_qty: 3,
                    price_unit: 9.8,
                    discount: 50,
                  },
                ],
              ],
            },
          ],
        });
      const source = wonLeads(odoo);
      const domain = [...source.domain, ['id', '=', lead]];
      const query = { domain, order: 'id', limit: 1 };
      expectEqual((await source.rows(query)).length, 0, 'leads before it is won');
      await odoo.client.call('crm.lead', 'action_set_won', { ids: [lead] });
      const [record] = await source.complete(await source.rows(query));
      if (record?.message === undefined) throw new Error('the won lead did not come');
      const translated = translateLead({
        id: '1',
        source: 'crm',
        sourceId: '1',
        key: record.message.key,
        type: source.document,
        payload: record.message.payload,
        acceptedAt: '2026-01-01T00:00:00Z',
      });
      if (translated.kind !== 'events') throw new Error(JSON.stringify(translated));
      const [event] = translated.events;
      if (event?.type !== 'order.submitted') throw new Error('no order was submitted');
      const { order } = event;
      expectEqual([order.id, order.customer?.name], [`so_lead_${lead}`, `Check ${prefix}`], 'the draft');
      if (!fields.has('order_ids')) return 'this server ties no quotations to opportunities (sale_crm)';
      const lines = order.lines.map(({ sku, quantity, unitPrice }) => [sku, quantity, unitPrice]);
      expectEqual(lines, [[masters.products[1]?.sku ?? '', '3', '4.9']], 'its lines');
      return `${order.id}: ${JSON.stringify(lines)}`;
    },
  },
];
