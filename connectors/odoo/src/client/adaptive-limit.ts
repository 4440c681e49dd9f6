import { type Observation, observe, type Pace, startPace } from './pace.ts';

export interface AdaptiveLimit {
  /** Runs the task when there is room, in order of arrival; `judge` says of its end what the pace learns from. */
  run<T>(task: () => Promise<T>, judge: (end: Ended<T>) => Observation | null): Promise<T>;
  readonly pace: () => Pace;
}

export type Ended<T> =
  | { readonly ms: number; readonly result: T }
  | { readonly ms: number; readonly error: unknown };

/**
 * Lets as many tasks run at once as the pace allows: at most `most`, fewer while the server answers slowly. A prefork Odoo runs one
 * request per worker: more in flight than workers only queues in the server's socket and eats the time-out.
 */
export function createAdaptiveLimit(most: number): AdaptiveLimit {
  let pace = startPace(most);
  let running = 0;
  const waiting: (() => void)[] = [];
  const admit = (): void => {
    while (running < Math.max(1, Math.floor(pace.limit)) && waiting.length > 0) {
      running += 1;
      waiting.shift()?.();
    }
  };
  return {
    pace: () => pace,
    async run(task, judge) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        admit();
      });
      const startedMs = performance.now();
      const learn = (observation: Observation | null): void => {
        if (observation !== null) pace = observe(pace, observation);
      };
      try {
        const result = await task();
        learn(judge({ ms: performance.now() - startedMs, result }));
        return result;
      } catch (error) {
        learn(judge({ ms: performance.now() - startedMs, error }));
        throw error;
      } finally {
        running -= 1;
        admit();
      }
    },
  };
}
