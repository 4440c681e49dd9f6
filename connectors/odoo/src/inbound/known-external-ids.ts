import type { Odoo } from '../external-ids.ts';
import { externalIdsOf } from '../external-ids.ts';

/** Some 100 bytes each. */
const KNOWN = 50_000;

/**
 * External ids of one model that are asked for once: a record keeps the one that it has. Records without one of ours are asked again each
 * time. Asking is half as much work for the server as reading the records.
 */
export function createKnownExternalIds(
  odoo: Odoo,
  model: string,
): (ids: readonly number[], signal?: AbortSignal) => Promise<ReadonlyMap<number, string>> {
  const known = new Map<number, string>();
  return async (ids, signal) => {
    const unknown = ids.filter((id) => !known.has(id));
    const found = await externalIdsOf(odoo, model, unknown, signal);
    const all = new Map([...ids.flatMap((id) => entryOf(known, id)), ...found]);
    for (const [id, name] of found) known.set(id, name);
    for (const id of known.keys()) {
      if (known.size <= KNOWN) break;
      known.delete(id);
    }
    return all;
  };
}

function entryOf(known: ReadonlyMap<number, string>, id: number): [number, string][] {
  const name = known.get(id);
  return name === undefined ? [] : [[id, name]];
}
