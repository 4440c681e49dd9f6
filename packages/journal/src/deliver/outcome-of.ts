import { decideRetry, explainError, type Outcome, type RetryPolicy } from '@trunkline/messaging';
import type { OpenedException } from '../process/columns.ts';
import type { Settlement } from './settlement.ts';
import type { TargetChains } from './target-chains.ts';
import type { WaitingDelivery } from './waiting-delivery.ts';

/** Bounds what one attempt's record may cost; vendors answer with whole HTML pages. */
const MAX_DETAIL = 2000;

export interface Tried {
  readonly ready: { readonly head: WaitingDelivery; readonly chains: TargetChains };
  readonly outcome: Outcome;
  readonly tookMs: number;
  readonly nowMs: number;
  readonly retry: RetryPolicy;
  readonly canVerify: boolean;
  readonly random: number;
}

/** The one place that decides what an outcome leads to: end, wait, verify or park. */
export function outcomeOf(tried: Tried): Settlement {
  const { ready, outcome, tookMs } = tried;
  const { head, chains } = ready;
  const base = {
    waiting: head,
    attempt: {
      outcome: outcome.kind,
      code: outcome.kind === 'succeeded' ? null : outcome.code,
      detail: outcome.kind === 'succeeded' ? (outcome.adopted ? 'adopted' : null) : clean(outcome.detail),
      tookMs,
    },
    identifiers: outcome.kind === 'succeeded' ? (outcome.identifiers ?? []) : [],
  };
  switch (outcome.kind) {
    case 'succeeded':
      return {
        ...base,
        settled: { kind: 'ended', state: 'succeeded' },
        ...(head.reply === null
          ? {}
          : { reply: { type: `reply:${head.reply}`, payload: { ...outcome.reply, type: head.reply } } }),
        done: () => chains.ended(head),
      };
    case 'rejected':
      return park(tried, base, outcome);
    case 'retry':
    case 'unknown':
      return waitOrGiveUp(tried, base, outcome);
  }
}

type Base = Pick<Settlement, 'waiting' | 'attempt' | 'identifiers'>;
type Failure = Exclude<Outcome, { kind: 'succeeded' }>;

function waitOrGiveUp(
  tried: Tried,
  base: Base,
  outcome: Failure & { kind: 'retry' | 'unknown' },
): Settlement {
  const { head, chains } = tried.ready;
  const firstTriedAtMs = head.firstTriedAtMs ?? tried.nowMs - tried.tookMs;
  const verdict = decideRetry(tried.retry, {
    attempts: head.delivery.attempt,
    firstTriedAtMs,
    nowMs: tried.nowMs,
    random: tried.random,
    ...(outcome.afterMs === undefined ? {} : { afterMs: outcome.afterMs }),
  });
  if (verdict.kind === 'give_up') {
    return park(tried, base, {
      kind: 'rejected',
      code: 'retries_exhausted',
      detail: `${outcome.code}: ${outcome.detail}`,
    });
  }
  const verify = outcome.kind === 'unknown' && tried.canVerify;
  const ambiguous = head.delivery.ambiguous || outcome.kind === 'unknown';
  const next: WaitingDelivery = {
    ...head,
    verifying: verify,
    firstTriedAtMs,
    dueAtMs: verdict.untilMs,
    delivery: { ...head.delivery, attempt: head.delivery.attempt + 1, ambiguous },
  };
  return {
    ...base,
    settled: {
      kind: 'waiting',
      state: verify ? 'verifying' : 'backing_off',
      dueInMs: verdict.untilMs - tried.nowMs,
      ambiguous,
    },
    done: () => chains.again(head, next),
  };
}

function park(tried: Tried, base: Base, outcome: Failure & { kind: 'rejected' }): Settlement {
  const { head, chains } = tried.ready;
  const known = explainError(outcome.code);
  const exception: OpenedException = {
    code: outcome.code,
    flow: head.delivery.flow,
    summary: `${head.delivery.type} to ${head.delivery.target}: ${clean(outcome.detail)}`,
    faults: outcome.faults ?? [],
    owner: known.owner,
    remedy: known.remedy,
    key: head.delivery.key,
    messageId: head.messageId,
    deliveryId: head.delivery.id,
    target: head.delivery.target,
  };
  return { ...base, settled: { kind: 'parked' }, exception, done: () => chains.park(head.delivery.key) };
}

function clean(detail: string): string {
  return detail.replaceAll('\u0000', '').slice(0, MAX_DETAIL);
}
