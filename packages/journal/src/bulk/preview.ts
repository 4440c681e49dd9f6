import type { PoolClient } from 'pg';
import { RETRYABLE } from '../cases/exception-acts.ts';
import type { IdRange } from './id-range.ts';
import type { ExceptionSelection, MessageSelection } from './bulk-operation.ts';

/** Writes down what an operation will act on: it acts on these and no others, whatever opens meanwhile. */
export async function selectExceptions(
  client: PoolClient,
  operation: string,
  selection: ExceptionSelection,
  onlyDeliveries: boolean,
  limit: number,
): Promise<void> {
  await client.query(
    `insert into bulk_item (part, operation_id, position, key, exception_id, delivery_id, message_id)
     select part, $1, row_number() over (order by opened_at, part, id), key, id, delivery_id, message_id
     from (select * from exception_case
           where ${RETRYABLE} and ($2::text is null or fingerprint = $2) and ($3::text is null or flow = $3)
             and ($4::text is null or target = $4) and ($5::text is null or code = $5) and (not $6::boolean or delivery_id is not null)
           order by opened_at, part, id limit $7) chosen`,
    [
      operation,
      selection.case ?? null,
      selection.flow ?? null,
      selection.target ?? null,
      selection.code ?? null,
      onlyDeliveries,
      limit,
    ],
  );
}

/** With the part of its key: the messages of one key are found by it. */
export type PlacedSelection = Omit<MessageSelection, 'key'> & {
  readonly key?: { readonly key: string; readonly part: number };
};

/**
 * What sources sent, in the order in which it was accepted. Replies and the flows' own events are left out: they follow from it, and
 * come again where the replayed message calls for them. So are earlier replays.
 */
export async function selectMessages(
  client: PoolClient,
  operation: string,
  selection: PlacedSelection,
  internalSources: readonly string[],
  ids: IdRange,
  limit: number,
): Promise<void> {
  await client.query(
    `insert into bulk_item (part, operation_id, position, key, message_id)
     select part, $1, row_number() over (order by id), key, id
     from (select m.part, m.id, m.key from message m join message_result r on r.part = m.part and r.class = m.class and r.id = m.id
           where m.source <> all ($2::text[]) and m.type not like 'reply:%' and m.source_id !~ '^(replay|mapping|routes|retry):'
             and ($3::timestamptz is null or m.accepted_at >= $3) and ($4::timestamptz is null or m.accepted_at < $4)
             and ($12::bigint is null or (m.id >= $12 and r.id >= $12)) and ($13::bigint is null or (m.id < $13 and r.id < $13))
             and ($5::text is null or (m.key = $5 and m.part = $6::smallint)) and ($7::text is null or m.source = $7)
             and ($8::text is null or m.type = $8) and ($9::text is null or r.state = $9)
             and ($10::text is null
               or exists (select from delivery d where d.part = m.part and d.key = m.key and d.message_id = m.id and d.flow = $10)
               or exists (select from delivery_done d where d.part = m.part and d.key = m.key and d.message_id = m.id and d.flow = $10)
               or exists (select from exception_case e where e.part = m.part and e.message_id = m.id and e.flow = $10))
           order by m.id limit $11) chosen`,
    [
      operation,
      internalSources,
      selection.from ?? null,
      selection.to ?? null,
      selection.key?.key ?? null,
      selection.key?.part ?? null,
      selection.source ?? null,
      selection.type ?? null,
      selection.status ?? null,
      selection.flow ?? null,
      limit,
      ids.from,
      ids.before,
    ],
  );
}

export interface Selected {
  readonly total: number;
  readonly units: string;
  readonly amounts: Readonly<Record<string, string>>;
  readonly known: readonly string[];
}

export async function summariseSelection(client: PoolClient, operation: string): Promise<Selected> {
  const { rows } = await client.query<Selected>(
    `with chosen as (
       select e.fingerprint, e.currency, e.units, e.amount
       from bulk_item i join exception_case e on e.part = i.part and e.id = i.exception_id where i.operation_id = $1
     ), by_currency as (
       select currency, sum(amount) as amount from chosen where amount <> 0 group by currency
     )
     select (select count(*)::int from bulk_item where operation_id = $1) as total,
            (select coalesce(sum(units), 0)::text from chosen) as units,
            (select coalesce(json_object_agg(currency, amount::text), '{}') from by_currency) as amounts,
            (select coalesce(array_agg(distinct fingerprint), '{}') from chosen) as known`,
    [operation],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('An aggregate answered with no row.');
  return row;
}
