import type { QueryResult } from '../soql/run.ts';

const KEPT = 20;

/** Results whose next pages may still be asked for. The oldest goes when there are too many. */
export class QueryCursors {
  readonly #open = new Map<string, QueryResult>();
  #serial = 0;

  open(result: QueryResult): string {
    this.#serial += 1;
    const locator = `01gSm0${String(this.#serial).padStart(9, '0')}IAA`;
    this.#open.set(locator, result);
    const oldest = this.#open.keys().next().value;
    if (this.#open.size > KEPT && oldest !== undefined) this.#open.delete(oldest);
    return locator;
  }

  find(locator: string): QueryResult | undefined {
    return this.#open.get(locator);
  }
}
