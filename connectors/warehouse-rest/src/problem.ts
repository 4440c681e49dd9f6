import type { Fault } from '@trunkline/messaging';

/** An RFC 9457 problem, as far as it can be read. */
export interface Problem {
  readonly words: string;
  readonly errors: readonly { readonly path: string; readonly detail: string }[];
}

export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

export function readProblem(body: unknown): Problem {
  const { title, detail, errors } = asRecord(body);
  const words = [title, detail].filter((text) => typeof text === 'string' && text !== '').join(': ');
  const list = Array.isArray(errors) ? errors.map(asRecord) : [];
  return {
    words,
    errors: list.map((error) => ({
      path: typeof error['path'] === 'string' ? error['path'] : '',
      detail: typeof error['detail'] === 'string' ? error['detail'] : '',
    })),
  };
}

export function faultsOf(problem: Problem, code: string): Fault[] {
  return problem.errors.map(({ path, detail }) => ({ code, path, message: detail }));
}
