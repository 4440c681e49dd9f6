/** What a call changes, as keys: `product 12`. `everything` stands for all of them, where it is not known. */
export type Touches = readonly string[] | 'everything';

interface Entry {
  readonly touches: Touches;
  readonly start: () => void;
  running: boolean;
}

export interface KeyedLimit {
  run<T>(touches: Touches, task: () => Promise<T>): Promise<T>;
  /** Whether a task that touches these would begin at once. */
  free(touches: Touches): boolean;
}

/**
 * Runs a task as soon as nothing that came before it and is not through touches what it touches. It takes all of its keys at once, so no
 * two tasks ever wait for each other; and it waits for no later one, so a task of many keys is not passed by for ever.
 */
export function createKeyedLimit(): KeyedLimit {
  const entries: Entry[] = [];
  const admit = (): void => {
    const ahead = new Set<string>();
    let allAhead = false;
    for (const entry of entries) {
      if (allAhead) return;
      const { touches } = entry;
      const free = touches === 'everything' ? ahead.size === 0 : !touches.some((key) => ahead.has(key));
      if (free && !entry.running) {
        entry.running = true;
        entry.start();
      }
      if (touches === 'everything') allAhead = true;
      else for (const key of touches) ahead.add(key);
    }
  };
  return {
    async run(touches, task) {
      if (touches.length === 0) return task();
      const turn = Promise.withResolvers<void>();
      const entry: Entry = { touches, start: turn.resolve, running: false };
      entries.push(entry);
      admit();
      await turn.promise;
      try {
        return await task();
      } finally {
        entries.splice(entries.indexOf(entry), 1);
        admit();
      }
    },
    free: (touches) => touches.length === 0 || !entries.some((entry) => clash(entry.touches, touches)),
  };
}

function clash(one: Touches, other: Touches): boolean {
  if (one === 'everything' || other === 'everything') return true;
  return one.some((key) => other.includes(key));
}
