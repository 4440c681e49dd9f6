import {
  BULK_TRANSITIONS,
  type BulkEvent,
  type Fault,
  type JsonValue,
  mergePatch,
  type Message,
} from '@trunkline/messaging';
import type { Pool, PoolClient } from 'pg';
import { HUB_PART, recordAction } from '../audit/operator-action.ts';
import { inTransaction } from '../exceptions.ts';
import { partitionOf } from '../partition.ts';
import { firstDifferences, type ItemDifferences, type JudgeEdit, refuseBroken } from './bulk-edit.ts';
import {
  type BulkRow,
  MOST_ITEMS,
  MOST_REPLAYED,
  type NewBulk,
  STEP_ITEMS,
  STEP_MS,
} from './bulk-operation.ts';
import { idRange } from './id-range.ts';
import { selectExceptions, selectMessages, summariseSelection } from './preview.ts';

export interface BulkDeskOptions {
  readonly pool: Pool;
  readonly partitions: number;
  /** Sources of messages that flows send to each other. */
  readonly internalSources: readonly string[];
  /** What is wrong with an edited message, before it is replayed. */
  readonly judge: (message: Message) => readonly Fault[];
  readonly judgeEdit: JudgeEdit;
}

/** Why a preview was refused; nothing of it is kept. */
export type Refused =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'too_many'; readonly most: number }
  | { readonly kind: 'broken'; readonly faults: readonly Fault[] };

export type Previewed = { readonly kind: 'previewed'; readonly operation: BulkRow } | Refused;

/** Thrown to undo a preview that turned out to be none. */
class Undone extends Error {
  readonly refused: Refused;

  constructor(refused: Refused) {
    super(refused.kind);
    this.refused = refused;
  }
}

const COLUMNS = `id, act, state, selection, reason, case when act <> 'edit' then patch end as patch,
  case when act = 'edit' then patch end as changes, total, units::text, amounts, created_by as "createdBy", created_at as "createdAt",
  started_at as "startedAt", ended_at as "endedAt", stopped_because as "stoppedBecause", c.*,
  case when state in ('cancelled', 'finished') then 0
    when c.pending + c."underWay" < total and started_at is not null and c.mended + c.failed > 0
      then ceil(extract(epoch from clock_timestamp() - started_at) * (c.pending + c."underWay") / (c.mended + c.failed))::int
    else ceil(c.pending * ${STEP_MS} / (${STEP_ITEMS} * 1000.0))::int end as "secondsLeft"`;

const COUNTED = `bulk_operation o cross join lateral (
  select count(*) filter (where state = 'pending')::int as pending, count(*) filter (where state = 'released')::int as "underWay",
         count(*) filter (where state = 'mended')::int as mended, count(*) filter (where state = 'failed')::int as failed,
         count(*) filter (where state = 'skipped')::int as skipped, count(*) filter (where state = 'refused')::int as refused
  from bulk_item where operation_id = o.id) c`;

/** Acts on many at once, as people see and steer them; a BulkWorker does them. */
export class BulkDesk {
  readonly #options: BulkDeskOptions;

  constructor(options: BulkDeskOptions) {
    this.#options = options;
  }

