import { Button, Group, Textarea } from '@mantine/core';
import { IconRotateClockwise, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { ApiProblem, call } from '../api/client.ts';
import type { ExceptionCase } from '../api/contract.ts';
import { MOVING } from '../api/queries.ts';
import { Outcome } from '../feedback/outcome.tsx';

/** Retry and discard, each with what came of it. Only a parked delivery can be acted on from here. */
export function ExceptionActions({ exception }: { readonly exception: ExceptionCase }) {
  const queries = useQueryClient();
  const [discarding, setDiscarding] = useState(false);
  const path = `/exceptions/${encodeURIComponent(exception.id)}`;
  const refresh = () => Promise.all(MOVING.map((key) => queries.invalidateQueries({ queryKey: [key] })));
  const retry = useMutation({ mutationFn: () => call('POST', `${path}/retry`), onSettled: refresh });
  const discard = useMutation({
    mutationFn: (reason: string) => call('POST', `${path}/discard`, { reason }),
    onSuccess: () => setDiscarding(false),
    onSettled: refresh,
  });
  const failure = retry.error ?? discard.error;
  const done = retry.isSuccess || discard.isSuccess;
  const mendable = exception.status === 'open' && exception.retryable && !done;
  return (
    <>
      {retry.isSuccess && (
        <Outcome tone="ok" title="Sent again">
          It is closed once {exception.system ?? 'the system'} has taken it. What waited behind it follows.
        </Outcome>
      )}
      {discard.isSuccess && (
        <Outcome tone="ok" title="Discarded">
          The reason is kept with the exception. What waited behind it goes on.
        </Outcome>
      )}
      {failure !== null && (
        <Outcome tone="bad" title={failure instanceof ApiProblem ? failure.title : 'That failed'}>
          {failure.message}
        </Outcome>
      )}
      {exception.status === 'open' && !exception.retryable && !done && (
        <p className="soft">
          Nothing is parked here: it closes by itself when the cause is mended at its source.
        </p>
      )}
      {mendable && !discarding && (
        <Group>
          <Button
            leftSection={<IconRotateClockwise size={17} stroke={1.8} />}
            loading={retry.isPending}
            onClick={() => retry.mutate()}
          >
            Retry
          </Button>
          <Button
            variant="default"
            leftSection={<IconTrash size={17} stroke={1.8} />}
            onClick={() => setDiscarding(true)}
          >
            Discard…
          </Button>
        </Group>
      )}
      {mendable && discarding && (
        <DiscardForm
          pending={discard.isPending}
          onDiscard={(reason) => discard.mutate(reason)}
          onCancel={() => setDiscarding(false)}
        />
      )}
    </>
  );
}

function DiscardForm(props: {
  readonly pending: boolean;
  readonly onDiscard: (reason: string) => void;
  readonly onCancel: () => void;
}) {
  const [reason, setReason] = useState('');
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    props.onDiscard(reason.trim());
  };
  return (
    <form onSubmit={submit}>
      <Textarea
        label="Why is it discarded?"
        description="The delivery is given up for good. The next person reads this."
        required
        autosize
        minRows={3}
        maxLength={2000}
        data-autofocus
        autoFocus
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Group mt="sm">
        <Button type="submit" color="red" loading={props.pending} disabled={reason.trim() === ''}>
          Discard for good
        </Button>
        <Button variant="default" onClick={props.onCancel}>
          Keep it
        </Button>
      </Group>
    </form>
  );
}
