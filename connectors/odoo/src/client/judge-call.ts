import { OdooError } from '../errors.ts';
import type { CallArguments } from '../transport/transport.ts';
import type { Ended } from './adaptive-limit.ts';
import type { Observation } from './pace.ts';

/** What the pace learns from a call's end; null where it says nothing about the server's load. */
export function judgeCall(
  model: string,
  method: string,
  args: CallArguments,
  end: Ended<unknown>,
  /** It was asked to come again later, and did. */
  refusedBefore = false,
): Observation | null {
  const kind = `${model}.${method}`;
  if (refusedBefore) return { kind, records: 1, ms: end.ms, overloaded: true };
  if ('result' in end) return { kind, records: recordsOf(args, end.result), ms: end.ms, overloaded: false };
  if (!(end.error instanceof OdooError)) return null;
  const { kind: why, status } = end.error;
  const overloaded =
    why === 'no-answer' || status === 429 || status === 503 || status === 502 || status === 504;
  // A refusal is quick whatever the load.
  return overloaded ? { kind, records: 1, ms: end.ms, overloaded } : null;
}

function recordsOf(args: CallArguments, result: unknown): number {
  for (const list of [args.ids, args['vals_list'], args['data'], result]) {
    if (Array.isArray(list)) return Math.max(1, list.length);
  }
  return 1;
}
