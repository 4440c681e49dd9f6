import type { Outcome } from '@trunkline/messaging';
import { type Answer, CallFailure } from './client.ts';
import { faultsOf, type Problem, readProblem } from './problem.ts';

/** A status that the contract has for one release, with the problem that explains a refusal. */
export interface ReleaseResult {
  readonly status: number;
  readonly problem: unknown;
  readonly retryAfterMs: number | undefined;
}

/**
 * What the warehouse's refusal of one release, or of a whole call, leads to. Every 5xx is a retry, also those behind which the
 * release may have been taken over (a gateway's 504): putting it again is harmless by contract, and is answered 200.
 */
export function classifyRefusal({ status, problem, retryAfterMs }: ReleaseResult): Outcome {
  const read = readProblem(problem);
  const detail = `HTTP ${status}${read.words === '' ? '' : ` ${read.words}`}`;
  const after = retryAfterMs === undefined ? {} : { afterMs: retryAfterMs };
  if (status === 429) return { kind: 'retry', code: 'target_busy', detail, ...after };
  if (status === 408 || status >= 500) return { kind: 'retry', code: 'target_unavailable', detail, ...after };
  // The credential of all calls; 403 speaks of this one, or is a proxy's about its content.
  if (status === 401) return { kind: 'retry', code: 'credentials_refused', detail };
  if (status >= 200 && status < 300) {
    const reason = `${detail}, in a shape that the contract does not have.`;
    return { kind: 'unknown', code: 'outcome_unknown', detail: reason };
  }
  if (breaksContract(status, read)) return withFaults({ kind: 'invalid', detail }, read, 'command_invalid');
  const code = rejectionCode(status);
  return withFaults({ kind: 'rejected', code, detail }, read, code);
}

/** 400: the warehouse could not read it. 422 with paths: it read it, and names where it breaks the contract. */
function breaksContract(status: number, { errors }: Problem): boolean {
  return status === 400 || (status === 422 && errors.some(({ path }) => path !== ''));
}

function withFaults(
  outcome: Outcome & { kind: 'invalid' | 'rejected' },
  problem: Problem,
  code: string,
): Outcome {
  const faults = faultsOf(problem, code);
  return faults.length === 0 ? outcome : { ...outcome, faults };
}

export function classifyAnswer(answer: Answer): Outcome {
  return classifyRefusal({
    status: answer.status,
    problem: answer.body,
    retryAfterMs: answer.retryAfterMs,
  });
}

/** What an exception of the client leads to. Anything but its own failure is a defect and thrown on. */
export function classifyFailure(error: unknown): Outcome {
  if (!(error instanceof CallFailure)) throw error;
  if (error.cancelled) return { kind: 'cancelled' };
  return error.sent
    ? { kind: 'unknown', code: 'outcome_unknown', detail: error.message }
    : { kind: 'retry', code: 'target_unavailable', detail: error.message };
}

/** 409 and 422 speak of the release; the others say that this is not the contract's address or method. */
function rejectionCode(status: number): string {
  if (status === 403) return 'target_unauthorised';
  if (status === 409 || status === 413 || status === 422) return 'target_rejected';
  return 'target_misconfigured';
}
