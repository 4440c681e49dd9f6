import type { ModelRequest } from './request.ts';

interface Seen {
  readonly recorded: string;
  readonly simulated: string;
}

/**
 * Whether a record's `write_date` moved between two reads, in the recording and here. A recorded stamp that moved has
 * to move here. One that stood still only counts when the recorded server had the time to show a move: its stamps are
 * whole seconds, and several of its calls fall into one.
 */
export class StampTrail {
  readonly #seen = new Map<string, Seen>();
  #latest = '';

  follow(request: ModelRequest, recorded: unknown, simulated: unknown, differences: string[]): void {
    if (!Array.isArray(recorded) || !Array.isArray(simulated)) return;
    for (const [at, row] of recorded.entries()) {
      const { id, write_date: theirs } = (row ?? {}) as { id?: number; write_date?: string };
      const ours = (simulated[at] as { write_date?: string } | undefined)?.write_date;
      if (id === undefined || theirs === undefined || ours === undefined) continue;
      this.#check(`${request.model} ${id}`, { recorded: theirs, simulated: ours }, differences);
    }
  }

  #check(key: string, now: Seen, differences: string[]): void {
    const before = this.#seen.get(key);
    this.#seen.set(key, now);
    if (now.recorded > this.#latest) this.#latest = now.recorded;
    if (!before) return;
    const theyMoved = now.recorded > before.recorded;
    const weMoved = now.simulated > before.simulated;
    if (theyMoved && !weMoved)
      differences.push(`write_date of ${key} moved on the recorded server and not here`);
    if (!theyMoved && weMoved && this.#latest > now.recorded)
      differences.push(`write_date of ${key} moved here and not on the recorded server`);
  }
}
