import type { Delivery, JsonObject, Outcome, Target, Verification } from '@trunkline/messaging';
import { expect } from 'vitest';
import { type Series, type SimulatedOdoo, startSimulatedOdoo, stockProducts } from './simulated-odoo.ts';

const signal = AbortSignal.timeout(120_000);

/** A simulated Odoo with a customer and two products, and the steps that commands after an order stand on. */
export interface AfterCuts extends SimulatedOdoo {
  readonly target: Required<Target>;
  call<T>(model: string, method: string, named: JsonObject): Promise<T>;
  /** Delivers, and expects a success. @returns its reply */
  done(type: string, payload: JsonObject): Promise<JsonObject>;
  /** A confirmed order of 5 CHAI. @returns its erpId and plan */
  placed(
    id: string,
    warehouse?: string,
  ): Promise<{ readonly orderId: string; readonly erpId: string; readonly planId: string }>;
  /** The same, shipped in full. */
  shipped(id: string): Promise<{ readonly orderId: string; readonly erpId: string; readonly planId: string }>;
  /**
   * Cuts the answer of one call of the delivery after its commit and goes on as the engine does: verify what is unknown, send again
   * what is not there. Expects a success, of which a further try and a verification say the same.
   */
  throughCut(
    type: string,
    payload: JsonObject,
    only: { readonly model: string; readonly method: string },
  ): Promise<JsonObject>;
}

export async function startAfterCuts(series: Series = '19.0'): Promise<AfterCuts> {
  const simulated = await startSimulatedOdoo(series);
  await stockProducts(simulated.odoo, ['CHAI', 'TOFU'], '100000');
  const target = simulated.connector.target as Required<Target>;
  let made = 0;
  const delivery = (type: string, payload: JsonObject, key: string): Delivery => ({
    id: `d${++made}`,
    key,
    target: 'erp',
    type,
    flow: 'test',
    payload,
    attempt: 1,
    ambiguous: false,
  });
  const deliver = async (one: Delivery): Promise<Outcome> => {
    const [outcome] = await target.deliver([one], signal);
    if (outcome === undefined) throw new Error('No outcome.');
    return outcome;
  };
  const done = async (type: string, payload: JsonObject): Promise<JsonObject> => {
    const outcome = await deliver(delivery(type, payload, String(payload['orderId'] ?? 'cu_1')));
    if (outcome.kind !== 'succeeded') throw new Error(`${type}: ${JSON.stringify(outcome)}`);
    return outcome.reply ?? {};
  };
  const call = <T>(model: string, method: string, named: JsonObject) =>
    simulated.odoo.client.call<T>(model, method, named);
  await done('customer.upsert', { customer: { id: 'cu_1', name: 'Acme' }, revision: 1 });

  const placed = async (id: string, warehouse?: string) => {
    const orderId = `so_${id}`;
    const shipTo = { name: 'Acme', lines: ['1 Road'], city: 'Austin', country: 'US' };
    const line = { line: '1', sku: 'CHAI', quantity: '5', unit: 'EA', unitPrice: '10' };
    const { erpId } = await done('order.place', {
      orderId,
      ...(warehouse === undefined ? {} : { warehouse }),
      order: {
        id: orderId,
        source: { system: 'crm', id },
        customerId: 'cu_1',
        customerPo: `PO-${id}`,
        currency: 'USD',
        backorderPolicy: 'backorder',
        shipTo,
        lines: [line],
      },
    });
    // 16 and 17 have the later steps too, which wait.
    const domain = [
      ['sale_id', '=', Number(erpId)],
      ['state', '=', 'assigned'],
    ];
    const [plan] = await call<number[]>('stock.picking', 'search', { domain });
    return { orderId, erpId: String(erpId), planId: String(plan) };
  };

  return {
    ...simulated,
    target,
    call,
    done,
    placed,
    async shipped(id) {
      const order = await placed(id);
      await done('shipment.post', {
        ...order,
        remainder: 'backorder',
        shipment: {
          shipmentNumber: `S-${id}`,
          releaseNumber: `R-${id}`,
          shippedAt: '2026-03-02T10:00:00Z',
          lines: [{ line: '1', sku: 'CHAI', quantity: '5' }],
          packages: [],
        },
      });
      return order;
    },
    async throughCut(type, payload, only) {
      const sent = delivery(type, payload, String(payload['orderId'] ?? 'cu_1'));
      expect(await target.verify([sent], signal), 'before it was sent').toEqual([{ kind: 'absent' }]);
      const before = await simulated.cuts();
      await simulated.fault({ dropAfterCommitRate: 1, count: 1, only });
      let outcome = await deliver(sent);
      expect(await simulated.cuts(), 'the call was made and its answer cut').toBe(before + 1);
      await simulated.calm();
      if (outcome.kind === 'unknown') {
        const [verdict] = await target.verify([sent], signal);
        outcome =
          verdict?.kind === 'present'
            ? { ...verdict, kind: 'succeeded' }
            : await deliver({ ...sent, attempt: 2, ambiguous: true });
      }
      expect(outcome).toMatchObject({ kind: 'succeeded' });
      const said = (one: Outcome | Verification | undefined) =>
        one?.kind === 'succeeded' || one?.kind === 'present'
          ? { reply: one.reply, identifiers: one.identifiers }
          : one;
      const again = await deliver({ ...sent, attempt: 3, ambiguous: true });
      expect(said(again), 'sent once more').toEqual(said(outcome));
      const [verdict] = await target.verify([sent], signal);
      expect(verdict?.kind).toBe('present');
      expect(said(verdict), 'asked for').toEqual(said(outcome));
      return (outcome.kind === 'succeeded' ? outcome.reply : undefined) ?? {};
    },
  };
}
