import {
  admit,
  type Breaker,
  type BreakerPolicy,
  CLOSED_BREAKER,
  DEFAULT_BREAKER,
  DEFAULT_RETRY,
  type Outcome,
  type RetryPolicy,
  record,
  type Target,
} from '@trunkline/messaging';
import { outcomeOf } from './outcome-of.ts';
import type { Settlement } from './settlement.ts';
import type { TargetChains } from './target-chains.ts';
import type { WaitingDelivery } from './waiting-delivery.ts';

export interface TargetPolicy {
  readonly retry?: RetryPolicy;
  readonly breaker?: BreakerPolicy;
  /** How long one call may take before it counts as unanswered. Milliseconds. */
  readonly timeoutMs?: number;
}

export interface TargetRunnerOptions {
  readonly system: string;
  readonly target: Target;
  readonly policy: TargetPolicy;
  readonly settle: (settlement: Settlement) => void;
  readonly onAttempt?: (system: string, outcomes: readonly Outcome[], tookMs: number) => void;
  readonly random?: () => number;
}

interface Ready {
  readonly head: WaitingDelivery;
  readonly chains: TargetChains;
}

/**
 * Sends to one target system: gathers ready heads of different keys into calls of up to the target's batch size, keeps its
 * concurrency, asks the breaker, and classes each answer in one place (outcome-of.ts).
 */
export class TargetRunner {
  readonly #options: TargetRunnerOptions;
  readonly #retry: RetryPolicy;
  readonly #breakerPolicy: BreakerPolicy;
  readonly #abort = new AbortController();
  readonly #calls = new Set<Promise<void>>();
  #ready: Ready[] = [];
  #breaker: Breaker = CLOSED_BREAKER;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: TargetRunnerOptions) {
    this.#options = options;
    this.#retry = options.policy.retry ?? DEFAULT_RETRY;
    this.#breakerPolicy = options.policy.breaker ?? DEFAULT_BREAKER;
  }

  get breaker(): Breaker['state'] {
    return this.#breaker.state;
  }

  get system(): string {
    return this.#options.system;
  }

  offer(head: WaitingDelivery, chains: TargetChains): void {
    if (this.#stopped) return;
    this.#ready.push({ head, chains });
    this.#schedule(this.#ready.length >= this.#options.target.batch ? 0 : this.#options.target.lingerMs);
  }

  /** Forgets the heads of a partition that is no longer ours, and returns them; what comes of calls under way is its next owner's to find out. */
  forget(part: number): readonly WaitingDelivery[] {
    const forgotten = this.#ready.filter((ready) => ready.head.part === part);
    this.#ready = this.#ready.filter((ready) => ready.head.part !== part);
    return forgotten.map((ready) => ready.head);
  }

  /** Lets calls under way finish for a while, then aborts them: their outcome stays unknown and the next owner looks. */
  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const timer = setTimeout(() => this.#abort.abort(), graceMs);
    await Promise.allSettled(this.#calls);
    clearTimeout(timer);
  }

  #schedule(delayMs: number): void {
    if (this.#timer !== undefined) {
      if (delayMs > 0) return;
      clearTimeout(this.#timer);
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#dispatch();
    }, delayMs);
  }

  #dispatch(): void {
    while (!this.#stopped && this.#ready.length > 0 && this.#calls.size < this.#options.target.concurrency) {
      const nowMs = performance.now();
      const asked = admit(this.#breaker, nowMs);
      this.#breaker = asked.breaker;
      if (!asked.admitted) {
        // A half-open breaker waits for its probe, whose end schedules the next dispatch.
        if (asked.breaker.state === 'open') this.#schedule(Math.max(10, asked.breaker.untilMs - nowMs));
        return;
      }
      const probe = asked.breaker.state === 'half_open';
      const batch = this.#take(probe ? 1 : this.#options.target.batch);
      if (batch.length === 0) {
        // All of them were superseded; a probe that was not used up is given back.
        if (probe) this.#breaker = CLOSED_BREAKER;
        continue;
      }
      const call: Promise<void> = this.#call(batch).finally(() => {
        this.#calls.delete(call);
        this.#dispatch();
      });
      this.#calls.add(call);
    }
  }

  #take(atMost: number): Ready[] {
    const batch: Ready[] = [];
    const verifying = this.#ready[0]?.head.verifying ?? false;
    let taken = 0;
    for (const ready of this.#ready) {
      if (batch.length >= atMost || ready.head.verifying !== verifying) break;
      taken++;
      const successor = ready.chains.successorOf(ready.head);
      if (successor === undefined) batch.push(ready);
      else this.#supersede(ready, successor);
    }
    this.#ready.splice(0, taken);
    return batch;
  }

  #supersede({ head, chains }: Ready, successor: WaitingDelivery): void {
    this.#options.settle({
      waiting: head,
      settled: {
        kind: 'ended',
        state: 'superseded',
        note: `superseded by delivery ${successor.delivery.id}`,
      },
      identifiers: [],
      done: () => chains.ended(head),
    });
  }

  async #call(batch: readonly Ready[]): Promise<void> {
    const startedMs = performance.now();
    const outcomes = await this.#outcomes(batch);
    const nowMs = performance.now();
    const tookMs = Math.round(nowMs - startedMs);
    const failed = outcomes.every((outcome) => outcome.kind === 'retry' || outcome.kind === 'unknown');
    this.#breaker = record(this.#breakerPolicy, this.#breaker, failed, nowMs);
    this.#options.onAttempt?.(this.#options.system, outcomes, tookMs);
    batch.forEach((ready, index) => {
      if (ready.chains.closed) return;
      const outcome = outcomes[index] ?? missingOutcome(this.#options.system, outcomes.length, batch.length);
      this.#options.settle(
        outcomeOf({
          ready,
          outcome,
          tookMs,
          nowMs,
          retry: this.#retry,
          canVerify: this.#options.target.verify !== undefined,
          random: (this.#options.random ?? Math.random)(),
        }),
      );
    });
  }

  async #outcomes(batch: readonly Ready[]): Promise<readonly Outcome[]> {
    const { target, policy } = this.#options;
    const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(policy.timeoutMs ?? 60_000)]);
    const deliveries = batch.map((ready) => ready.head.delivery);
    try {
      if (batch[0]?.head.verifying && target.verify !== undefined) {
        const verified = await target.verify(deliveries, signal);
        return verified.map((answer): Outcome => {
          if (answer.kind === 'present') return { ...answer, kind: 'succeeded', adopted: true };
          if (answer.kind === 'absent')
            return {
              kind: 'retry',
              code: 'outcome_unknown',
              detail: 'The target does not have it: sent again.',
              afterMs: 0,
            };
          return { kind: 'unknown', code: 'outcome_unknown', detail: answer.detail };
        });
      }
      return await target.deliver(deliveries, signal);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return batch.map((): Outcome => ({ kind: 'unknown', code: 'outcome_unknown', detail }));
    }
  }
}

function missingOutcome(system: string, got: number, wanted: number): Outcome {
  return {
    kind: 'unknown',
    code: 'outcome_unknown',
    detail: `The connector of ${system} answered ${got} of ${wanted} deliveries.`,
  };
}
