import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 50;

/**
 * Asks again and again until the answer is something, and gives it.
 * @throws Error naming what was waited for, and what was seen last, when `withinMs` have passed
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  { withinMs = 20_000, seen }: { readonly withinMs?: number; readonly seen?: () => unknown } = {},
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) {
      const last = seen === undefined ? '' : ` Seen last: ${JSON.stringify(await seen())}`;
      throw new Error(`Not within ${withinMs / 1000} s: ${what}.${last}`);
    }
    await pause(LOOK_EVERY_MS);
  }
}
