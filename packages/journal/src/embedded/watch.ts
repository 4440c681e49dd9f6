import { isPostmasterOf } from './process-identity.ts';
import type { PostmasterExit } from './supervisor.ts';

const POLL_MS = 250;

interface Watch {
  onExit(callback: (exit: PostmasterExit) => void): () => void;
  /** Runs `end`, then reports the exit as expected. */
  expectExit(end: () => Promise<void>): Promise<void>;
}

/**
 * Looks every 250 ms whether the postmaster lives, 20 us a look. The exit of a child process would be quicker, but
 * it is not there for a server that was re-attached to, and one way serves both.
 */
export function watchPostmaster(pid: number, dataDir: string, afterExit: () => void): Watch {
  const callbacks = new Set<(exit: PostmasterExit) => void>();
  let expected = false;
  let over = false;
  const check = (): void => {
    if (over || isPostmasterOf(pid, dataDir)) return;
    over = true;
    clearInterval(timer);
    afterExit();
    for (const callback of callbacks) callback({ expected });
    callbacks.clear();
  };
  const timer = setInterval(check, POLL_MS);
  timer.unref();
  return {
    onExit: (callback) => {
      callbacks.add(callback);
      return () => callbacks.delete(callback);
    },
    expectExit: async (end) => {
      expected = true;
      await end();
      check();
    },
  };
}
