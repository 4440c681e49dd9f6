import { RefusedCall, RefusedRecord } from '../fault-answer.ts';
import { objectNamed } from '../objects.ts';
import type { Org } from '../org.ts';
import type { ObjectDefinition } from '../schema.ts';
import type { QueryCursors } from './query-cursors.ts';

/** A call below /services/data/vXX.0, free of its transport: HTTP and the composite resource make it alike. */
export interface RestCall {
  org: Org;
  cursors: QueryCursors;
  /** As in v66.0 */
  version: string;
  params: Record<string, string>;
  query: Record<string, string>;
  headers: Record<string, string | string[] | undefined>;
  body: unknown;
  /** True when the scripted faults lock the record that is to be written next. */
  locked: () => boolean;
  apiUsage: { used: number; max: number };
}

export interface RestAnswer {
  status: number;
  body?: unknown;
}

export interface Resource {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the version, with :parameters. */
  path: string;
  run(call: RestCall): RestAnswer;
}

/** @throws RefusedCall 404 for an object that the org has not. */
export function objectOf(call: RestCall): ObjectDefinition {
  const definition = objectNamed(call.params['object'] ?? '');
  if (!definition) throw new RefusedCall(404, 'NOT_FOUND', 'The requested resource does not exist');
  return definition;
}

export function recordBody(call: RestCall): Record<string, unknown> {
  if (typeof call.body !== 'object' || call.body === null || Array.isArray(call.body)) {
    throw new RefusedCall(
      400,
      'JSON_PARSER_ERROR',
      'The HTTP entity body is required, but this request has no entity body.',
    );
  }
  return call.body as Record<string, unknown>;
}

/** The answer to a single-record call whose record was refused. */
export function refusedAnswer(error: unknown): RestAnswer {
  if (error instanceof RefusedCall) return { status: error.status, body: error.errors };
  if (error instanceof RefusedRecord) {
    const gone = error.faults.some(({ code }) => code === 'ENTITY_IS_DELETED');
    return {
      status: gone ? 404 : 400,
      body: error.faults.map(({ code, message, fields }) => ({ message, errorCode: code, fields })),
    };
  }
  throw error;
}
