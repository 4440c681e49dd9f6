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
  target: { label: 'Asked to wait', tone: 'warn', icon: IconClock },
  budget: { label: 'Day’s calls used', tone: 'warn', icon: IconPlayerPause },
};

export function holdLook(by: string): Look {
  return HOLDS[by] ?? { label: humanise(by), tone: 'quiet', icon: IconPointFilled };
}
