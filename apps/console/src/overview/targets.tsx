import { Title } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import type { StreamLag, TargetHealth } from '../api/contract.ts';
import { Notice } from '../feedback/notice.tsx';
import { RelativeTime } from '../time/relative-time.tsx';
import { Mark } from '../vocabulary/mark.tsx';
import { breakerLook, holdLook } from '../vocabulary/states.ts';
import { count } from '../vocabulary/words.ts';
import classes from './targets.module.css';
import page from './overview-page.module.css';

interface Systems {
  readonly targets: readonly TargetHealth[];
  readonly streams: readonly StreamLag[];
  /** When what waits was counted; undefined: now. */
  readonly countedAt: string | undefined;
}

/** The systems that the hub delivers to, what waits for each, and how far behind each one what was read of it is. */
export function Targets({ targets, streams, countedAt }: Systems) {
  return (
    <section className={`panel ${page['panel']}`} aria-labelledby="targets">
      <header className={page['head']}>
        <Title order={2} id="targets">
          Systems
        </Title>
        {countedAt !== undefined && (
          <span className="soft">
            counted <RelativeTime value={countedAt} />
          </span>
        )}
      </header>
      {targets.length === 0 ? (
        <Notice icon={IconPlugConnected} title="No system takes deliveries">
          Systems are named in the hub’s configuration.
        </Notice>
      ) : (
        <table className={classes['targets']}>
          <thead>
            <tr>
              <th scope="col">System</th>
              <th scope="col">Deliveries</th>
              <th scope="col">Waiting</th>
              <th scope="col">Parked</th>
              <th scope="col">Read</th>
            </tr>
          </thead>
          <tbody>
            {targets.map(({ system, breaker, waiting, parked, hold }) => (
              <tr key={system}>
                <th scope="row">{system}</th>
                <td title={hold?.reason}>
                  <Mark look={hold === undefined ? breakerLook(breaker) : holdLook(hold.by)} />
                  {hold !== undefined && (
                    <div className={classes['why']}>
                      {hold.reason}
                      {hold.who !== undefined && ` (${hold.who})`}
                    </div>
                  )}
                </td>
                <td data-none={waiting === 0}>{count(waiting)}</td>
                <td data-none={parked === 0}>{count(parked)}</td>
                <td>{readText(streams.filter((stream) => stream.system === system))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** Polls come every second and are told of every five: what is younger is up to date. */
const UP_TO_DATE_SECONDS = 10;

/** The stream that is furthest behind speaks for its system. */
function readText(streams: readonly StreamLag[]): string {
  if (streams.length === 0) return '–';
  if (streams.some(({ failure }) => failure !== undefined)) return 'fails';
  const behind = Math.max(...streams.map(({ behindSeconds }) => behindSeconds ?? Number.POSITIVE_INFINITY));
  if (behind <= UP_TO_DATE_SECONDS) return 'up to date';
  return Number.isFinite(behind) ? `${Math.round(behind)} s behind` : 'not yet';
}
