import type { Pool, PoolClient } from 'pg';

/** One deed of a person. */
export interface OperatorAction {
  /** The part of `key`; 0 for what concerns a whole target or the hub. */
  readonly part: number;
  readonly key?: string;
  /** A verb of the field: `retry`, `discard`, `edit`, `pause`, `resume`. */
  readonly action: string;
  /** The person's name as they signed in, or the account that ran the command. */
  readonly actor: string;
  readonly reason?: string;
  readonly target?: string;
  readonly deliveryId?: string;
  readonly messageId?: string;
  readonly exceptionId?: string;
  readonly detail?: unknown;
}

/** Part of hub-wide actions. */
export const HUB_PART = 0;

export interface RecordedAction extends OperatorAction {
  readonly id: string;
  readonly actedAt: Date;
}

/** Call it in the transaction of the deed itself, so that there is no deed without its record and no record without its deed. */
export async function recordAction(client: Pool | PoolClient, ...actions: OperatorAction[]): Promise<void> {
  if (actions.length === 0) return;
  const column = <T>(pick: (action: OperatorAction) => T | undefined) =>
    actions.map((action) => pick(action) ?? null);
  await client.query(
    `insert into operator_action (part, key, action, actor, reason, target, delivery_id, message_id, exception_id, detail)
     select * from unnest($1::smallint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[],
       $9::bigint[], $10::json[])`,
    [
      column((action) => action.part),
      column((action) => action.key),
      column((action) => action.action),
      column((action) => action.actor),
      column((action) => action.reason),
      column((action) => action.target),
      column((action) => action.deliveryId),
      column((action) => action.messageId),
      column((action) => action.exceptionId),
      column((action) => (action.detail === undefined ? undefined : JSON.stringify(action.detail))),
    ],
  );
}

/** What people did about one key, oldest first. */
export async function actionsOf(pool: Pool, part: number, key: string): Promise<readonly RecordedAction[]> {
  const { rows } = await pool.query<RecordedAction>(
    `select id, part, key, action, actor, reason, target, delivery_id as "deliveryId", message_id as "messageId",
       exception_id as "exceptionId", detail, acted_at as "actedAt"
     from operator_action where part = $1 and key = $2 order by id`,
    [part, key],
  );
  return rows;
}
