import {
  type CursorStore,
  type JsonValue,
  type Polled,
  type Poller,
  SystemRefusal,
} from '@trunkline/messaging';

/** Waits after failed polls: doubling from the poller's own interval up to this. */
const MAX_BACK_OFF_MS = 15_000;
const POLL_TIMEOUT_MS = 60_000;
/** Between a poll and one that a hint brings forward: a burst of hints costs a system no more than this. */
const HINTED_AFTER_MS = 250;
/** How often progress is told when nothing about it changes. */
const TELL_EVERY_MS = 5000;

export interface StreamProgress {
  /** Milliseconds since all that the source had committed was stored; undefined when that was never so. */
  readonly caughtUpAgoMs: number | undefined;
  readonly failing?: { readonly sinceAgoMs: number; readonly reason: string };
}

export interface PollingOptions {
  readonly system: string;
  readonly poller: Poller;
  readonly cursors: CursorStore;
  /** False: another node polls this stream. */
  readonly mine: () => boolean;
  /** Waits until the system's limits let a poll go; what it resolves with is called when the poll has ended, with what it says of the system. */
  readonly turn?: (signal: AbortSignal) => Promise<(heard?: 'well' | SystemRefusal) => void>;
  readonly onError: (error: unknown) => void;
  /** Told every few seconds while this node polls, and when polls begin or cease to fail. */
  readonly onProgress?: (progress: StreamProgress) => Promise<void>;
}

/** A polling consumer: reads pages from where the cursor stands, stores messages and cursor in one transaction. */
export class PollingConsumer {
  readonly #options: PollingOptions;
  readonly #abort = new AbortController();
  #running: Promise<void> | undefined;
  #cursor: { value: JsonValue | undefined } | undefined;
  #wake: ((afterMs: number) => void) | undefined;
  #hinted = false;
  #failures = 0;
  #failing: { readonly sinceMs: number; readonly reason: string } | undefined;
  #caughtUpMs: number | undefined;
  #toldMs = Number.NEGATIVE_INFINITY;

  constructor(options: PollingOptions) {
    this.#options = options;
  }

  start(): void {
    this.#options.poller.hints?.(() => this.#hint());
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#wake?.(0);
    await this.#running;
  }

  async #run(): Promise<void> {
    const { poller } = this.#options;
    while (!this.#abort.signal.aborted) {
      let more = false;
      try {
        if (this.#options.mine()) {
          more = await this.#poll();
          await this.#tell(undefined);
        } else this.#forget();
        this.#failures = 0;
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        this.#failures++;
        // Read again from the store: the failed page may have been stored.
        this.#cursor = undefined;
        this.#options.onError(error);
        await this.#tell(error instanceof Error ? error.message : String(error));
      }
      if (!more)
        await this.#sleep(Math.min(MAX_BACK_OFF_MS, poller.intervalMs * 2 ** Math.min(this.#failures, 10)));
    }
  }

  async #poll(): Promise<boolean> {
    const { system, poller, cursors, mine, turn } = this.#options;
    const ended = await turn?.(this.#abort.signal);
    const startedMs = performance.now();
    let polled: Polled;
    let heard: 'well' | SystemRefusal | undefined;
    try {
      // Its partition may have gone to another node while it waited.
      if (!mine()) return false;
      this.#hinted = false;
      this.#cursor ??= { value: await cursors.read(system, poller.stream) };
      const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(POLL_TIMEOUT_MS)]);
      polled = await poller.poll(this.#cursor.value, signal);
      heard = 'well';
    } catch (error) {
      if (error instanceof SystemRefusal) heard = error;
      throw error;
    } finally {
      ended?.(heard);
    }
    const moved = JSON.stringify(polled.cursor) !== JSON.stringify(this.#cursor.value);
    if (polled.messages.length > 0 || moved) {
      const from = { cursor: this.#cursor.value };
      await cursors.acceptAndMove(system, poller.stream, polled.cursor, polled.messages, from);
      this.#cursor = { value: polled.cursor };
    }
    if (!polled.more) this.#caughtUpMs = startedMs;
    return polled.more;
  }

  /** Another node polls: what this one knew is not to be relied on when it gets the stream back. */
  #forget(): void {
    this.#cursor = undefined;
    this.#caughtUpMs = undefined;
    this.#failing = undefined;
  }

  /** A system that does not answer is not asked more often because it says that something changed. */
  #hint(): void {
    if (this.#failures > 0) return;
    this.#hinted = true;
    this.#wake?.(HINTED_AFTER_MS);
  }

  async #tell(failure: string | undefined): Promise<void> {
    const nowMs = performance.now();
    const changed = (failure === undefined) !== (this.#failing === undefined);
    this.#failing =
      failure === undefined ? undefined : { sinceMs: this.#failing?.sinceMs ?? nowMs, reason: failure };
    if (!changed && nowMs - this.#toldMs < TELL_EVERY_MS) return;
    this.#toldMs = nowMs;
    await this.#options
      .onProgress?.({
        caughtUpAgoMs: this.#caughtUpMs === undefined ? undefined : nowMs - this.#caughtUpMs,
        ...(this.#failing === undefined
          ? {}
          : { failing: { sinceAgoMs: nowMs - this.#failing.sinceMs, reason: this.#failing.reason } }),
      })
      .catch((error: unknown) => this.#options.onError(error));
  }

  #sleep(ms: number): Promise<void> {
    if (this.#abort.signal.aborted) return Promise.resolve();
    const startedMs = performance.now();
    return new Promise((resolve) => {
      let timer = setTimeout(resolve, ms);
      this.#wake = (afterMs) => {
        clearTimeout(timer);
        timer = setTimeout(resolve, Math.max(0, Math.min(ms, afterMs) - (performance.now() - startedMs)));
      };
      // One that came while a poll was under way may tell of what that poll did not see.
      if (this.#hinted) this.#wake(HINTED_AFTER_MS);
    });
  }
}
