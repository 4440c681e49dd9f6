import { Tooltip } from '@mantine/core';
import { type Liveness, useLiveness } from '../api/live-overview.tsx';
import type { Tone } from '../vocabulary/stages.ts';
import classes from './live-mark.module.css';

const LOOKS: Readonly<Record<Liveness, { label: string; tone: Tone; why: string }>> = {
  connecting: { label: 'Connecting', tone: 'quiet', why: 'The stream of changes is being opened.' },
  live: { label: 'Live', tone: 'ok', why: 'Changes arrive as they happen.' },
  reconnecting: {
    label: 'Reconnecting',
    tone: 'warn',
    why: 'The hub stopped answering; what you see may be old.',
  },
  trouble: {
    label: 'Hub in trouble',
    tone: 'bad',
    why: 'The hub cannot read its own state; its log has the cause.',
  },
};

/** Whether what stands on the page is of now. */
export function LiveMark() {
  const liveness = useLiveness();
  const { label, tone, why } = LOOKS[liveness];
  return (
    <Tooltip label={why}>
      <span className={classes['live']} data-tone={tone} role="status">
        <span className={classes['dot']} data-live={liveness === 'live'} aria-hidden />
        {label}
      </span>
    </Tooltip>
  );
}
