import type { ReleaseOrder } from '@trunkline/canonical';
import type { Outcome } from '@trunkline/messaging';
import type { WarehouseClient } from '../client.ts';
import {
  classifyAnswer,
  classifyFailure,
  classifyRefusal,
  type ReleaseResult,
} from '../error-classification.ts';
import { asRecord } from '../problem.ts';
import { releaseDocument } from '../translators/release.ts';
import { effectOf, inTurn, pathOf } from './release-effect.ts';

/** Whole-call refusals behind which one release's content may stand: it must not park the others that travelled with it. */
const PERHAPS_ONE_RELEASE = new Set([400, 409, 413, 422]);
/** The warehouse has no batch call. */
const NO_BATCH = new Set([404, 405]);

export const UNREAD: Outcome = {
  kind: 'unknown',
  code: 'outcome_unknown',
  detail: 'The warehouse answered HTTP 200 without a readable result for this release.',
};

/** One outcome per release, in order. */
export type HandOver = (
  releases: readonly ReleaseOrder[],
  signal: AbortSignal,
) => Promise<readonly Outcome[]>;

/** By the batch call; one by one where the warehouse has none (remembered) or refuses the batch as a whole. */
export function createHandOver(system: string, client: WarehouseClient): HandOver {
  let takesBatches = true;

  return async (releases, signal) => {
    if (takesBatches) {
      const batched = await putBatch(releases, signal);
      if (batched !== 'put singly') return batched;
    }
    return inTurn(releases, (release) => putSingly(release, signal));
  };

  async function putBatch(
    releases: readonly ReleaseOrder[],
    signal: AbortSignal,
  ): Promise<readonly Outcome[] | 'put singly'> {
    const all = (outcome: Outcome) => releases.map(() => outcome);
    try {
      const body = { releases: releases.map(releaseDocument) };
      const answer = await client.call({ method: 'POST', path: '/v1/releases', body }, signal);
      if (answer.status === 200) return resultsOf(answer.body, releases);
      if (NO_BATCH.has(answer.status)) takesBatches = false;
      const perhapsOne = PERHAPS_ONE_RELEASE.has(answer.status) && releases.length > 1;
      return perhapsOne || !takesBatches ? 'put singly' : all(classifyAnswer(answer));
    } catch (error) {
      return all(classifyFailure(error));
    }
  }

  async function putSingly(release: ReleaseOrder, signal: AbortSignal): Promise<Outcome> {
    try {
      const body = releaseDocument(release);
      const answer = await client.call({ method: 'PUT', path: pathOf(release), body }, signal);
      const { status, body: problem, retryAfterMs } = answer;
      return outcomeOf(release, { status, problem, retryAfterMs });
    } catch (error) {
      return classifyFailure(error);
    }
  }

  function resultsOf(body: unknown, releases: readonly ReleaseOrder[]): readonly Outcome[] {
    const { results } = asRecord(body);
    const list: readonly unknown[] = Array.isArray(results) ? results : [];
    return releases.map((release, i) => {
      const { releaseNumber, status, problem } = asRecord(list[i]);
      // Null is the contract's word for a number that it could not read; a result that names another release is not ours.
      const named = releaseNumber === null || releaseNumber === release.releaseNumber;
      if (list.length !== releases.length || !named || typeof status !== 'number') return UNREAD;
      return outcomeOf(release, { status, problem, retryAfterMs: undefined });
    });
  }

  function outcomeOf(release: ReleaseOrder, result: ReleaseResult): Outcome {
    if (result.status !== 200 && result.status !== 201) return classifyRefusal(result);
    // 200: the warehouse had it, from a try whose answer did not reach us.
    const adopted = result.status === 200 ? { adopted: true } : {};
    return { kind: 'succeeded', ...effectOf(release, system), ...adopted };
  }
}
