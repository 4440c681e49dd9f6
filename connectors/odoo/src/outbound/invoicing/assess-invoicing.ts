import type { InvoicingBlocker } from '@trunkline/canonical';
import { Decimal } from 'decimal.js';
import { classifyOdooError } from '../../error-classification.ts';
import type { Odoo } from '../../external-ids.ts';
import { type Outcome, rejected } from '../../outcome.ts';
import { type OrderState, readOrderStates } from '../order-state.ts';
import { readInvoices } from './invoice-reader.ts';

export type AssessOutcome = Outcome<{
  readonly readiness: 'not_ready' | 'ready' | 'invoiced';
  readonly blockers: readonly InvoicingBlocker[];
  readonly order: OrderState;
}>;

/** What of orders can be invoiced, in four calls whatever their number; reads alone. @returns one outcome per id, in order */
export async function assessInvoicing(
  odoo: Odoo,
  ids: readonly number[],
  signal?: AbortSignal,
): Promise<AssessOutcome[]> {
  try {
    const orders = await readOrderStates(odoo, ids, signal);
    const invoiceIds = [...orders.values()].flatMap(({ invoiceIds: own }) => own);
    const drafts =
      invoiceIds.length === 0
        ? []
        : await readInvoices(
            odoo,
            [
              ['id', 'in', invoiceIds],
              ['state', '=', 'draft'],
            ],
            signal,
          );
    const draftIds = new Set(drafts.map(({ id }) => id));
    return ids.map((id): AssessOutcome => {
      const order = orders.get(id);
      if (order === undefined)
        return rejected('odoo-record-missing', `Odoo has no order ${id}.`, 'It was deleted in Odoo.');
      const blockers = blockersOf(
        order,
        order.invoiceIds.some((invoice) => draftIds.has(invoice)),
      );
      return { kind: 'succeeded', readiness: readinessOf(order), blockers, order };
    });
  } catch (error) {
    const failure = classifyOdooError(error);
    return ids.map(() => failure);
  }
}

function readinessOf(order: OrderState): 'not_ready' | 'ready' | 'invoiced' {
  if (order.lines.some(({ toInvoice }) => Number(toInvoice) > 0)) return 'ready';
  return order.invoiceStatus === 'invoiced' || order.lines.some(({ invoiced }) => Number(invoiced) > 0)
    ? 'invoiced'
    : 'not_ready';
}

/** Pure. */
export function blockersOf(order: OrderState, hasDraft: boolean): InvoicingBlocker[] {
  const delivered = order.lines.filter(({ delivered: units }) => Number(units) > 0);
  const short = order.lines.some(({ ordered, delivered: units }) => new Decimal(units).lessThan(ordered));
  return [
    ...(order.confirmed ? [] : ['not_confirmed' as const]),
    ...(delivered.length === 0 ? ['nothing_delivered' as const] : short ? ['partly_delivered' as const] : []),
    ...(hasDraft ? ['draft_invoice' as const] : []),
    ...(order.lines.some(({ toInvoice }) => Number(toInvoice) < 0) ? ['credit_due' as const] : []),
  ];
}
