import type { Outcome } from './outcome.ts';

/** What a system says of all that it is asked, not of one command or poll: later, please; or: I do not know you. */
export type RefusalCode = 'target_busy' | 'credentials_refused';

/** Thrown by a poll, or another call beside the commands, whose answer concerns every call to its system. */
export class SystemRefusal extends Error {
  override readonly name = 'SystemRefusal';
  readonly code: RefusalCode;
  /** The pause that it asked for; 0 where it named none. Milliseconds. */
  readonly afterMs: number;

  constructor(code: RefusalCode, message: string, afterMs = 0, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.afterMs = afterMs;
  }
}

/** What a connector's classification of such a failure says of the whole system; undefined: nothing. */
export function refusalIn(outcome: Outcome, cause?: unknown): SystemRefusal | undefined {
  if (outcome.kind !== 'retry' && outcome.kind !== 'unknown') return undefined;
  const { code, detail, afterMs = 0 } = outcome;
  if (code === 'credentials_refused' || (code === 'target_busy' && afterMs > 0))
    return new SystemRefusal(code, detail, afterMs, cause);
  return undefined;
}
