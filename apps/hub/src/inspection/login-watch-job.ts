import type { CanonicalEvent } from '@trunkline/canonical';
import { type ScheduledJob, SystemExceptions, TargetDesk, type TargetRow } from '@trunkline/journal';
import { type Connector, type ExceptionReport, explainError } from '@trunkline/messaging';
import type { Pool } from 'pg';

const CODE = 'credentials_refused';

export interface LoginWatchOptions {
  readonly pool: Pool;
  readonly partitions: number;
  readonly connectors: ReadonlyMap<string, Pick<Connector<CanonicalEvent>, 'system'>>;
}

/** Opens one exception on a system that refuses the hub's login, however much waits for it, and ends it when the login is taken again. */
export function loginWatchJob({ pool, partitions, connectors }: LoginWatchOptions): ScheduledJob {
  const exceptions = new SystemExceptions(pool, partitions);
  const desk = new TargetDesk(pool);
  return {
    name: 'watch-logins',
    cron: '* * * * *',
    timezone: 'UTC',
    missed: 'skip',
    run: async () => {
      for (const row of await desk.list()) {
        const reports = connectors.has(row.target) ? refusalOf(row) : [];
        await exceptions.replace(row.target, [CODE], reports, 'the login is taken again');
      }
    },
  };
}

/** When it is tried again is not told: it would be other words each time. */
function refusalOf({ target, refused }: TargetRow): readonly ExceptionReport[] {
  if (refused === undefined) return [];
  const { owner, remedy } = explainError(CODE);
  const summary = `${target} refuses the hub’s login: what is to go there waits, and nothing new is read of it. ${refused.words}`;
  return [{ code: CODE, flow: 'deliver', summary, faults: [], owner, remedy }];
}
