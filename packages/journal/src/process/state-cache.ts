import type { StoredState } from '@trunkline/messaging';

/**
 * States of a partition that this node owns, newest used last. Safe because only the owner writes them; dropped whole when the
 * lease is lost or a write failed. `null` remembers that a key has no state yet.
 */
export class StateCache {
  readonly #capacity: number;
  readonly #states = new Map<string, StoredState | null>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  has(key: string): boolean {
    return this.#states.has(key);
  }

  get(key: string): StoredState | undefined {
    const state = this.#states.get(key);
    if (state === undefined) return undefined;
    this.#states.delete(key);
    this.#states.set(key, state);
    return state ?? undefined;
  }

  set(key: string, state: StoredState | null): void {
    this.#states.delete(key);
    this.#states.set(key, state);
    if (this.#states.size > this.#capacity) {
      const oldest = this.#states.keys().next();
      if (!oldest.done) this.#states.delete(oldest.value);
    }
  }

  clear(): void {
    this.#states.clear();
  }
}
