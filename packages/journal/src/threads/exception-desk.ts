import type { Fault } from '@trunkline/messaging';
import type { Pool } from 'pg';
import { type OperatorAction, recordAction } from '../audit/operator-action.ts';
import { inTransaction } from '../exceptions.ts';
import { partitionOf } from '../partition.ts';

export interface ExceptionRow {
  readonly part: number;
  readonly id: string;
  readonly key: string;
  readonly code: string;
  readonly flow: string;
  readonly target: string | null;
  readonly deliveryId: string | null;
  readonly summary: string;
  readonly faults: readonly Fault[];
  readonly owner: string;
  readonly remedy: string;
  readonly openedAt: Date;
  readonly resolvedAt: Date | null;
  /** A poison message, or a parked delivery, that can go again. */
  readonly retryable: boolean;
}

export interface InvalidMessageRow {
  readonly id: string;
  readonly source: string;
  readonly receivedAt: Date;
  readonly faults: readonly Fault[];
  readonly payload: string;
}

const COLUMNS = `part, id, key, code, flow, target, delivery_id as "deliveryId", summary, faults, owner, remedy,
  opened_at as "openedAt", resolved_at as "resolvedAt",
  (resolved_at is null and (delivery_id is not null or code = 'poison_message')) as retryable`;

export type ExceptionStatus = 'open' | 'resolved' | 'all';

const WHERE: Readonly<Record<ExceptionStatus, string>> = {
  open: 'resolved_at is null',
  resolved: 'resolved_at is not null',
  all: 'true',
};

/** Where people look at failures and mend them. */
export class ExceptionDesk {
  readonly #pool: Pool;

  readonly #partitions: number;

  constructor(pool: Pool, partitions: number) {
    this.#pool = pool;
    this.#partitions = partitions;
  }

  async list(
    status: ExceptionStatus,
    limit: number,
    offset: number,
  ): Promise<{ items: readonly ExceptionRow[]; total: number }> {
    const items = await this.#pool.query<ExceptionRow>(
      `select ${COLUMNS} from exception_case where ${WHERE[status]} order by opened_at desc, part, id desc limit $1 offset $2`,
      [limit, offset],
    );
    const total = await this.#pool.query<{ count: number }>(
      `select count(*)::int as count from exception_case where ${WHERE[status]}`,
    );
    return { items: items.rows, total: total.rows[0]?.count ?? 0 };
  }

  async find(part: number, id: string): Promise<ExceptionRow | undefined> {
    const { rows } = await this.#pool.query<ExceptionRow>(
      `select ${COLUMNS} from exception_case where part = $1 and id = $2`,
      [part, id],
    );
    return rows[0];
  }

  async ofThread(key: string): Promise<readonly ExceptionRow[]> {
    const { rows } = await this.#pool.query<ExceptionRow>(
      `select ${COLUMNS} from exception_case where part = $1 and key = $2 order by opened_at`,
      [partitionOf(key, this.#partitions), key],
    );
    return rows;
  }

  /** Sends the parked delivery, or processes the held message, again. False when nothing waits for that. */
  async retry(part: number, id: string, by: string): Promise<boolean> {
    return inTransaction(this.#pool, async (client) => {
      const { rows } = await client.query<Acted>(
        'select key, target, delivery_id, message_id from exception_case where part = $1 and id = $2 and resolved_at is null for update',
        [part, id],
      );
      const found = rows[0];
      if (found === undefined) return false;
      const released =
        found.delivery_id === null
          ? await client.query(
              'update message_waiting set held = false where part = $1 and id = $2 and held',
              [part, found.message_id],
            )
          : await client.query(
              // A fresh try starts a fresh clock: the retry policy counts from now.
              `update delivery set state = 'ready', attempts = 0, first_tried_at = null, due_at = null, ambiguous = true
               where part = $1 and id = $2 and state = 'parked'`,
              [part, found.delivery_id],
            );
      if (released.rowCount === 0) return false;
      await client.query(
        'update exception_case set resolved_at = clock_timestamp(), resolution = $3 where part = $1 and id = $2',
        [part, id, `retried by ${by}`],
      );
      await recordAction(client, deed(part, id, found, 'retry', by));
      return true;
    });
  }

  /** Ends the parked delivery without sending it; what waited behind it goes on. False when there is none. */
  async discard(part: number, id: string, by: string, reason: string): Promise<boolean> {
    return inTransaction(this.#pool, async (client) => {
      const { rows } = await client.query<Acted>(
        'select key, target, delivery_id, message_id from exception_case where part = $1 and id = $2 and resolved_at is null for update',
        [part, id],
      );
      const found = rows[0];
      const delivery = found?.delivery_id ?? null;
      if (found === undefined || delivery === null) return false;
      const moved = await client.query(
        `with gone as (delete from delivery where part = $1 and id = $2 and state = 'parked' returning *)
         insert into delivery_done (part, id, target, key, message_id, type, flow, payload, state, note, attempts, created_at)
         select part, id, target, key, message_id, type, flow, payload, 'discarded', $3, attempts, created_at from gone`,
        [part, delivery, `by ${by}: ${reason}`],
      );
      if (moved.rowCount === 0) return false;
      await client.query(
        'update exception_case set resolved_at = clock_timestamp(), resolution = $3 where part = $1 and id = $2',
        [part, id, `discarded by ${by}: ${reason}`],
      );
      await recordAction(client, { ...deed(part, id, found, 'discard', by), reason });
      return true;
    });
  }

  async invalidMessages(limit: number): Promise<readonly InvalidMessageRow[]> {
    const { rows } = await this.#pool.query<InvalidMessageRow>(
      'select id, source, received_at as "receivedAt", faults, payload from invalid_message order by id desc limit $1',
      [limit],
    );
    return rows;
  }
}

interface Acted {
  readonly key: string;
  readonly target: string | null;
  readonly delivery_id: string | null;
  readonly message_id: string | null;
}

function deed(part: number, id: string, on: Acted, action: string, actor: string): OperatorAction {
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
