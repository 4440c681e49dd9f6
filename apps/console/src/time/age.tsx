import { Tooltip } from '@mantine/core';
import { useNow } from './relative-time.tsx';
import { duration, utc } from './format.ts';

/** How long something has been so, moving on; the exact time on hover. */
export function Age({ since, after }: { readonly since: string; readonly after?: string }) {
  const text = useNow((now) => coarse(Math.max(0, now - Date.parse(since))));
  return (
    <Tooltip label={utc(since)} openDelay={150}>
      <time dateTime={since} style={{ whiteSpace: 'nowrap' }}>
        {text}
        {after !== undefined && ` ${after}`}
      </time>
    </Tooltip>
  );
}

/** Whole minutes from the first on: a list of ages whose seconds run cannot be read. */
function coarse(ms: number): string {
  return ms < 60_000 ? duration(Math.floor(ms / 1000) * 1000) : duration(Math.floor(ms / 60_000) * 60_000);
}
