import type { Env } from './env.ts';
import { textOf } from './field.ts';
import type { Row, Values } from './field.ts';
import { matching, search } from './search.ts';

/** `name_search`: display name and the model's further names, in the model's order, 100 at most. */
export function nameSearch(env: Env, name: string, args: Values): [id: number, name: string][] {
  const model = env.model(name);
  const text = textOf(args['name'] ?? '').toLowerCase();
  const exact = args['operator'] === '=';
  const fits = (row: Row) =>
    [env.displayName(name, row), ...model.searchNames.map((each) => String(row[each] || ''))].some((each) =>
      exact ? each.toLowerCase() === text : each.toLowerCase().includes(text),
    );
  const found = matching(env, model, args['domain'] ?? args['args'] ?? []).filter(
    (row) => text === '' || fits(row),
  );
  const ordered = search(env, model, [['id', 'in', found.map((row) => row.id)]]);
  const limit = Number(args['limit'] ?? 100) || ordered.length;
  return ordered.slice(0, limit).map((row) => [row.id, env.displayName(name, row)]);
}
