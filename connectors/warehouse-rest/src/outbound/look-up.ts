import type { ReleaseOrder } from '@trunkline/canonical';
import { refusalIn, type Verification } from '@trunkline/messaging';
import type { WarehouseClient } from '../client.ts';
import { classifyAnswer, classifyFailure } from '../error-classification.ts';
import { asRecord } from '../problem.ts';
import { effectOf, pathOf } from './release-effect.ts';

/** Whether the warehouse has this release, and has it for this order. */
export async function lookUp(
  release: ReleaseOrder,
  system: string,
  client: WarehouseClient,
  signal: AbortSignal,
): Promise<Verification> {
  try {
    const answer = await client.call({ method: 'GET', path: pathOf(release) }, signal);
    if (answer.status === 404) return { kind: 'absent' };
    const { releaseNumber, reference } = asRecord(answer.body);
    if (answer.status !== 200 || releaseNumber !== release.releaseNumber) {
      const refusal = refusalIn(classifyAnswer(answer));
      const detail = `The warehouse answered HTTP ${answer.status} when asked for it.`;
      return { kind: 'undecided', detail, ...(refusal === undefined ? {} : { refusal }) };
    }
    // Another order's release under our number is not our effect. Sending again gets the 409 that puts it before a person.
    return reference === release.orderId
      ? { kind: 'present', ...effectOf(release, system) }
      : { kind: 'absent' };
  } catch (error) {
    const outcome = classifyFailure(error);
    return { kind: 'undecided', detail: 'detail' in outcome ? outcome.detail : outcome.kind };
  }
}
