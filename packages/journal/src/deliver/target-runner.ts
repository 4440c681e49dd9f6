import {
  admit,
  type Breaker,
  type BreakerPolicy,
  CLOSED_BREAKER,
  DEFAULT_BREAKER,
  DEFAULT_RETRY,
  type LanePolicy,
  type Outcome,
  REFUSED_LOGIN,
  type RetryPolicy,
  record,
  type Target,
  type TargetLimits,
  type Verification,
} from '@trunkline/messaging';
import { LaneTraffic } from '../lane/lane-traffic.ts';
import { expired, isRefusedLogin, outcomeOf, type RefusedLogin } from './outcome-of.ts';
import { type Ready, ReadyLanes, type Taken } from './ready-lanes.ts';
import type { Settlement } from './settlement.ts';
import type { TargetChains } from './target-chains.ts';
import type { TargetGate } from './target-gate.ts';
import type { WaitingDelivery } from './waiting-delivery.ts';

export interface TargetPolicy {
  readonly retry?: RetryPolicy;
  readonly breaker?: BreakerPolicy;
  /** How long one call may take before it counts as unanswered. Milliseconds. */
  readonly timeoutMs?: number;
  /** Shared by all nodes. */
  readonly limits?: TargetLimits;
}

export interface TargetRunnerOptions {
  readonly system: string;
  readonly target: Target;
  readonly policy: TargetPolicy;
  readonly gate: TargetGate;
  readonly settle: (settlement: Settlement) => void;
  readonly onAttempt?: (system: string, outcomes: readonly Outcome[], tookMs: number) => void;
  readonly random?: () => number;
  readonly lanes?: ReadonlyMap<string, Partial<LanePolicy>>;
}

/** However long nothing may be sent, what is past its time is looked for as often. */
const LONGEST_WAIT_MS = 1000;

/**
 * Sends to one target system: gathers ready heads of different keys into calls of up to the target's batch size, asks the gate and
 * the breaker, and classes each answer in one place (outcome-of.ts).
 */
export class TargetRunner {
  readonly #options: TargetRunnerOptions;
  readonly #retry: RetryPolicy;
  readonly #breakerPolicy: BreakerPolicy;
  readonly #abort = new AbortController();
  readonly #calls = new Set<Promise<void>>();
  readonly #traffic: LaneTraffic;
  readonly #ready: ReadyLanes;
  #breaker: Breaker = CLOSED_BREAKER;
  #timer: NodeJS.Timeout | undefined;
  #timerAtMs = 0;
  #stopped = false;
  /** When a call of this node went well last. */
  #wellAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: TargetRunnerOptions) {
    this.#options = options;
    this.#retry = options.policy.retry ?? DEFAULT_RETRY;
    this.#breakerPolicy = options.policy.breaker ?? DEFAULT_BREAKER;
    this.#traffic = new LaneTraffic(options.lanes);
    this.#ready = new ReadyLanes(this.#traffic, options.target.batch);
    options.gate.opens(() => this.#dispatch());
    options.gate.breaker.closes(() => {
      this.#breaker = CLOSED_BREAKER;
    });
  }

  /** Open as well when it is another node's calls that fail. */
  get breaker(): Breaker['state'] {
    const { state } = this.#breaker;
    return state === 'closed' && this.gate.breaker.open ? 'open' : state;
  }

  get gate(): TargetGate {
    return this.#options.gate;
  }

  get system(): string {
    return this.#options.system;
  }

  /** At this target: what is piled up here need not be elsewhere. */
  mustYield(lane: string): boolean {
    return this.#traffic.mustYield(lane);
  }

  /**
   * As of now. It would have gone before if its target had been well: nothing has gone well since it failed, or it was asked to wait with all
   * calls.
   */
  waitForTarget(): (head: WaitingDelivery) => boolean {
    const wellAtMs = this.#wellAtMs;
    return ({ failedAtMs, pausedByTarget }) =>
      failedAtMs !== undefined && (pausedByTarget || failedAtMs > wellAtMs);
  }

  offer(head: WaitingDelivery, chains: TargetChains): void {
    if (this.#stopped) return;
    this.#ready.add({ head, chains });
    this.#schedule(this.#ready.size >= this.#options.target.batch ? 0 : this.#options.target.lingerMs);
  }

  /**
   * Forgets the heads of chains that are given up, and returns them; what comes of calls under way is the next owner's to find out. By
   * chains and not by partition: when a node takes a partition again that it lost, its former owner may be told so late that the new
   * one's heads of the same partition wait here already.
   */
  forget(chains: TargetChains): readonly WaitingDelivery[] {
    return this.#ready.remove((ready) => ready.chains === chains).map((ready) => ready.head);
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
    const atMs = performance.now() + delayMs;
    if (this.#timer !== undefined && this.#timerAtMs <= atMs) return;
    clearTimeout(this.#timer);
    this.#timerAtMs = atMs;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#dispatch();
    }, delayMs);
  }

  #dispatch(): void {
    this.#expire();
    const { target, gate } = this.#options;
    while (!this.#stopped && this.#ready.size > 0) {
      const waitMs = gate.waitMs();
      if (waitMs !== undefined) return this.#schedule(Math.min(waitMs, LONGEST_WAIT_MS));
      const nowMs = performance.now();
      const { probing, coolDownMs } = gate.breaker;
      // The one node of all that probes, be it another's calls that failed.
      if (probing && this.#breaker.state !== 'half_open')
        this.#breaker = { state: 'open', untilMs: nowMs, coolDownMs };
      const asked = admit(this.#breaker, nowMs);
      if (!asked.admitted) {
        this.#breaker = asked.breaker;
        // A half-open breaker waits for its probe, whose end schedules the next dispatch.
        if (asked.breaker.state === 'open')
          this.#schedule(Math.min(LONGEST_WAIT_MS, Math.max(10, asked.breaker.untilMs - nowMs)));
        return;
      }
      const probe = asked.breaker.state === 'half_open';
      const taken = this.#ready.take(probe ? 1 : target.batch, gate.slots);
      if (taken === undefined) return;
      const batch = this.#withoutSuperseded(taken);
      if (batch.length === 0) {
        this.#ready.ended(taken);
        continue;
      }
      this.#breaker = asked.breaker;
      gate.used();
      const call: Promise<void> = this.#call(batch).finally(() => {
        this.#calls.delete(call);
        gate.ended();
        this.#ready.ended(taken);
        this.#dispatch();
      });
      this.#calls.add(call);
    }
  }

