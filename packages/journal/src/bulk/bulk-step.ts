import {
  BULK_TRANSITIONS,
  type BulkState,
  CANARY,
  type Change,
  type JsonObject,
  mergePatch,
  nextBulkStep,
} from '@trunkline/messaging';
import type { PoolClient } from 'pg';
import {
  discardException,
  editException,
  type ExceptionAddress,
  replayMessage,
  retryException,
} from '../cases/exception-acts.ts';
import { editParked, type JudgeEdit, refusal } from './bulk-edit.ts';
import { type BulkAct, STEP_ITEMS, STEP_MS, WINDOW } from './bulk-operation.ts';
import { endItems } from './outcomes.ts';

interface Operation {
  readonly id: string;
  readonly act: BulkAct;
  readonly state: BulkState;
  readonly reason: string | null;
  /** Of a replay a merge patch, of an edit its changes. */
  readonly patch: JsonObject | readonly Change[] | null;
  readonly known: readonly string[];
  readonly created_by: string;
}

interface Item {
  readonly part: number;
  readonly position: number;
  readonly exception_id: string | null;
  readonly message_id: string | null;
}

/**
 * One step of the operation that waited longest, in the caller's transaction: ends what has ended, decides, lets the next few go. Its
 * row stays locked until the commit, so that of several nodes one steps it at a time, and a node that dies leaves it as it was.
 * False when no operation is at work, or other nodes step them all.
 */
export async function stepBulk(client: PoolClient, judgeEdit: JudgeEdit): Promise<boolean> {
  const { rows } = await client.query<Operation>(
    `select id, act, state, reason, patch, known, created_by from bulk_operation where state in ('canary', 'running')
       and (stepped_at is null or stepped_at < clock_timestamp() - ${STEP_MS} * 0.8 * interval '1 millisecond')
     order by stepped_at nulls first limit 1 for update skip locked`,
  );
  const [operation] = rows;
  if (operation === undefined) return false;
  const { id, act, state, known } = operation;
  const failures = await endItems(client, id, act === 'replay');
  let counts = await countItems(client, id);
  if (nextBulkStep({ state, ...counts }, failures, known) === undefined) {
    await letGo(
      client,
      operation,
      judgeEdit,
      state === 'canary' ? counts.canaryPending : Math.min(STEP_ITEMS, WINDOW - counts.underWay),
    );
    counts = await countItems(client, id);
  }
  const step = nextBulkStep({ state, ...counts }, failures, known);
  const next = step === undefined ? state : BULK_TRANSITIONS[state][step.event];
  await client.query(
    `update bulk_operation set state = $2, stepped_at = clock_timestamp(), stopped_because = $3, known = $4,
       ended_at = case when $2 = 'finished' then clock_timestamp() end
     where id = $1`,
    [
      id,
      next === 'refused' ? state : next,
      step?.because ?? null,
      // A person who goes on after a stop has seen this kind: it does not stop the operation again.
      [...new Set([...known, ...failures.map((failure) => failure.fingerprint)])],
    ],
  );
  return true;
}

async function countItems(client: PoolClient, id: string) {
  const { rows } = await client.query<{
    pending: number;
    underWay: number;
    canaryPending: number;
    canaryLeft: number;
  }>(
    `select count(*) filter (where state = 'pending')::int as pending, count(*) filter (where state = 'released')::int as "underWay",
            count(*) filter (where position <= ${CANARY} and state = 'pending')::int as "canaryPending",
            count(*) filter (where position <= ${CANARY} and state in ('pending', 'released'))::int as "canaryLeft"
     from bulk_item where operation_id = $1`,
    [id],
  );
  return rows[0] ?? { pending: 0, underWay: 0, canaryPending: 0, canaryLeft: 0 };
}

async function letGo(
  client: PoolClient,
  operation: Operation,
  judgeEdit: JudgeEdit,
  count: number,
): Promise<void> {
  const { rows } = await client.query<Item>(
    `select part, position, exception_id, message_id from bulk_item
     where operation_id = $1 and state = 'pending' order by position limit $2`,
    [operation.id, Math.max(0, count)],
  );
  for (const item of rows) {
    const { state, message, detail } = await actOn(client, operation, item, judgeEdit);
    await client.query(
      `update bulk_item set state = $4, released_at = clock_timestamp(), new_message_id = $5, detail = $6
       where part = $1 and operation_id = $2 and position = $3`,
      [item.part, operation.id, item.position, state, message ?? null, detail ?? null],
    );
  }
}

interface Acted {
  readonly state: 'released' | 'mended' | 'skipped' | 'refused';
  readonly message?: string;
  readonly detail?: string;
}

async function actOn(
  client: PoolClient,
  operation: Operation,
  item: Item,
  judgeEdit: JudgeEdit,
): Promise<Acted> {
  const { id, act, created_by: by, reason } = operation;
  if (act === 'replay') return replay(client, operation, item);
  const at = { part: item.part, id: item.exception_id ?? '0' };
  if (act === 'discard') {
    const done = await discardException(client, at, by, reason ?? `bulk ${id}`);
    return done ? { state: 'mended', detail: 'discarded' } : SKIPPED;
  }
  if (act === 'edit') return edit(client, operation, at, judgeEdit);
  const released = await retryException(client, at, by, `retry:bulk-${id}:${item.part}-${item.position}`);
  if (released === undefined) return SKIPPED;
  return { state: 'released', ...(released.kind === 'message' ? { message: released.id } : {}) };
}

/** Judged again as it goes: its command may have been edited since the preview. */
async function edit(
  client: PoolClient,
  { created_by: by, reason, patch, id }: Operation,
  at: ExceptionAddress,
  judgeEdit: JudgeEdit,
): Promise<Acted> {
  const place = { part: at.part, exceptionId: at.id };
  const edited = await editParked(client, place, patch as readonly Change[], judgeEdit);
  if (edited === undefined) return SKIPPED;
  if (edited.kind === 'refused') return { state: 'refused', detail: refusal(edited.faults) };
  const done = await editException(client, at, by, reason ?? `bulk ${id}`, edited.payload);
  return done ? { state: 'released' } : SKIPPED;
}

const SKIPPED: Acted = { state: 'skipped', detail: 'mended, or taken on by somebody, meanwhile' };

async function replay(
  client: PoolClient,
  { id, patch }: Operation,
  { part, message_id: original }: Item,
): Promise<Acted> {
  let payload: unknown;
  if (patch !== null) {
    const { rows } = await client.query<{ payload: JsonObject }>(
      'select payload from message where part = $1 and id = $2',
      [part, original],
    );
    if (rows[0] !== undefined) payload = mergePatch(rows[0].payload, patch as JsonObject);
  }
  const message = await replayMessage(client, part, original ?? '0', `replay:${id}:${original}`, payload);
  return message === undefined
    ? { state: 'skipped', detail: 'the message is gone, by retention' }
    : { state: 'released', message };
}
