import { Tooltip } from '@mantine/core';
import { utc, utcClock, utcDay } from '../time/format.ts';
import classes from './lanes.module.css';

/** The time of day in UTC; the day where it turns; the milliseconds on hover. */
export function StepTime({ at, day }: { readonly at: string; readonly day: boolean }) {
  return (
    <Tooltip label={utc(at)} position="top-start">
      <time dateTime={at} className={classes['time']}>
        {day && <span className={classes['day']}>{utcDay(at)}</span>}
        {utcClock(at)}
      </time>
    </Tooltip>
  );
}
