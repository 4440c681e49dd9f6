import { decideRetry, explainError, type Outcome, type RetryPolicy } from '@trunkline/messaging';
import type { OpenedException } from '../process/columns.ts';
import { storableText } from '../storable-text.ts';
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
  /** Until when its target is left alone because its calls fail, by performance.now(); undefined: it is not. */
  readonly downUntilMs: number | undefined;
}

/** The one place that decides what an outcome leads to: end, wait, verify or park. */
export function outcomeOf(tried: Tried): Settlement {
  const { ready, outcome, tookMs } = tried;
  const { head, chains } = ready;
  if (outcome.kind === 'cancelled') return backToReady(tried);
  const base = {
    waiting: head,
    attempt: {
      outcome: outcome.kind,
      code: outcome.kind === 'succeeded' ? null : codeOf(outcome),
      detail:
        outcome.kind === 'succeeded'
          ? outcome.adopted
            ? 'adopted'
            : null
          : storableText(outcome.detail, MAX_DETAIL),
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
    case 'invalid':
      return park(tried, base, outcome);
    case 'retry':
      if (isRefusedLogin(outcome)) return waitForLogin(tried, base);
      return waitOrGiveUp(tried, base, outcome);
    case 'unknown':
      return waitOrGiveUp(tried, base, outcome);
  }
}

/** Past its time before it was sent, or sent with success: it ends, and its owner is told. */
export function expired({ head, chains }: Tried['ready']): Settlement {
  const { delivery } = head;
  const code = 'delivery_expired';
  const perhaps = delivery.ambiguous ? ' An earlier try may have reached the target: look there.' : '';
  return {
    waiting: head,
    settled: {
      kind: 'ended',
      state: 'expired',
      note: `not sent: past its time after ${delivery.attempt - 1} tries`,
    },
    identifiers: [],
    // Under no delivery: it has ended, so that there is nothing to send again.
    exception: exceptionOf(head, { code, summary: `${explainError(code).meaning}${perhaps}`, faults: [] }),
    done: () => chains.ended(head),
  };
}

type Base = Pick<Settlement, 'waiting' | 'attempt' | 'identifiers'>;
type Failure = Exclude<Outcome, { kind: 'succeeded' | 'cancelled' }>;

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
  const dueAtMs = dueAt(tried, verdict.untilMs, outcome.afterMs);
  const next: WaitingDelivery = {
    ...head,
    verifying: verify,
    firstTriedAtMs,
    dueAtMs,
    failedAtMs: tried.nowMs,
    pausedByTarget: outcome.code === 'target_busy' && outcome.afterMs !== undefined,
    delivery: { ...head.delivery, attempt: head.delivery.attempt + 1, ambiguous },
  };
  return {
    ...base,
    settled: {
      kind: 'waiting',
      state: verify ? 'verifying' : 'backing_off',
      dueInMs: dueAtMs - tried.nowMs,
      ambiguous,
    },
    done: () => chains.again(head, next),
  };
}

/**
 * While its target is down a delivery waits for that: its own back-off, which grows with each try that the outage cost it, would keep it, and
 * with few others the target's next probe, for minutes after the target is back.
 */
function dueAt({ nowMs, downUntilMs }: Tried, untilMs: number, afterMs = 0): number {
  return downUntilMs === undefined ? untilMs : Math.min(untilMs, Math.max(downUntilMs, nowMs + afterMs));
}

export type RefusedLogin = Outcome & { readonly kind: 'retry' };

export function isRefusedLogin(outcome: Outcome): outcome is RefusedLogin {
  return outcome.kind === 'retry' && outcome.code === 'credentials_refused';
}

/**
 * The try is on record, and the time of the retry policy begins anew: it is the target that is left alone, for days perhaps, and no person has
 * to lift each of what waits. Ambiguous, because a login may be revoked in the middle of an operation of several calls.
 */
function waitForLogin({ ready: { head, chains } }: Tried, base: Base): Settlement {
  const next: WaitingDelivery = {
    ...head,
    firstTriedAtMs: undefined,
    delivery: { ...head.delivery, attempt: head.delivery.attempt + 1, ambiguous: true },
  };
  return {
    ...base,
    settled: {
      kind: 'waiting',
      state: head.verifying ? 'verifying' : 'ready',
      dueInMs: 0,
      ambiguous: true,
      anew: true,
    },
    done: () => chains.again(head, next),
  };
}

/** Nothing was sent: no attempt counts, nothing is recorded, and what was known of earlier tries stays. */
function backToReady({ ready: { head, chains } }: Tried): Settlement {
  const { ambiguous } = head.delivery;
  return {
    waiting: head,
    settled: { kind: 'waiting', state: head.verifying ? 'verifying' : 'ready', dueInMs: 0, ambiguous },
    identifiers: [],
    done: () => chains.again(head, head),
  };
}

function park(tried: Tried, base: Base, outcome: Failure & { kind: 'rejected' | 'invalid' }): Settlement {
  const { head, chains } = tried.ready;
  const exception: OpenedException = {
    ...exceptionOf(head, {
      code: codeOf(outcome),
      summary: storableText(outcome.detail, MAX_DETAIL),
      faults: outcome.faults ?? [],
    }),
    deliveryId: head.delivery.id,
  };
  return { ...base, settled: { kind: 'parked' }, exception, done: () => chains.park(head.delivery.key) };
}

function exceptionOf(
  { delivery, messageId }: WaitingDelivery,
  said: Pick<OpenedException, 'code' | 'summary' | 'faults'>,
): OpenedException {
  const known = explainError(said.code);
  return {
    ...said,
    flow: delivery.flow,
    summary: `${delivery.type} to ${delivery.target}: ${said.summary}`,
    owner: known.owner,
    remedy: known.remedy,
    key: delivery.key,
    messageId,
    deliveryId: null,
    target: delivery.target,
  };
}

function codeOf(outcome: Failure): string {
  return outcome.kind === 'invalid' ? 'command_invalid' : outcome.code;
}
