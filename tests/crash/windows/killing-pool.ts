import type { Pool, PoolClient } from 'pg';
import { COMMITS, type Window } from './windows.ts';

/**
 * The pool, except that its process ends by SIGKILL right before or right after the n-th time that the window is reached. A port of
 * the engine is all that it takes: the product has no hooks for it.
 */
export function killingPool(pool: Pool, window: Window, nth: number): Pool {
  const meter = new Meter(window, nth);
  return new Proxy(pool, {
    get(target, name) {
      if (name === 'query') {
        return (query: unknown, values?: unknown[]) =>
          meter.around(textOf(query), [], () => target.query(query as string, values));
      }
      if (name === 'connect') return async () => metered(await target.connect(), meter);
      return bound(target, name);
    },
  });
}

function metered(client: PoolClient, meter: Meter): PoolClient {
  let transaction: string[] | undefined;
  return new Proxy(client, {
    get(target, name) {
      if (name !== 'query') return bound(target, name);
      return (query: unknown, values?: unknown[]) => {
        const text = textOf(query);
        if (text === 'begin') transaction = [];
        const before = transaction ?? [];
        const inside = transaction !== undefined && text !== 'commit';
        transaction =
          text === 'commit' || text === 'rollback' ? undefined : transaction && [...transaction, text];
        const send = () => target.query(query as string, values);
        return inside ? send() : meter.around(text, before, send);
      };
    },
  });
}

class Meter {
  readonly #window: Window;
  #left: number;

  constructor(window: Window, nth: number) {
    this.#window = window;
    this.#left = nth;
  }

  /** A statement that commits: `before` are those of its transaction, when it is that one's `commit`. */
  async around<T>(text: string, before: readonly string[], send: () => Promise<T>): Promise<T> {
    const window = this.#window;
    const hit = window.at === 'commit' && commits(window.commit, text, before) && --this.#left === 0;
    if (hit && window.side === 'before') end();
    const result = await send();
    if (hit) end();
    return result;
  }
}

function commits(commit: keyof typeof COMMITS, text: string, before: readonly string[]): boolean {
  const how = COMMITS[commit];
  if ('alone' in how) return text.startsWith(how.alone);
  return text === 'commit' && before.some((statement) => statement.startsWith(how.inTransaction));
}

/** The name of a prepared statement, else its text. */
function textOf(query: unknown): string {
  if (typeof query === 'string') return query.trim();
  const { name, text } = query as { name?: string; text?: string };
  return name ?? text ?? '';
}

/** No `finally`, no exit handler, nothing buffered: what the kernel has is what was done. */
function end(): void {
  process.kill(process.pid, 'SIGKILL');
}

function bound<T extends object>(target: T, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name, target);
  return typeof value === 'function' ? value.bind(target) : value;
}