  /** What is of no use any more ends, whatever keeps the target from being called. */
  #expire(): void {
    const nowMs = performance.now();
    for (const ready of this.#ready.remove(
      ({ head }) => !head.verifying && (head.expiresAtMs ?? nowMs + 1) <= nowMs,
    ))
      this.#options.settle(expired(ready));
  }

  #withoutSuperseded(taken: Taken): readonly Ready[] {
    return taken.batch.filter((ready) => {
      const successor = ready.chains.successorOf(ready.head);
      if (successor !== undefined) this.#supersede(ready, successor);
      return successor === undefined;
    });
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
    const outcomes = (await this.#outcomes(batch)).map((outcome) =>
      // Cancelled by its time limit and not by our end: a try like any other.
      outcome.kind === 'cancelled' && !this.#stopped ? NOT_SENT : outcome,
    );
    const nowMs = performance.now();
    const tookMs = Math.round(nowMs - startedMs);
    const answers = outcomes.filter((outcome) => outcome.kind !== 'cancelled');
    const failed = answers.every(
      (outcome) => (outcome.kind === 'retry' || outcome.kind === 'unknown') && outcome !== ABSENT,
    );
    if (answers.length > 0 || outcomes.length === 0)
      this.#record(failed, nowMs, outcomes.find(isRefusedLogin));
    this.#hold(outcomes);
    const downUntilMs = this.#downUntilMs(nowMs);
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
          downUntilMs,
        }),
      );
    });
  }

  #downUntilMs(nowMs: number): number | undefined {
    if (this.#breaker.state === 'open') return this.#breaker.untilMs;
    const sharedMs = this.#options.gate.breaker.waitMs(nowMs);
    return sharedMs === undefined ? undefined : nowMs + sharedMs;
  }

  /** A refused login says of the whole target what it says of one delivery, and waits longer for its probes. */
  #record(callFailed: boolean, nowMs: number, refused: RefusedLogin | undefined): void {
    const failed = callFailed || refused !== undefined;
    const before = this.#breaker;
    const after = record(refused === undefined ? this.#breakerPolicy : REFUSED_LOGIN, before, failed, nowMs);
    this.#breaker = after;
    const { gate } = this.#options;
    const { breaker: shared } = gate;
    shared.saw(failed, nowMs + this.#breakerPolicy.windowMs);
    if (after.state === 'open' && before.state !== 'open') shared.opened(after.coolDownMs, refused?.detail);
    if (after.state === 'closed' && before.state === 'half_open') {
      shared.closed();
      gate.released();
    }
    // Last: what failed before this success is what waited for it.
    if (!failed) this.#wellAtMs = nowMs;
  }

  /** A target that asks for a pause means all that is sent to it, from every node. */
  #hold(outcomes: readonly Outcome[]): void {
    let longest: { readonly afterMs: number; readonly detail: string } | undefined;
    for (const outcome of outcomes) {
      if ((outcome.kind !== 'retry' && outcome.kind !== 'unknown') || outcome.code !== 'target_busy')
        continue;
      const { afterMs = 0, detail } = outcome;
      if (afterMs > (longest?.afterMs ?? 0)) longest = { afterMs, detail };
    }
    if (longest !== undefined) void this.#options.gate.hold(longest.afterMs, longest.detail);
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
          if (answer.kind === 'absent') return ABSENT;
          return undecided(answer);
        });
      }
      return await target.deliver(deliveries, signal);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return batch.map((): Outcome => ({ kind: 'unknown', code: 'outcome_unknown', detail }));
    }
  }
}

/** A target that says so is well: as a probe's result it closes the breaker, although the delivery goes again. */
const ABSENT: Outcome = {
  kind: 'retry',
  code: 'outcome_unknown',
  detail: 'The target does not have it: sent again.',
  afterMs: 0,
};

/** What it was answered that every call would be holds the target like a delivery's answer; else it is asked again in its own time. */
function undecided({ detail, refusal }: Verification & { kind: 'undecided' }): Outcome {
  if (refusal === undefined) return { kind: 'unknown', code: 'outcome_unknown', detail };
  const { code, afterMs } = refusal;
  return code === 'credentials_refused'
    ? { kind: 'retry', code, detail }
    : { kind: 'unknown', code, detail, afterMs };
}

const NOT_SENT: Outcome = {
  kind: 'retry',
  code: 'target_unavailable',
  detail: 'The time for the call was over before anything was sent.',
};

function missingOutcome(system: string, got: number, wanted: number): Outcome {
  return {
    kind: 'unknown',
    code: 'outcome_unknown',
    detail: `The connector of ${system} answered ${got} of ${wanted} deliveries.`,
  };
}
