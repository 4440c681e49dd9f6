import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Delivery } from '../command.ts';
import type { Target } from '../ports/connector.ts';

/** A target under test on an empty system, with a way to look into that system that is not the target's own. */
export interface TargetUnderTest {
  readonly target: Target;
  /** Deliveries that the system will take, of pairwise different keys; each attempt 1 and not ambiguous. */
  deliveries(count: number): readonly Delivery[];
  /** A delivery that the system understands and refuses. */
  refused(): Delivery;
  /** Deliveries that break a contract, the command's own or the system's. */
  malformed(): readonly Delivery[];
  /** How many effects the system holds, e.g. orders. */
  effects(): Promise<number>;
  close(): Promise<void>;
}

/** Registers what every Target promises (docs/spec/lifecycle.md, O1, O3 to O7), whichever system it speaks to. */
export function describeTarget(name: string, create: () => Promise<TargetUnderTest>): void {
  describe(`${name} is a target`, () => {
    let under: TargetUnderTest;
    beforeEach(async () => {
      under = await create();
    });
    afterEach(() => under.close());
    const deliver = (deliveries: readonly Delivery[]) =>
      under.target.deliver(deliveries, AbortSignal.timeout(30_000));

    test('O5: answers each delivery of a batch at its place, a refused one among them', async () => {
      const [first, ...rest] = under.deliveries(Math.min(4, under.target.batch));
      if (first === undefined) throw new Error('The harness gave no delivery.');
      const batch =
        under.target.batch < 2 ? [first] : [first, under.refused(), ...rest].slice(0, under.target.batch);
      const outcomes = await deliver(batch);
      const expected = batch.map((_, at) => (at === 1 ? 'rejected' : 'succeeded'));
      expect(outcomes.map(({ kind }) => kind)).toEqual(expected);
      expect(await under.effects()).toBe(expected.filter((kind) => kind === 'succeeded').length);
    });

    test('O3: says of a refusal which registered code it is, in the system’s words', async () => {
      const [outcome] = await deliver([under.refused()]);
      expect(outcome).toMatchObject({
        kind: 'rejected',
        code: expect.stringMatching(/^[a-z_]+$/),
        detail: expect.stringMatching(/./),
      });
      expect(await under.effects()).toBe(0);
    });

    test('O4: a delivery that comes again after it landed has one effect and the same reply', async () => {
      const deliveries = under.deliveries(1);
      const [landed] = await deliver(deliveries);
      const [again] = await deliver(deliveries.map((one) => ({ ...one, attempt: 2, ambiguous: true })));
      expect(again).toMatchObject({ kind: 'succeeded' });
      expect(replyOf(again)).toEqual(replyOf(landed));
      expect(await under.effects()).toBe(1);
    });

    test('O4: an ambiguous delivery that never landed takes effect', async () => {
      const [outcome] = await deliver(
        under.deliveries(1).map((one) => ({ ...one, attempt: 2, ambiguous: true })),
      );
      expect(outcome).toMatchObject({ kind: 'succeeded' });
      expect(await under.effects()).toBe(1);
    });

    test('O6: says of what breaks a contract that it is invalid, and where; what travels with it goes on', async () => {
      const [sound, ...others] = under.deliveries(1);
      if (sound === undefined || others.length > 0) throw new Error('The harness did not give one delivery.');
      for (const malformed of under.malformed()) {
        const batch = under.target.batch < 2 ? [malformed] : [sound, malformed];
        const outcomes = await deliver(batch);
        expect(outcomes.at(-1)).toMatchObject({
          kind: 'invalid',
          detail: expect.stringMatching(/./),
          faults: expect.arrayContaining([
            { code: expect.anything(), path: expect.any(String), message: expect.stringMatching(/./) },
          ]),
        });
        expect(outcomes.map(({ kind }) => kind)).toEqual(
          batch.map((one) => (one === sound ? 'succeeded' : 'invalid')),
        );
      }
      expect(await under.effects()).toBe(under.target.batch < 2 ? 0 : 1);
    });

    test('O7: what its caller gave up before it was sent is cancelled, and nothing happened', async () => {
      const outcomes = await under.target.deliver(under.deliveries(2), AbortSignal.abort());
      expect(outcomes).toEqual([{ kind: 'cancelled' }, { kind: 'cancelled' }]);
      expect(await under.effects()).toBe(0);
    });

    test('O4: a target that verifies finds what landed and misses what did not', async ({ skip }) => {
      const { target } = under;
      if (target.verify === undefined)
        return skip('Its operations are safe to repeat, so there is nothing to verify.');
      const [landed, missing] = under.deliveries(2);
      if (landed === undefined || missing === undefined)
        throw new Error('The harness gave too few deliveries.');
      await deliver([landed]);
      const verified = await target.verify([landed, missing], AbortSignal.timeout(30_000));
      expect(verified.map(({ kind }) => kind)).toEqual(['present', 'absent']);
    });
  });
}

function replyOf(outcome: Awaited<ReturnType<Target['deliver']>>[number] | undefined): unknown {
  return outcome?.kind === 'succeeded' ? outcome.reply : undefined;
}
