import type { BulkFailure } from '@trunkline/messaging';
import type { PoolClient } from 'pg';

interface Ended {
  readonly state: 'mended' | 'failed';
  readonly fingerprint: string | null;
  readonly detail: string | null;
}

/**
 * Ends the items of which something has come. An exception that was let go is mended when it is resolved, and has failed when it
 * recurred (which takes the mark of the retry off it) or when its message was decided again and it is still open.
 */
async function endedRetries(client: PoolClient, operation: string): Promise<readonly Ended[]> {
  const { rows } = await client.query<Ended>(
    `with come as (
       select i.part, i.position, e.fingerprint,
              case when e.resolved_at is not null then 'mended' when e.retried_at is null or r.id is not null then 'failed' end as state,
              case when e.resolved_at is not null then e.resolution else e.summary end as detail
       from bulk_item i
       join exception_case e on e.part = i.part and e.id = i.exception_id
       left join message_result r on r.part = i.part and r.id = i.new_message_id
       where i.operation_id = $1 and i.state = 'released'
     )
     update bulk_item i set state = come.state, detail = come.detail
     from come where i.operation_id = $1 and i.part = come.part and i.position = come.position and come.state is not null
     returning i.state, come.fingerprint, i.detail`,
    [operation],
  );
  return rows;
}

/** A replayed message has ended when it was decided and what it sent has ended or is parked; it has failed when an exception came of it. */
async function endedReplays(client: PoolClient, operation: string): Promise<readonly Ended[]> {
  const { rows } = await client.query<Ended>(
    `with come as (
       select i.part, i.position, e.fingerprint, e.summary, r.state as decided, r.note
       from bulk_item i
       left join message_result r on r.part = i.part and r.id = i.new_message_id
       left join lateral (select x.fingerprint, x.summary from exception_case x
         where x.part = i.part and x.message_id = i.new_message_id and x.resolved_at is null limit 1) e on true
       where i.operation_id = $1 and i.state = 'released' and (r.id is not null or e.fingerprint is not null)
         and not exists (select from delivery d where d.part = i.part and d.key = i.key and d.message_id = i.new_message_id
           and d.state <> 'parked' and e.fingerprint is null)
     )
     update bulk_item i set state = case when come.fingerprint is null then 'mended' else 'failed' end,
       detail = coalesce(come.summary, concat_ws(': ', come.decided, come.note))
     from come where i.operation_id = $1 and i.part = come.part and i.position = come.position
     returning i.state, come.fingerprint, i.detail`,
    [operation],
  );
  return rows;
}

/** Ends what has ended, and gives the failures among it. */
export async function endItems(
  client: PoolClient,
  operation: string,
  replay: boolean,
): Promise<readonly BulkFailure[]> {
  const ended = replay ? await endedReplays(client, operation) : await endedRetries(client, operation);
  return ended.flatMap(({ state, fingerprint, detail }) =>
    state === 'failed' ? [{ fingerprint: fingerprint ?? '', summary: detail ?? '' }] : [],
  );
}
