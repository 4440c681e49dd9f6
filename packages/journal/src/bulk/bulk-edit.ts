import {
  applyChanges,
  type Change,
  type Difference,
  differences,
  type Fault,
  type JsonObject,
} from '@trunkline/messaging';
import type { Pool, PoolClient } from 'pg';

/** What is wrong with an edited command; `original` is as its flow wrote it. */
export type JudgeEdit = (type: string, original: JsonObject, edited: JsonObject) => readonly Fault[];

interface Parked {
  readonly type: string;
  readonly payload: JsonObject;
  /** Before a person's first edit; null when there was none. */
  readonly original: JsonObject | null;
}

export type Edit =
  | { readonly kind: 'edited'; readonly payload: JsonObject }
  | { readonly kind: 'refused'; readonly faults: readonly Fault[] };

const PARKED = `d.type, d.payload, (
    select a.detail -> 'before' from operator_action a
    where a.part = e.part and a.key = e.key and a.exception_id = e.id and a.action = 'edit' order by a.id limit 1
  ) as original`;

/** The change on one parked command; undefined when nothing is parked any more. */
export async function editParked(
  client: PoolClient,
  { part, exceptionId }: { readonly part: number; readonly exceptionId: string },
  changes: readonly Change[],
  judge: JudgeEdit,
): Promise<Edit | undefined> {
  const { rows } = await client.query<Parked>(
    `select ${PARKED} from exception_case e join delivery d on d.part = e.part and d.id = e.delivery_id and d.state = 'parked'
     where e.part = $1 and e.id = $2 for update of d`,
    [part, exceptionId],
  );
  const [parked] = rows;
  return parked === undefined ? undefined : editOf(parked, changes, judge);
}

function editOf({ type, payload, original }: Parked, changes: readonly Change[], judge: JudgeEdit): Edit {
  const edited = applyChanges(payload, changes);
  if (edited === payload) {
    const message = 'the change finds nothing to change here';
    return { kind: 'refused', faults: [{ code: 'payload_invalid', path: '', message }] };
  }
  const faults = judge(type, original ?? payload, edited);
  return faults.length > 0 ? { kind: 'refused', faults } : { kind: 'edited', payload: edited };
}

/** The places that are wrong, as the item tells them. */
export function refusal(faults: readonly Fault[]): string {
  return faults.map(({ path, message }) => `${path} ${message}`.trim()).join('; ');
}

const PAGE = 200;

/** Marks the items whose command the change would break: they are told at the preview and not touched. Gives what was refused first. */
export async function refuseBroken(
  client: PoolClient,
  operation: string,
  changes: readonly Change[],
  judge: JudgeEdit,
): Promise<{ readonly going: number; readonly faults: readonly Fault[] }> {
  let going = 0;
  let first: readonly Fault[] = [];
  for (let after = 0; ; ) {
    const { rows } = await client.query<Parked & { part: number; position: number }>(
      `select i.part, i.position, ${PARKED}
       from bulk_item i join exception_case e on e.part = i.part and e.id = i.exception_id
       join delivery d on d.part = i.part and d.id = i.delivery_id and d.state = 'parked'
       where i.operation_id = $1 and i.position > $2 order by i.position limit ${PAGE}`,
      [operation, after],
    );
    const edits = rows.map((row) => ({ row, edit: editOf(row, changes, judge) }));
    const refused = edits.flatMap(({ row, edit }) =>
      edit.kind === 'refused' ? [{ row, faults: edit.faults }] : [],
    );
    going += edits.length - refused.length;
    if (first.length === 0) first = refused[0]?.faults ?? [];
    await client.query(
      `update bulk_item as i set state = 'refused', detail = r.detail
       from unnest($2::smallint[], $3::int[], $4::text[]) as r (part, position, detail)
       where i.operation_id = $1 and i.part = r.part and i.position = r.position`,
      [
        operation,
        refused.map(({ row }) => row.part),
        refused.map(({ row }) => row.position),
        refused.map(({ faults }) => refusal(faults)),
      ],
    );
    const last = rows.at(-1)?.position;
    if (last === undefined) return { going, faults: first };
    after = last;
  }
}

export interface ItemDifferences {
  readonly key: string;
  readonly exceptionId: string;
  readonly differences: readonly Difference[];
}

/** What the change would do to the first items that have not gone yet. */
export async function firstDifferences(
  pool: Pool,
  operation: string,
  changes: readonly Change[],
  count: number,
): Promise<readonly ItemDifferences[]> {
  const { rows } = await pool.query<{ key: string; exceptionId: string; payload: JsonObject }>(
    `select i.key, i.part || '-' || i.exception_id as "exceptionId", d.payload
     from bulk_item i join delivery d on d.part = i.part and d.id = i.delivery_id and d.state = 'parked'
     where i.operation_id = $1 and i.state = 'pending' order by i.position limit $2`,
    [operation, count],
  );
  return rows.map(({ key, exceptionId, payload }) => ({
    key,
    exceptionId,
    differences: differences(payload, applyChanges(payload, changes)),
  }));
}
