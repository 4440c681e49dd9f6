/**
 * Real: customer-sync. Doubled: the ERP, its delivery queue (of upserts that wait only the newest is kept, as the journal does) and the
 * way back of its replies. Observed: which content the ERP holds when an order is told that its customer stands there.
 */
import type { CanonicalEvent, Customer, CustomerRecord, CustomerSynced } from '@trunkline/canonical';
import { createFlows } from '@trunkline/flows';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NOW, TO_DALLAS } from './support/run.ts';

const [customerSync] = createFlows(TO_DALLAS).customerFlows;

interface Upsert {
  readonly customer: Customer;
  readonly revision: number;
}

class CustomerWorld {
  record: CustomerRecord | undefined;
  /** What the ERP holds. */
  held: string | undefined;
  sent = 0;
  readonly answered: { readonly orderId: string; readonly held: string | undefined }[] = [];
  #inFlight: Upsert | undefined;
  #waits: Upsert | undefined;
  readonly #replies: CustomerSynced[] = [];

  handle(event: CanonicalEvent): void {
    if (customerSync === undefined) throw new Error('There is no customer flow.');
    const decision = customerSync.decide(this.record, event, { key: 'cu_1', now: NOW, system: 'erp' });
    if (decision.state !== undefined) this.record = decision.state;
    for (const { payload } of decision.commands ?? []) {
      this.sent += 1;
      this.#waits = payload as unknown as Upsert;
    }
    for (const { key } of decision.events ?? []) this.answered.push({ orderId: key, held: this.held });
  }

  needs(orderId: string, name: string): void {
    this.handle({ type: 'customer.needed', customer: { id: 'cu_1', name }, orderId });
  }

  /** The upsert in flight lands, or else the one that waits flies; false when there is neither. */
  erpGoesOn(): boolean {
    const { revision, customer } = this.#inFlight ?? {};
    if (revision !== undefined && customer !== undefined) {
      this.held = customer.name;
      this.#replies.push({ type: 'customer.synced', erpId: '9', revision });
      this.#inFlight = undefined;
      return true;
    }
    this.#inFlight = this.#waits;
    this.#waits = undefined;
    return this.#inFlight !== undefined;
  }

  /** Replies come in the order in which upserts landed, as late as they like. */
  replyArrives(): boolean {
    const reply = this.#replies.shift();
    if (reply !== undefined) this.handle(reply);
    return reply !== undefined;
  }

  goOn(): boolean {
    return this.replyArrives() || this.erpGoesOn();
  }
}

describe('an order’s customer', () => {
  test('is sent once for all that need the same, and each is told', () => {
    const world = new CustomerWorld();
    world.needs('so_1', 'Acme');
    world.needs('so_2', 'Acme');
    world.needs('so_1', 'Acme');
    while (world.goOn());
    expect(world.sent).toBe(1);
    expect(world.answered.map(({ orderId }) => orderId)).toEqual(['so_1', 'so_2']);
    expect(world.record).toMatchObject({ stage: 'active', erpId: '9', waiting: [] });
  });

  test('that stands in the ERP already is told at once', () => {
    const world = new CustomerWorld();
    world.needs('so_1', 'Acme');
    while (world.goOn());
    world.needs('so_2', 'Acme');
    expect(world.answered.map(({ orderId }) => orderId)).toEqual(['so_1', 'so_2']);
    expect(world.sent).toBe(1);
  });

  test('U7: is never announced with content that the ERP does not hold yet, and nobody waits for ever', () => {
    const step = fc.oneof(
      {
        weight: 1,
        arbitrary: fc.record({ order: fc.integer({ min: 1, max: 5 }), name: fc.constantFrom('A', 'B', 'C') }),
      },
      { weight: 2, arbitrary: fc.constant('erp' as const) },
      { weight: 1, arbitrary: fc.constant('reply' as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
        const world = new CustomerWorld();
        let newest: string | undefined;
        const asked = new Set<string>();
        for (const one of steps) {
          const before = world.answered.length;
          if (one === 'erp') world.erpGoesOn();
          else if (one === 'reply') world.replyArrives();
          else {
            newest = one.name;
            asked.add(`so_${one.order}`);
            world.needs(`so_${one.order}`, one.name);
          }
          for (const { held } of world.answered.slice(before)) expect(held).toBe(newest);
        }
        while (world.goOn());
        expect(new Set(world.answered.map(({ orderId }) => orderId))).toEqual(asked);
        expect(world.record?.waiting ?? []).toEqual([]);
        if (asked.size > 0) expect(world.held).toBe(newest);
      }),
      { numRuns: 1000 },
    );
  });

  test('goes on with corrected content after the ERP refused the first', () => {
    const world = new CustomerWorld();
    world.needs('so_1', 'Bad');
    // The refused upsert is parked: it gives no reply, and the correction takes its place.
    world.needs('so_1', 'Good');
    while (world.goOn());
    expect(world.answered).toEqual([{ orderId: 'so_1', held: 'Good' }]);
  });
});
