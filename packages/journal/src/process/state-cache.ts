import type { StoredState } from '@trunkline/messaging';

/** What an entry takes beside its body. */
const ENTRY_BYTES = 400;

interface Entry {
  readonly state: StoredState | undefined;
  readonly bytes: number;
}

/**
 * States of a partition that this node owns, newest used last. Safe because only the owner writes them; dropped whole when the
 * lease is lost or a write failed. It remembers, too, that a key has no state yet.
 *
 * Bounded by the length of the states' JSON and not by their number: keys that come in turn, more of them than there is room for, would each
 * have been dropped just before its next event.
 */
export class StateCache {
  readonly #capacity: number;
  readonly #states = new Map<string, Entry>();
  #bytes = 0;

  constructor(capacityBytes: number) {
    this.#capacity = capacityBytes;
  }

  has(key: string): boolean {
    return this.#states.has(key);
  }

  get(key: string): StoredState | undefined {
    const entry = this.#states.get(key);
    if (entry === undefined) return undefined;
    this.#states.delete(key);
    this.#states.set(key, entry);
    return entry.state;
  }

  /** `length`: of the body's JSON. */
  set(key: string, state: StoredState | undefined, length: number): void {
    this.#delete(key);
    const bytes = length + ENTRY_BYTES;
    this.#states.set(key, { state, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#states.keys()) {
      if (this.#bytes <= this.#capacity) break;
      this.#delete(oldest);
    }
  }

  #delete(key: string): void {
    this.#bytes -= this.#states.get(key)?.bytes ?? 0;
    this.#states.delete(key);
  }

  clear(): void {
    this.#states.clear();
    this.#bytes = 0;
  }
}
