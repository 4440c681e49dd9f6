import type { FastifyReply } from 'fastify';
import type { Fault } from './contract.ts';

/** RFC 9457 problem details, with the failing paths of a body where there are any. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  errors?: Fault[];
}

export function problem(
  status: number,
  kind: string,
  title: string,
  detail?: string,
  errors?: Fault[],
): Problem {
  return {
    type: `/problems/${kind}`,
    title,
    status,
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors }),
  };
}

export function sendProblem(reply: FastifyReply, body: Problem): FastifyReply {
  return reply
    .code(body.status)
    .header('content-type', 'application/problem+json')
    .send(JSON.stringify(body));
}
