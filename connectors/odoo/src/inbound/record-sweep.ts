import { createHash } from 'node:crypto';
import type { HeldRecord, IncomingMessage, RecordSweep } from '@trunkline/messaging';
import type { Odoo } from '../external-ids.ts';
import type { Domain, Stamped } from './change-cursor.ts';
import { type ChangeSource, type Children, messageOf } from './change-stream.ts';
import { outgoingPickings } from './outgoing-pickings.ts';
import { saleOrders } from './sale-orders.ts';

type Kind = HeldRecord['record'];

/**
 * Looks at records by their ids alone, whatever their stamps. A mark is made of the stamps of a record and of what belongs to it, each by
 * its id: a transaction that ended late has an older stamp than what is known, so the newest stamp would not tell it. The delivery
 * documents of an order belong to it, so one that no stream saw begin is found as well.
 */
export function createRecordSweep(system: string, odoo: Odoo): RecordSweep {
  const orders = saleOrders(odoo);
  const plans = outgoingPickings(odoo);
  const plansOfOrder = { model: plans.model, parent: 'sale_id', domain: plans.domain };
  const marked = {
    order: { model: orders.model, children: [...orders.children, plansOfOrder] },
    plan: plans,
  } satisfies Record<Kind, unknown>;
  return {
    async marks(records, signal) {
      const marks = new Map<string, string>();
      for (const [kind, ids] of byKind(records))
        for (const [id, mark] of await marksOf(odoo, marked[kind], ids, signal))
          marks.set(`${kind}:${id}`, mark);
      return records.map(({ record, id }) => marks.get(`${record}:${id}`));
    },
    async read(records, signal) {
      const kinds = byKind(records);
      const orderIds = kinds.get('order') ?? [];
      const ofOrders = await readAll(system, orders, ['id', 'in', orderIds], signal);
      const plansOf = Map.groupBy(
        orderIds.length === 0 ? [] : await readAll(system, plans, ['sale_id', 'in', orderIds], signal),
        ({ message }) => message.key,
      );
      const own = new Map<string, readonly IncomingMessage[]>();
      for (const { id, message } of await readAll(
        system,
        plans,
        ['id', 'in', kinds.get('plan') ?? []],
        signal,
      ))
        own.set(`plan:${id}`, [message]);
      for (const { id, message } of ofOrders)
        own.set(`order:${id}`, [message, ...(plansOf.get(message.key) ?? []).map((plan) => plan.message)]);
      return records.map(({ record, id }) => own.get(`${record}:${id}`) ?? []);
    },
  };
}

/** All that a condition finds, in pages by id. */
async function readAll<Row extends Stamped>(
  system: string,
  source: ChangeSource<Row>,
  [field, operator, ids]: readonly [string, string, readonly number[]],
  signal: AbortSignal,
): Promise<{ readonly id: number; readonly message: IncomingMessage }[]> {
  const found: { id: number; message: IncomingMessage }[] = [];
  for (let after = 0; ids.length > 0; ) {
    const domain = [...source.domain, [field, operator, ids], ['id', '>', after]];
    const rows = await source.rows({ domain, order: 'id', limit: source.page }, signal);
    for (const { message, ...rest } of await source.complete(rows, signal))
      if (message !== undefined)
        found.push({ id: rest.id, message: messageOf(system, source, { ...rest, message }) });
    if (rows.length < source.page) break;
    after = rows.at(-1)?.id ?? 0;
  }
  return found;
}

function byKind(records: readonly HeldRecord[]): ReadonlyMap<Kind, readonly number[]> {
  const kinds = Map.groupBy(records, ({ record }) => record);
  return new Map([...kinds].map(([kind, of]) => [kind, of.map(({ id }) => Number(id))]));
}

async function marksOf(
  odoo: Odoo,
  source: { readonly model: string; readonly children: readonly Children[] },
  ids: readonly number[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, string>> {
  const stamps = async (model: string, field: string, domain: Domain) => {
    const args = {
      domain: [[field, 'in', ids], ...domain],
      fields: ['write_date', ...(field === 'id' ? [] : [field])],
      order: 'id',
      context: { active_test: false },
    };
    return odoo.client.call<Record<string, unknown>[]>(model, 'search_read', args, { signal });
  };
  const found = await stamps(source.model, 'id', []);
  const parts = new Map(found.map((row) => [Number(row['id']), [String(row['write_date'])]]));
  for (const { model, parent, domain } of source.children)
    for (const row of await stamps(model, parent, domain)) {
      const of = row[parent];
      if (Array.isArray(of)) parts.get(Number(of[0]))?.push(`${model}:${row['id']}:${row['write_date']}`);
    }
  return new Map(
    [...parts].map(([id, of]) => [id, createHash('sha1').update(of.join(' ')).digest('base64url')]),
  );
}
