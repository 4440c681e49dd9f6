import { Button, Group } from '@mantine/core';
import type { Bulk } from '../api/contract.ts';
import { count } from '../vocabulary/words.ts';
import { VERB } from './words.ts';

/** What a person can do next. */
export function BulkSteps(props: {
  readonly bulk: Bulk;
  readonly pending: boolean;
  readonly onStep: (step: 'try' | 'start' | 'cancel') => void;
  readonly onClose: () => void;
}) {
  const { bulk, pending, onStep, onClose } = props;
  const { state } = bulk;
  const ended = state === 'finished' || state === 'cancelled';
  return (
    <Group>
      {state === 'previewed' && (
        <Button loading={pending} onClick={() => onStep('try')}>
          {bulk.total <= 5 ? VERB[bulk.act] : `${VERB[bulk.act]} the first five`}
        </Button>
      )}
      {state === 'canary_passed' && (
        <Button loading={pending} onClick={() => onStep('start')}>
          {VERB[bulk.act]} the other {count(bulk.pending)}
        </Button>
      )}
      {state === 'stopped' && bulk.pending > 0 && (
        <Button loading={pending} onClick={() => onStep('start')}>
          Go on with {count(bulk.pending)}
        </Button>
      )}
      {!ended && (
        <Button variant="default" disabled={pending} onClick={() => onStep('cancel')}>
          {state === 'previewed' ? 'Do nothing' : 'Cancel the rest'}
        </Button>
      )}
      {ended && (
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
      )}
    </Group>
  );
}
