import type { ReleaseOrder } from '@trunkline/canonical';
import type { Delivery, Outcome, Target, Verification } from '@trunkline/messaging';
import type { WarehouseClient } from '../client.ts';
import type { WarehouseRestSettings } from '../config.ts';
import { readRelease } from '../translators/release.ts';
import { createHandOver, UNREAD } from './hand-over.ts';
import { lookUp } from './look-up.ts';
import { inTurn } from './release-effect.ts';

interface Releasing {
  readonly index: number;
  readonly release: ReleaseOrder;
}

/** `release.create`, idempotent by release number: the same content again is answered 200, other content 409. */
export function createReleaseTarget(
  system: string,
  client: WarehouseClient,
  settings: WarehouseRestSettings,
): Target {
  const handOver = createHandOver(system, client);

  return {
    batch: settings.batch,
    concurrency: settings.concurrency,
    lingerMs: 20,
    async deliver(deliveries, signal) {
      const outcomes: Outcome[] = deliveries.map((delivery) => refusalOf(delivery) ?? UNREAD);
      const releasing = releasingsOf(deliveries);
      if (releasing.length === 0) return outcomes;
      const results = await handOver(
        releasing.map(({ release }) => release),
        signal,
      );
      releasing.forEach(({ index }, i) => {
        outcomes[index] = results[i] ?? UNREAD;
      });
      return outcomes;
    },
    async verify(deliveries, signal) {
      const verdicts: Verification[] = deliveries.map(() => ({
        kind: 'undecided',
        detail: 'The command cannot be read, so there is nothing to look for.',
      }));
      await inTurn(releasingsOf(deliveries), async ({ index, release }) => {
        verdicts[index] = await lookUp(release, system, client, signal);
      });
      return verdicts;
    },
  };
}

function refusalOf(delivery: Delivery): Outcome | undefined {
  if (delivery.type !== 'release.create') {
    return {
      kind: 'rejected',
      code: 'target_misconfigured',
      detail: `The warehouse-rest connector has no operation for ${delivery.type}; it takes release.create. Correct the route.`,
    };
  }
  const reading = readRelease(delivery.payload);
  if ('release' in reading) return undefined;
  return {
    kind: 'invalid',
    detail: `The command release.create of flow ${delivery.flow} breaks its contract.`,
    faults: reading.faults,
  };
}

function releasingsOf(deliveries: readonly Delivery[]): Releasing[] {
  return deliveries.flatMap((delivery, index) => {
    if (delivery.type !== 'release.create') return [];
    const reading = readRelease(delivery.payload);
    return 'release' in reading ? [{ index, release: reading.release }] : [];
  });
}
