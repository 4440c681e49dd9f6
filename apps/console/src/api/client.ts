import type { Fault, Problem } from './contract.ts';

/** What the hub answered in place of a result, in its own words. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly title: string;
  readonly faults: readonly Fault[];

  constructor({
    status,
    title,
    detail,
    faults = [],
  }: Pick<Problem, 'status' | 'title' | 'detail' | 'faults'>) {
    super(detail);
    this.name = 'ApiProblem';
    this.status = status;
    this.title = title;
    this.faults = faults;
  }
}

/** One call to /api/v1. Throws ApiProblem; status 0 means that the hub did not answer at all. */
export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await send(method, path, body);
  if (response.status === 204) return undefined as T;
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok && answer !== undefined) return answer as T;
  throw new ApiProblem(isProblem(answer) ? answer : unexplained(response.status));
}

async function send(method: string, path: string, body: unknown): Promise<Response> {
  try {
    return await fetch(`/api/v1${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiProblem({
      status: 0,
      title: 'The hub does not answer',
      detail:
        'It may be stopped, or the network between may be down. This page goes on by itself when it is back.',
    });
  }
}

function isProblem(answer: unknown): answer is Problem {
  return typeof answer === 'object' && answer !== null && 'detail' in answer && 'title' in answer;
}

function unexplained(status: number): Pick<Problem, 'status' | 'title' | 'detail'> {
  return {
    status,
    title: `The hub answered ${status}`,
    detail: 'It gave no reason. A proxy may have answered in its place.',
  };
}
