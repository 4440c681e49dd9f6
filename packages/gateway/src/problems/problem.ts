import type { Fault } from '@trunkline/messaging';
import type { FastifyReply } from 'fastify';
import Type from 'typebox';

/** Every way in which the gateway says no: status and title of the problem, by code. */
const PROBLEMS = {
  body_malformed: { status: 400, title: 'The request body cannot be read' },
  parameters_invalid: { status: 400, title: 'The request does not fit its contract' },
  request_malformed: { status: 400, title: 'The request cannot be read' },
  signature_invalid: { status: 401, title: 'The signature does not fit' },
  unauthenticated: { status: 401, title: 'Sign in first' },
  credentials_wrong: { status: 401, title: 'User or password is wrong' },
  origin_refused: { status: 403, title: 'The request came from another site' },
  not_found: { status: 404, title: 'Nothing is here' },
  system_unknown: { status: 404, title: 'No such system takes webhooks' },
  nothing_to_do: { status: 409, title: 'There is nothing to do any more' },
  payload_too_large: { status: 413, title: 'The request body is too large' },
  media_type_unsupported: { status: 415, title: 'The media type is not JSON' },
  payload_invalid: { status: 422, title: 'The document does not fit its contract' },
  too_many_attempts: { status: 429, title: 'Too many attempts' },
  internal: { status: 500, title: 'The hub failed on this request' },
  store_unavailable: { status: 503, title: 'The hub cannot store messages now' },
  streams_exhausted: { status: 503, title: 'Too many consoles are watching' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** RFC 9457 problem details. `type` is a URN that ends in the code; `faults` lists every failing place at once. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    instance: Type.Optional(Type.String()),
    faults: Type.Optional(
      Type.Array(Type.Object({ code: Type.String(), path: Type.String(), message: Type.String() })),
    ),
  },
  { $id: 'Problem' },
);

export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance?: string;
  readonly faults?: readonly Fault[];
}

/** Thrown by a handler to answer with a problem; the error handler turns it into the response. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly faults: readonly Fault[] | undefined;

  /** `detail` says situation, cause and remedy in words for the caller. */
  constructor(code: ProblemCode, detail: string, faults?: readonly Fault[]) {
    super(detail);
    this.name = 'Problem';
    this.code = code;
    this.faults = faults;
  }
}

export function problemDetails(problem: Problem, instance?: string): ProblemDetails {
  const { status, title } = PROBLEMS[problem.code];
  return {
    type: `urn:trunkline:problem:${problem.code}`,
    title,
    status,
    detail: problem.message,
    ...(instance === undefined ? {} : { instance }),
    ...(problem.faults === undefined ? {} : { faults: problem.faults }),
  };
}

/** Serialised here, so that a route's response schema cannot strip a member. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const details = problemDetails(problem, reply.request.url);
  return reply
    .code(details.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .serializer(String)
    .send(JSON.stringify(details));
}
