import { classifyOdooError } from '../error-classification.ts';
import { OdooError } from '../errors.ts';

/** What is known of the server, and the way to it, as of one moment: never changed, only replaced. */
export interface Connections<C> {
  /** The present one. Asks the server what it is when nothing is known, when what is known has grown old, and after it failed. @throws OdooError */
  current(signal?: AbortSignal): Promise<C>;
  /** Undefined before the first. */
  known(): C | undefined;
  /** A call over it failed so. */
  failed(connection: C, error: unknown): void;
}

export interface ConnectionsOptions<C> {
  /** Asks the server. `before` is what was known, which may hold still. */
  open(signal: AbortSignal | undefined, before: C | undefined): Promise<C>;
  /** Milliseconds of a clock that never goes back; the machine's own when absent. */
  readonly nowMs?: () => number;
}

/** A server that was upgraded in a pause that no call fell into is noticed after so long: four calls an hour. */
const GOOD_FOR_MS = 15 * 60_000;
/** An upgrade takes longer than this, so that its end is not missed; a server that fails all the time is asked no more often. */
const ASKED_AGAIN_AFTER_MS = 60_000;

/**
 * An Odoo may be upgraded under a running hub: from 18.0 to 19.0 fields are renamed, wizards gone, and JSON-2 is there. Nothing tells
 * that it was. What precedes is that calls fail: nobody answers, a proxy does, or a name is unknown. So after such a failure the next
 * call first asks for the version: one call more per outage, and one a minute when a server fails for other reasons.
 */
export function createConnections<C>({
  open,
  nowMs = () => performance.now(),
}: ConnectionsOptions<C>): Connections<C> {
  let known: C | undefined;
  let askedMs = Number.NEGATIVE_INFINITY;
  let doubted = false;
  /** When it was last asked because of a doubt. */
  let settledMs = Number.NEGATIVE_INFINITY;
  let opening: Promise<C> | undefined;

  const mustAsk = (): boolean =>
    known === undefined ||
    nowMs() - askedMs >= GOOD_FOR_MS ||
    (doubted && nowMs() - settledMs >= ASKED_AGAIN_AFTER_MS);

  const ask = async (signal: AbortSignal | undefined): Promise<C> => {
    try {
      const opened = await open(signal, known);
      askedMs = nowMs();
      if (doubted) settledMs = askedMs;
      doubted = false;
      known = opened;
      return opened;
    } catch (error) {
      // What could not say what it is has not said that it is another: a call that nothing speaks against goes as before.
      if (known === undefined || doubted || !(error instanceof OdooError)) throw notSent(error);
      doubted = true;
      askedMs = nowMs();
      return known;
    } finally {
      opening = undefined;
    }
  };

  return {
    async current(signal) {
      for (;;) {
        if (opening === undefined && known !== undefined && !mustAsk()) return known;
        const own = opening === undefined;
        opening ??= ask(signal);
        try {
          return await opening;
        } catch (error) {
          // Another's signal ended the question: this one asks for itself.
          if (own || signal?.aborted === true || !isCancelled(error)) throw error;
        }
      }
    },
    known: () => known,
    failed(connection, error) {
      // A call that set out before the server was asked says nothing about the answer.
      if (connection === known && speaksForAnother(error)) doubted = true;
    },
  };
}

function isCancelled(error: unknown): boolean {
  return error instanceof OdooError && error.kind === 'cancelled';
}

/** The call itself never went out, whatever it would have changed. */
function notSent(error: unknown): unknown {
  if (!(error instanceof OdooError) || error.kind !== 'no-answer') return error;
  return new OdooError({ kind: 'unreachable', message: error.message, cause: error });
}

/** Whether the failure would also come of a server that is not what it was. A pause that it asks for would not. */
function speaksForAnother(error: unknown): boolean {
  if (!(error instanceof OdooError)) return false;
  if (error.kind === 'unreachable' || error.kind === 'no-answer') return true;
  if (error.kind === 'http') return error.status !== 429;
  if (error.kind !== 'refused') return false;
  const failure = classifyOdooError(error);
  return (
    failure.kind === 'rejected' &&
    ['odoo-field-mismatch', 'odoo-method-missing', 'odoo-model-missing'].includes(failure.code)
  );
}
