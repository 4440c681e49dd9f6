/** Which calls go side by side, driven by hand: nothing is timed and no server is asked. */
import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { createKeyedLimit, type Touches } from '../../src/client/keyed-limit.ts';

const clash = (one: Touches, other: Touches): boolean => {
  if (one.length === 0 || other.length === 0) return false;
  if (one === 'everything' || other === 'everything') return true;
  return one.some((key) => other.includes(key));
};

/** Tasks that begin and end on request. */
function start(wanted: readonly Touches[]) {
  const limited = createKeyedLimit();
  const running = new Set<number>();
  const ended = new Set<number>();
  const gates = wanted.map(() => Promise.withResolvers<void>());
  const results = wanted.map((touches, index) =>
    limited
      .run(touches, async () => {
        running.add(index);
        await gates[index]?.promise;
        return index;
      })
      .catch(() => index),
  );
  return {
    limited,
    running,
    ended,
    results,
    async end(index: number, failed: boolean) {
      running.delete(index);
      ended.add(index);
      if (failed) gates[index]?.reject(new Error('broken'));
      else gates[index]?.resolve();
      await settled();
    },
    /** What may run: all that no earlier task that has not ended is in the way of. */
    free: () =>
      wanted.flatMap((touches, index) =>
        ended.has(index) ||
        wanted.slice(0, index).some((other, at) => !ended.has(at) && clash(touches, other))
          ? []
          : [index],
      ),
  };
}

/** Lets everything that waits on promises alone come to rest. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const touches = fc.oneof(
  { weight: 9, arbitrary: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 4 }) },
  { weight: 1, arbitrary: fc.constant('everything' as const) },
);

property.prop([
  fc.array(touches, { minLength: 1, maxLength: 12 }),
  fc.infiniteStream(fc.nat()),
  fc.boolean(),
])(
  'no two that touch the same run at once, each runs as soon as those before it let it, and all end',
  async (wanted, picks, failing) => {
    const tasks = start(wanted);
    await settled();
    for (let left = wanted.length; left > 0; left -= 1) {
      const running = [...tasks.running].sort((a, b) => a - b);
      expect(running).toEqual(tasks.free());
      const inTheWay = (keys: Touches) =>
        wanted.some((other, at) => !tasks.ended.has(at) && clash(keys, other));
      for (const keys of wanted) expect(tasks.limited.free(keys)).toBe(!inTheWay(keys));
      const ends = running[(picks.next().value as number) % running.length] ?? 0;
      await tasks.end(ends, failing && ends % 2 === 0);
    }
    await Promise.all(tasks.results);
    expect(tasks.running.size).toBe(0);
  },
);

test('a task of many keys is not passed by for ever', async () => {
  const tasks = start([['a'], ['a', 'b'], ['b']]);
  await settled();
  expect([...tasks.running]).toEqual([0]);
  await tasks.end(0, false);
  expect([...tasks.running]).toEqual([1]);
  await tasks.end(1, false);
  await tasks.end(2, false);
});
