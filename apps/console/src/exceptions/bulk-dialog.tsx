import { Button, Group, Modal, Progress } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { ApiProblem, call } from '../api/client.ts';
import type { Bulk, Case } from '../api/contract.ts';
import { bulkQuery, MOVING } from '../api/queries.ts';
import { Loading } from '../feedback/notice.tsx';
import { Outcome } from '../feedback/outcome.tsx';
import { duration } from '../time/format.ts';
import { atRisk } from '../vocabulary/money.ts';
import { count, plural } from '../vocabulary/words.ts';
import classes from './bulk-dialog.module.css';

const VERB = { retry: 'Retry', discard: 'Discard', replay: 'Replay' } as const;

/** One act on all of a case: what it would touch, the first five, then all. Closing it stops nothing. */
export function BulkDialog(props: {
  readonly one: Case;
  readonly act: 'retry' | 'discard';
  readonly reason?: string;
  readonly onClose: () => void;
}) {
  const { one, act, reason, onClose } = props;
  const queries = useQueryClient();
  const preview = useMutation({
    mutationFn: () =>
      call<Bulk>('POST', '/bulk', {
        act,
        exceptions: { case: one.id },
        limit: 100_000,
        ...(reason === undefined ? {} : { reason }),
      }),
  });
  const { mutate } = preview;
  useEffect(() => mutate(), [mutate]);
  const id = preview.data?.id;
  const { data } = useQuery(bulkQuery(id));
  const bulk = data ?? preview.data;
  const steer = useMutation({
    mutationFn: (step: 'try' | 'start' | 'cancel') => call('POST', `/bulk/${id}/${step}`),
    onSettled: () =>
      Promise.all(['bulk', ...MOVING].map((key) => queries.invalidateQueries({ queryKey: [key] }))),
  });
  const error = preview.error ?? steer.error;
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${VERB[act]} ${plural(bulk?.total ?? one.open, 'order', 'orders')}`}
      size="lg"
      classNames={{ title: classes['title'] ?? '' }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={classes['dialog']}>
        {bulk === undefined && error === null && <Loading what="the preview" />}
        {error !== null && (
          <Outcome tone="bad" title={error instanceof ApiProblem ? error.title : 'That failed'}>
            {error.message}
          </Outcome>
        )}
        {bulk !== undefined && <Course bulk={bulk} />}
        {bulk !== undefined && (
          <Steps
            bulk={bulk}
            pending={steer.isPending}
            onStep={(step) => steer.mutate(step)}
            onClose={onClose}
          />
        )}
      </div>
    </Modal>
  );
}

function Course({ bulk }: { readonly bulk: Bulk }) {
  const ended = bulk.mended + bulk.failed + bulk.skipped;
  return (
    <>
      <dl className={classes['figures']}>
        <Figure name="Chosen" value={count(bulk.total)} />
        <Figure
          name="At risk"
          value={atRisk(bulk).join(', ') || plural(Number(bulk.units), 'unit', 'units')}
        />
        {bulk.secondsLeft > 0 && (
          <Figure name={ended === 0 ? 'Takes about' : 'Left'} value={duration(bulk.secondsLeft * 1000)} />
        )}
      </dl>
      {bulk.state !== 'previewed' && (
        <div role="status">
          <Progress.Root size="lg" aria-label="Progress">
            <Progress.Section value={share(bulk.mended, bulk)} color="petrol" aria-label="Mended" />
            <Progress.Section value={share(bulk.failed, bulk)} color="red" aria-label="Failed" />
            <Progress.Section value={share(bulk.skipped, bulk)} color="gray" aria-label="Skipped" />
          </Progress.Root>
          <p className="soft">
            {count(bulk.mended)} mended
            {bulk.failed > 0 && `, ${count(bulk.failed)} failed`}
            {bulk.skipped > 0 && `, ${count(bulk.skipped)} mended meanwhile`}
            {bulk.underWay > 0 && `, ${count(bulk.underWay)} under way`}
            {bulk.pending > 0 && `, ${count(bulk.pending)} to go`}
          </p>
        </div>
      )}
      {bulk.state === 'previewed' && (
        <p>
          Nothing is touched yet. The first five go first; the rest only when you start it after them. It acts
          on these orders and no others, and skips what is mended meanwhile.
        </p>
      )}
      {bulk.state === 'canary_passed' && (
        <Outcome tone="ok" title="The first five went through">
          Start the rest when you are content. It stops by itself on a new kind of failure.
        </Outcome>
      )}
      {bulk.state === 'stopped' && (
        <Outcome tone="bad" title="It has stopped">
          {bulk.stoppedBecause ?? 'Look at what failed.'}
        </Outcome>
      )}
      {bulk.state === 'finished' && (
        <Outcome tone="ok" title="Done">
          {plural(bulk.mended, 'order', 'orders')} went on.
        </Outcome>
      )}
      {bulk.state === 'cancelled' && (
        <Outcome tone="ok" title="Cancelled">
          What has gone stays gone; the others wait as before.
        </Outcome>
      )}
    </>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function share(part: number, { total }: Bulk): number {
  return total === 0 ? 0 : (part / total) * 100;
}

function Steps(props: {
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
