import type { CursorStore, JsonValue, Poller } from '@trunkline/messaging';

/** Waits after failed polls: doubling from the poller's own interval up to this. */
const MAX_BACK_OFF_MS = 15_000;
const POLL_TIMEOUT_MS = 60_000;

export interface PollingOptions {
  readonly system: string;
  readonly poller: Poller;
  readonly cursors: CursorStore;
  /** False: another node polls this stream. */
  readonly mine: () => boolean;
  readonly onError: (error: unknown) => void;
}

/** A polling consumer: reads pages from where the cursor stands, stores messages and cursor in one transaction. */
export class PollingConsumer {
  readonly #options: PollingOptions;
  readonly #abort = new AbortController();
  #running: Promise<void> | undefined;
  #cursor: { value: JsonValue | undefined } | undefined;
  #wake: (() => void) | undefined;
  #failures = 0;

  constructor(options: PollingOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#wake?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { poller } = this.#options;
    while (!this.#abort.signal.aborted) {
      let more = false;
      try {
        if (this.#options.mine()) more = await this.#poll();
        else this.#cursor = undefined;
        this.#failures = 0;
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        this.#failures++;
        // Read again from the store: the failed page may have been stored.
        this.#cursor = undefined;
        this.#options.onError(error);
      }
      if (!more)
        await this.#sleep(Math.min(MAX_BACK_OFF_MS, poller.intervalMs * 2 ** Math.min(this.#failures, 10)));
    }
  }

  async #poll(): Promise<boolean> {
    const { system, poller, cursors } = this.#options;
    this.#cursor ??= { value: await cursors.read(system, poller.stream) };
    const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(POLL_TIMEOUT_MS)]);
    const polled = await poller.poll(this.#cursor.value, signal);
    const moved = JSON.stringify(polled.cursor) !== JSON.stringify(this.#cursor.value);
    if (polled.messages.length > 0 || moved) {
      await cursors.acceptAndMove(system, poller.stream, polled.cursor, polled.messages);
      this.#cursor = { value: polled.cursor };
    }
    return polled.more;
  }

  #sleep(ms: number): Promise<void> {
    if (this.#abort.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
