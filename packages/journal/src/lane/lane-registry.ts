import type { Pool } from 'pg';
import { statement } from '../statement.ts';

/**
 * The lanes that exist, in a table of a row each. A lane's row is there before its first message, so that a reader who starts from the
 * table sees every lane of its snapshot: a message in a lane that its reader did not know would be overtaken by its key's next one.
 */
export class LaneRegistry {
  readonly #pool: Pool;
  readonly #known = new Set<string>();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  get known(): ReadonlySet<string> {
    return this.#known;
  }

  /** Resolves when all of them stand in the table; undefined, at no cost, when they are known to. */
  ensure(lanes: Iterable<string>): Promise<void> | undefined {
    const missing = [...new Set(lanes)].filter((lane) => !this.#known.has(lane));
    return missing.length === 0 ? undefined : this.#add(missing);
  }

  /** Seen in the table. */
  learn(lane: string): void {
    this.#known.add(lane);
  }

  async refresh(): Promise<void> {
    const { rows } = await this.#pool.query<{ name: string }>(statement('read-lanes', []));
    for (const { name } of rows) this.learn(name);
  }

  async #add(missing: readonly string[]): Promise<void> {
    await this.#pool.query(statement('register-lanes', [missing]));
    for (const lane of missing) this.learn(lane);
  }
}
