import {
  IconAlertTriangle,
  IconCheck,
  IconCircleDashed,
  IconClock,
  IconEyeCheck,
  IconHelpCircle,
  IconInbox,
  IconMinus,
  IconPlayerPause,
  IconPointFilled,
  IconRotateClockwise,
  IconSend,
  IconX,
} from '@tabler/icons-react';
import type { Look } from './stages.ts';
import { humanise } from './words.ts';

const STATES: Readonly<Record<string, Look>> = {
  accepted: { label: 'Accepted', tone: 'info', icon: IconInbox },
  processed: { label: 'Processed', tone: 'ok', icon: IconCheck },
  ignored: { label: 'Ignored', tone: 'quiet', icon: IconMinus },
  invalid: { label: 'Invalid', tone: 'bad', icon: IconX },
  ready: { label: 'Waiting', tone: 'info', icon: IconClock },
  sending: { label: 'Sending', tone: 'info', icon: IconSend },
  backing_off: { label: 'Trying again', tone: 'warn', icon: IconRotateClockwise },
  verifying: { label: 'Verifying', tone: 'warn', icon: IconHelpCircle },
  parked: { label: 'Parked', tone: 'bad', icon: IconPlayerPause },
  succeeded: { label: 'Done', tone: 'ok', icon: IconCheck },
  superseded: { label: 'Superseded', tone: 'quiet', icon: IconCircleDashed },
  discarded: { label: 'Discarded', tone: 'quiet', icon: IconMinus },
  acknowledged: { label: 'Acknowledged', tone: 'warn', icon: IconEyeCheck },
  open: { label: 'Open', tone: 'bad', icon: IconAlertTriangle },
  resolved: { label: 'Resolved', tone: 'ok', icon: IconCheck },
};

export function stateLook(state: string): Look {
  return STATES[state] ?? { label: humanise(state), tone: 'quiet', icon: IconPointFilled };
}

const BREAKERS: Readonly<Record<string, Look>> = {
  closed: { label: 'Flowing', tone: 'ok', icon: IconCheck },
  half_open: { label: 'Probing', tone: 'warn', icon: IconRotateClockwise },
  open: { label: 'Held back', tone: 'bad', icon: IconPlayerPause },
};

export function breakerLook(breaker: string): Look {
  return BREAKERS[breaker] ?? { label: humanise(breaker), tone: 'quiet', icon: IconPointFilled };
}

const HOLDS: Readonly<Record<string, Look>> = {
  person: { label: 'Paused', tone: 'warn', icon: IconPlayerPause },
  login: { label: 'Login refused', tone: 'bad', icon: IconAlertTriangle },
  target: { label: 'Asked to wait', tone: 'warn', icon: IconClock },
  budget: { label: 'Day’s calls used', tone: 'warn', icon: IconPlayerPause },
};

export function holdLook(by: string): Look {
  return HOLDS[by] ?? { label: humanise(by), tone: 'quiet', icon: IconPointFilled };
}

const ACTS: Readonly<Record<string, Look>> = {
  previewed: { label: 'Previewed', tone: 'quiet', icon: IconCircleDashed },
  canary: { label: 'Trying five', tone: 'info', icon: IconSend },
  canary_passed: { label: 'Five went through', tone: 'warn', icon: IconHelpCircle },
  running: { label: 'Going', tone: 'info', icon: IconSend },
  stopped: { label: 'Stopped', tone: 'bad', icon: IconAlertTriangle },
  cancelled: { label: 'Cancelled', tone: 'quiet', icon: IconMinus },
  finished: { label: 'Done', tone: 'ok', icon: IconCheck },
};

/** An act on many. */
export function actLook(state: string): Look {
  return ACTS[state] ?? { label: humanise(state), tone: 'quiet', icon: IconPointFilled };
}

const OUTCOMES: Readonly<Record<string, Look>> = {
  succeeded: { label: 'Taken', tone: 'ok', icon: IconCheck },
  retry: { label: 'Failed for now', tone: 'warn', icon: IconRotateClockwise },
  rejected: { label: 'Refused', tone: 'bad', icon: IconX },
  invalid: { label: 'Not understood', tone: 'bad', icon: IconX },
  unknown: { label: 'No answer', tone: 'warn', icon: IconHelpCircle },
};

/** What one try led to. */
export function outcomeLook(outcome: string): Look {
  return OUTCOMES[outcome] ?? { label: humanise(outcome), tone: 'quiet', icon: IconPointFilled };
}
