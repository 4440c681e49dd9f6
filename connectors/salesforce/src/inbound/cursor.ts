import type { JsonValue } from '@trunkline/messaging';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Position } from './opportunity-query.ts';

const CursorSchema = Type.Object({
  at: Type.String(),
  id: Type.String(),
  /** Milliseconds since the epoch: every record with an older stamp was read when nothing could come late any more. */
  settled: Type.Number(),
  /** Rises with each poll that handed out messages, so that the next poll can tell whether they were stored. */
  count: Type.Integer(),
});
export type Cursor = Static<typeof CursorSchema> & Position;

const validator = Compile(CursorSchema);
const BEGINNING = '1970-01-01T00:00:00.000Z';

export function startCursor(startAt: string | undefined): Cursor {
  const at = startAt ?? BEGINNING;
  return { at, id: '', settled: Date.parse(at), count: 0 };
}

/** Throws on a cursor that this version did not write: to go on from a guess would skip orders. */
export function readCursor(stored: JsonValue): Cursor {
  if (validator.Check(stored)) return stored;
  throw new Error(
    `The stored cursor of stream won-opportunities is not one of this version: ${JSON.stringify(stored).slice(0, 200)}. ` +
      'Delete it to read from the beginning (what was read before is recognised).',
  );
}
