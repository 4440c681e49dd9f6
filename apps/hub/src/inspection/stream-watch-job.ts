import type { CanonicalEvent } from '@trunkline/canonical';
import {
  readStreamLags,
  type ScheduledJob,
  type StreamLag,
  SystemExceptions,
  TargetDesk,
} from '@trunkline/journal';
import { type Connector, type ExceptionReport, explainError } from '@trunkline/messaging';
import type { Pool } from 'pg';

/** Longer than a restart of a system or a busy spell, shorter than an order may wait unseen. */
const FAILING_SECONDS = 300;
/** A stream that no poll fails and none completes: no node polls it, or more comes than is read. */
const BEHIND_SECONDS = 900;

const CODE = 'source_unreadable';

export interface StreamWatchOptions {
  readonly pool: Pool;
  readonly partitions: number;
  readonly connectors: ReadonlyMap<string, Connector<CanonicalEvent>>;
}

/**
 * Opens an exception on a system of which a stream has not been read for minutes, and ends it when all of them are. One that a person paused
 * is not read, and that is told with who and why.
 */
export function streamWatchJob({ pool, partitions, connectors }: StreamWatchOptions): ScheduledJob {
  const exceptions = new SystemExceptions(pool, partitions);
  const desk = new TargetDesk(pool);
  return {
    name: 'watch-streams',
    cron: '* * * * *',
    timezone: 'UTC',
    missed: 'skip',
    run: async () => {
      const [lags, targets] = await Promise.all([readStreamLags(pool), desk.list()]);
      const paused = new Set(targets.flatMap(({ target, pausedAt }) => (pausedAt === null ? [] : [target])));
      for (const [system, { pollers = [] }] of connectors) {
        if (paused.has(system)) continue;
        // Streams that were configured once have left their rows behind.
        const streams = new Set(pollers.map(({ stream }) => stream));
        const own = lags.filter(({ source, stream }) => source === system && streams.has(stream));
        const reports = unreadable(system, own);
        await exceptions.replace(system, [CODE], reports, 'read again');
      }
    },
  };
}

/** One exception for all streams of a system, each of them as a fault. Pure. */
export function unreadable(system: string, lags: readonly StreamLag[]): readonly ExceptionReport[] {
  const faults = lags.flatMap((lag) => {
    const message = faultOf(lag);
    return message === undefined ? [] : [{ code: CODE, path: lag.stream, message }];
  });
  const [first] = faults;
  if (first === undefined) return [];
  const { owner, remedy } = explainError(CODE);
  const more = faults.length === 1 ? '' : ` And ${faults.length - 1} more of its streams.`;
  const summary = `${first.path} of ${system}: ${first.message}${more}`;
  return [{ code: CODE, flow: 'poll', summary, faults, owner, remedy }];
}

function faultOf({ behindSeconds, failingSeconds, failure }: StreamLag): string | undefined {
  if (failingSeconds !== null && failingSeconds > FAILING_SECONDS)
    return `No poll has been answered for ${minutes(failingSeconds)}: ${failure ?? 'no reason is known'}`;
  if (behindSeconds !== null && behindSeconds > BEHIND_SECONDS)
    return `It was last read to its end ${minutes(behindSeconds)} ago.`;
  return undefined;
}

function minutes(seconds: number): string {
  return `${Math.round(seconds / 60)} minutes`;
}
