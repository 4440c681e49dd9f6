import type { Env } from './env.ts';
import type { Row } from './field.ts';

const DATA = 'ir.model.data';

/** Without a module a name belongs to `__import__`, as in Odoo's own import. */
export const qualified = (externalId: string) =>
  externalId.includes('.') ? externalId : `__import__.${externalId}`;

/** The record that an external id names, if it still exists. */
export function byExternalId(env: Env, externalId: string, model: string): Row | undefined {
  for (const data of env.having(DATA, 'complete_name', qualified(externalId)))
    if (data['model'] === model) return env.find(model, data['res_id']);
  return undefined;
}

export function bindExternalId(env: Env, externalId: string, model: string, id: number): void {
  const complete = qualified(externalId);
  const dot = complete.indexOf('.');
  for (const stale of env.having(DATA, 'complete_name', complete)) env.remove(DATA, stale);
  env.insert(DATA, {
    module: complete.slice(0, dot),
    name: complete.slice(dot + 1),
    complete_name: complete,
    model,
    res_id: id,
    reference: `${model},${id}`,
    noupdate: false,
  });
}

/** The oldest external id of each record, '' where there is none. */
export function externalIdsOf(env: Env, model: string, ids: readonly number[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const id of ids)
    found[String(id)] = String(env.having(DATA, 'reference', `${model},${id}`)[0]?.['complete_name'] ?? '');
  return found;
}

export function deleteExternalIds(env: Env, model: string, id: number): void {
  for (const data of env.having(DATA, 'reference', `${model},${id}`)) env.remove(DATA, data);
}
