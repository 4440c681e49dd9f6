import type { JsonObject } from '@trunkline/messaging';
import type { PoolClient } from 'pg';
import { type OperatorAction, recordAction } from '../audit/operator-action.ts';
import { statement } from '../statement.ts';

/** Exceptions of messages that may end otherwise when the same message is decided again: under another configuration or release. */
const DECIDED_AGAIN: readonly string[] = ['no_route', 'warehouse_without_site', 'payload_invalid'];

/** In SQL: something is there that a person can let go again. */
export const RETRYABLE = `(resolved_at is null and ((delivery_id is not null and retried_at is null)
  or code in ('poison_message', ${DECIDED_AGAIN.map((code) => `'${code}'`).join(', ')})))`;

/** An exception's public address. */
export interface ExceptionAddress {
  readonly part: number;
  readonly id: string;
}

interface OpenException {
  readonly key: string;
  readonly code: string;
  readonly target: string | null;
  readonly delivery_id: string | null;
  readonly message_id: string | null;
}

/** How an exception's cause goes again; `id` tells what to watch. */
export type Released =
  | { readonly kind: 'delivery'; readonly id: string }
  | { readonly kind: 'message'; readonly id: string };

async function openFor(
  client: PoolClient,
  { part, id }: ExceptionAddress,
): Promise<OpenException | undefined> {
  const { rows } = await client.query<OpenException>(
    `select key, code, target, delivery_id, message_id from exception_case
     where part = $1 and id = $2 and resolved_at is null for update`,
    [part, id],
  );
  return rows[0];
}

/**
 * Sends the parked delivery, or decides the message, again. The exception stays open until that ends well; when it fails again it is the
 * same exception, seen once more. Undefined when nothing waits for it. `cause` makes the repeat of a message unique.
 */
export async function retryException(
  client: PoolClient,
  at: ExceptionAddress,
  by: string,
  cause: string,
): Promise<Released | undefined> {
  const found = await openFor(client, at);
  if (found === undefined) return undefined;
  const released =
    found.delivery_id === null
      ? await again(client, at, found, cause)
      : await resend(client, at, found.delivery_id);
  if (released === undefined) return undefined;
  await client.query(
    'update exception_case set retried_at = clock_timestamp(), retried_by = $3 where part = $1 and id = $2',
    [at.part, at.id, by],
  );
  await recordAction(client, deed(at, found, 'retry', by));
  return released;
}

/** What a retry does, for a cause that is no person's act: the same cause lets one exception go once. */
export async function releaseForCause(
  client: PoolClient,
  at: ExceptionAddress,
  cause: string,
  sourceId: string,
): Promise<boolean> {
  const found = await openFor(client, at);
  if (found === undefined) return false;
  const released =
    found.delivery_id === null
      ? await again(client, at, found, sourceId, true)
      : await resend(client, at, found.delivery_id);
  if (released === undefined) return false;
  await client.query(
    'update exception_case set retried_at = clock_timestamp(), retried_by = $3 where part = $1 and id = $2',
    [at.part, at.id, cause],
  );
  await client.query(
    `insert into exception_event (part, exception_id, event, note) values ($1, $2, 'released', $3)`,
    [at.part, at.id, cause],
  );
  return true;
}

async function resend(
  client: PoolClient,
  { part }: ExceptionAddress,
  delivery: string,
): Promise<Released | undefined> {
  // A fresh try starts a fresh clock: the retry policy counts from now.
  const { rowCount } = await client.query(
    `update delivery set state = 'ready', attempts = 0, first_tried_at = null, due_at = null, ambiguous = true
     where part = $1 and id = $2 and state = 'parked'`,
    [part, delivery],
  );
  return rowCount === 0 ? undefined : { kind: 'delivery', id: delivery };
}

