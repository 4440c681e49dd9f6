/** Ctrl-C and its kin, for as long as it is in use. */
export interface Interruption {
  /** Aborted when the work is to end. */
  readonly signal: AbortSignal;
  /** Resolves with the exit code after the first SIGINT or SIGTERM. */
  readonly first: Promise<number>;
  readonly asked: boolean;
  stopWork(): void;
  /** At a second signal: the impatient way, before the process ends. A third ends it even without that. */
  onSecond(kill: () => Promise<void>): void;
  /** Signals mean what they meant before. */
  release(): void;
}

/**
 * Signals so soon after the first are the same wish: a signal to the whole process group comes once by itself and once more from npm,
 * which passes its own on.
 */
const SAME_WISH_MS = 1000;

/** The exit code after Ctrl-C. */
export const INTERRUPTED = 130;

const CODES = { SIGINT: INTERRUPTED, SIGTERM: 143, SIGHUP: 129 } as const;

export function interruption(): Interruption {
  const abort = new AbortController();
  let asked = 0;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let kill: () => Promise<void> = async () => undefined;
  let resolve: (code: number) => void = () => undefined;
  const first = new Promise<number>((done) => {
    resolve = done;
  });
  const handler = (name: keyof typeof CODES) => () => {
    const nowMs = performance.now();
    if (nowMs - askedAtMs < SAME_WISH_MS) return;
    askedAtMs = nowMs;
    asked += 1;
    if (asked === 1) resolve(CODES[name]);
    else if (asked > 2) process.exit(CODES[name]);
    else void kill().finally(() => process.exit(CODES[name]));
  };
  const handlers = (Object.keys(CODES) as (keyof typeof CODES)[]).map(
    (name) => [name, handler(name)] as const,
  );
  for (const [name, on] of handlers) process.on(name, on);
  return {
    signal: abort.signal,
    first,
    get asked() {
      return asked > 0;
    },
    stopWork: () => abort.abort(),
    onSecond(given) {
      kill = given;
    },
    release() {
      for (const [name, on] of handlers) process.off(name, on);
    },
  };
}