  /** Writes down what would be acted on, and touches none of it. */
  async preview(by: string, wanted: NewBulk): Promise<Previewed> {
    const { pool } = this.#options;
    try {
      const id = await inTransaction(pool, (client) => this.#select(client, by, wanted));
      const operation = await this.find(id);
      return operation === undefined ? { kind: 'nothing' } : { kind: 'previewed', operation };
    } catch (error) {
      if (error instanceof Undone) return error.refused;
      throw error;
    }
  }

  async #select(client: PoolClient, by: string, wanted: NewBulk): Promise<string> {
    const { act, exceptions = {}, messages, reason, patch, changes } = wanted;
    const written = changes ?? patch;
    const most = Math.min(wanted.limit, act === 'replay' ? MOST_REPLAYED : MOST_ITEMS);
    const created = await client.query<{ id: string }>(
      `insert into bulk_operation (act, state, selection, reason, patch, known, total, created_by)
       values ($1, 'previewed', $2, $3, $4, '{}', 0, $5) returning id`,
      [
        act,
        JSON.stringify(messages ?? exceptions),
        reason ?? null,
        written === undefined ? null : JSON.stringify(written),
        by,
      ],
    );
    const id = created.rows[0]?.id ?? '';
    if (act !== 'replay') await selectExceptions(client, id, exceptions, act !== 'retry', most + 1);
    else if (messages !== undefined) {
      const { key, ...rest } = messages;
      const place =
        key === undefined ? {} : { key: { key, part: partitionOf(key, this.#options.partitions) } };
      const ids = await idRange(client, this.#options.partitions, rest);
      await selectMessages(client, id, { ...rest, ...place }, this.#options.internalSources, ids, most + 1);
    }
    const { total, units, amounts, known } = await summariseSelection(client, id);
    if (total === 0) throw new Undone({ kind: 'nothing' });
    if (total > most) throw new Undone({ kind: 'too_many', most });
    if (patch !== undefined) await this.#judge(client, id, patch);
    if (changes !== undefined) {
      const { going, faults } = await refuseBroken(client, id, changes, this.#options.judgeEdit);
      if (going === 0) throw new Undone({ kind: 'broken', faults });
    }
    await client.query(
      'update bulk_operation set total = $2, units = $3, amounts = $4, known = $5 where id = $1',
      [id, total, units, JSON.stringify(amounts), known],
    );
    return id;
  }

  /** Every edited message as its connector would read it: one that breaks its contract is refused here and not 5,000 times later. */
  async #judge(client: PoolClient, id: string, patch: JsonValue): Promise<void> {
    for (let after = 0; ; ) {
      const { rows } = await client.query<Message & { position: number; at: Date }>(
        `select m.id, m.key, m.source, m.source_id as "sourceId", m.type, m.payload, m.accepted_at as at, i.position
         from bulk_item i join message m on m.part = i.part and m.id = i.message_id
         where i.operation_id = $1 and i.position > $2 order by i.position limit 200`,
        [id, after],
      );
      for (const { at, position: _position, ...row } of rows) {
        const payload = mergePatch(row.payload, patch);
        const faults = this.#options.judge({ ...row, payload, acceptedAt: at.toISOString() });
        if (faults.length > 0) throw new Undone({ kind: 'broken', faults });
      }
      const last = rows.at(-1)?.position;
      if (last === undefined) return;
      after = last;
    }
  }

  async list(limit: number): Promise<readonly BulkRow[]> {
    const { rows } = await this.#options.pool.query<BulkRow>(
      `select ${COLUMNS} from ${COUNTED}
       where o.id in (select id from bulk_operation order by id desc limit $1) order by o.id desc`,
      [limit],
    );
    return rows;
  }

  async find(id: string): Promise<BulkRow | undefined> {
    const { rows } = await this.#options.pool.query<BulkRow>(
      `select ${COLUMNS} from ${COUNTED} where o.id = $1`,
      [id],
    );
    return rows[0];
  }

  /** What it is doing with what: failed ones first, then those under way. */
  async items(id: string, limit: number): Promise<readonly BulkItemRow[]> {
    const { rows } = await this.#options.pool.query<BulkItemRow>(
      `select key, state, detail, case when exception_id is null then null else part || '-' || exception_id end as "exceptionId"
       from bulk_item where operation_id = $1
       order by case state when 'failed' then 0 when 'refused' then 1 when 'released' then 2 when 'skipped' then 3 when 'mended' then 4 else 5 end, position
       limit $2`,
      [id, limit],
    );
    return rows;
  }

  /** Of an edit: what it would do to the first that have not gone yet. */
  async differences({ id, changes }: BulkRow, count: number): Promise<readonly ItemDifferences[]> {
    return changes === null ? [] : firstDifferences(this.#options.pool, id, changes, count);
  }

  /** `try`, `start` or `cancel`. False when the operation is not in a state for it. */
  steer(id: string, by: string, event: BulkEvent): Promise<boolean> {
    return inTransaction(this.#options.pool, async (client) => {
      const { rows } = await client.query<Pick<BulkRow, 'state'>>(
        'select state from bulk_operation where id = $1 for update',
        [id],
      );
      const state = rows[0]?.state;
      const next = state === undefined ? 'refused' : BULK_TRANSITIONS[state][event];
      if (next === 'refused') return false;
      await client.query(
        `update bulk_operation set state = $2, stopped_because = null, started_at = coalesce(started_at, clock_timestamp()),
           ended_at = case when $2 = 'cancelled' then clock_timestamp() end
         where id = $1`,
        [id, next],
      );
      await recordAction(client, {
        part: HUB_PART,
        action: `bulk ${event}`,
        actor: by,
        detail: { operation: id },
      });
      return true;
    });
  }
}

export interface BulkItemRow {
  readonly key: string;
  readonly state: 'pending' | 'released' | 'mended' | 'failed' | 'skipped' | 'refused';
  readonly detail: string | null;
  readonly exceptionId: string | null;
}
