/** The limit on calls in flight, driven by hand: nothing is timed. */
import { expect, test } from 'vitest';
import { createConcurrencyLimit } from '../src/concurrency-limit.ts';

test('starts as many as allowed, the next as one ends, in order; a failure frees its place', async () => {
  const limited = createConcurrencyLimit(2);
  const started: number[] = [];
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const tasks = gates.map(({ promise }, index) =>
    limited(() => {
      started.push(index);
      return promise;
    }).catch((error: Error) => error.message),
  );
  await Promise.resolve();
  expect(started).toEqual([0, 1]);
  gates[1]?.reject(new Error('broken'));
  await expect(tasks[1]).resolves.toBe('broken');
  expect(started).toEqual([0, 1, 2]);
  for (const gate of gates) gate.resolve();
  await Promise.all(tasks);
  expect(started).toEqual([0, 1, 2, 3, 4]);
});