async function again(
  client: PoolClient,
  { part }: ExceptionAddress,
  { message_id: message, code }: OpenException,
  cause: string,
  whateverCode = false,
): Promise<Released | undefined> {
  if (message === null) return undefined;
  const held = await client.query(
    'update message_waiting set held = false where part = $1 and id = $2 and held',
    [part, message],
  );
  if (held.rowCount !== 0) return { kind: 'message', id: message };
  if (!whateverCode && !DECIDED_AGAIN.includes(code)) return undefined;
  const id = await replayMessage(client, part, message, cause);
  return id === undefined ? undefined : { kind: 'message', id };
}

/** Accepts a stored message once more as a new one. Undefined when it is gone, or was replayed for this cause before. */
export async function replayMessage(
  client: PoolClient,
  part: number,
  message: string,
  sourceId: string,
  payload?: unknown,
): Promise<string | undefined> {
  const { rows } = await client.query<{ id: string }>(
    statement('replay-message', [
      part,
      message,
      sourceId,
      payload === undefined ? null : JSON.stringify(payload),
    ]),
  );
  return rows[0]?.id;
}

/** Puts an edited payload in place of a parked delivery's and sends it; the original stays with the record of the act. */
export async function editException(
  client: PoolClient,
  at: ExceptionAddress,
  by: string,
  why: string,
  payload: JsonObject,
): Promise<boolean> {
  const found = await openFor(client, at);
  const delivery = found?.delivery_id ?? null;
  if (found === undefined || delivery === null) return false;
  const before = await client.query<{ payload: JsonObject }>(
    `select payload from delivery where part = $1 and id = $2 and state = 'parked' for update`,
    [at.part, delivery],
  );
  const original = before.rows[0]?.payload;
  if (original === undefined) return false;
  await client.query('update delivery set payload = $3 where part = $1 and id = $2', [
    at.part,
    delivery,
    JSON.stringify(payload),
  ]);
  await recordAction(client, {
    ...deed(at, found, 'edit', by),
    reason: why,
    detail: { before: original, after: payload },
  });
  return (await retryException(client, at, by, '')) !== undefined;
}

/** Ends the parked delivery without sending it; what waited behind it goes on. False when there is none. */
export async function discardException(
  client: PoolClient,
  at: ExceptionAddress,
  by: string,
  reason: string,
): Promise<boolean> {
  const found = await openFor(client, at);
  const delivery = found?.delivery_id ?? null;
  if (found === undefined || delivery === null) return false;
  const moved = await client.query(
    `with gone as (delete from delivery where part = $1 and id = $2 and state = 'parked' returning *)
     insert into delivery_done (part, class, id, target, key, message_id, type, flow, payload, state, note, attempts, created_at)
     select part, class, id, target, key, message_id, type, flow, payload, 'discarded', $3, attempts, created_at from gone`,
    [at.part, delivery, `by ${by}: ${reason}`],
  );
  if (moved.rowCount === 0) return false;
  await client.query(statement('resolve-exception', [at.part, at.id, `discarded by ${by}: ${reason}`]));
  await recordAction(client, { ...deed(at, found, 'discard', by), reason });
  return true;
}

/**
 * A person says that it is mended, e.g. booked by hand. Refused (false) while a delivery is parked or a message held, because that would
 * go on holding its key back with nobody to see it.
 */
export async function closeException(
  client: PoolClient,
  at: ExceptionAddress,
  by: string,
  note: string,
): Promise<boolean> {
  const found = await openFor(client, at);
  if (found === undefined || found.delivery_id !== null || found.code === 'poison_message') return false;
  await client.query(statement('resolve-exception', [at.part, at.id, `resolved by ${by}: ${note}`]));
  await recordAction(client, { ...deed(at, found, 'resolve', by), reason: note });
  return true;
}

function deed(
  { part, id }: ExceptionAddress,
  on: OpenException,
  action: string,
  actor: string,
): OperatorAction {
  return {
    part,
    key: on.key,
    action,
    actor,
    exceptionId: id,
    ...(on.target === null ? {} : { target: on.target }),
    ...(on.delivery_id === null ? {} : { deliveryId: on.delivery_id }),
    ...(on.message_id === null ? {} : { messageId: on.message_id }),
  };
}
