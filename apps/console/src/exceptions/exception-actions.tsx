import { Button, Group } from '@mantine/core';
import { IconPencil, IconRotateClockwise, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/client.ts';
import type { ExceptionDetail } from '../api/contract.ts';
import { MOVING } from '../api/queries.ts';
import { Outcome } from '../feedback/outcome.tsx';
import { EditForm } from './edit-form.tsx';
import { Refused } from '../feedback/refused.tsx';
import { ReasonForm } from './reason-form.tsx';

type Act = 'retry' | 'discard' | 'edit' | 'resolve';

/** What each act is told to have done. */
function toldOf(act: Act, system = 'the system'): readonly [string, string] {
  switch (act) {
    case 'retry':
      return ['Sent again', `It is closed once ${system} has taken it. What waited behind it follows.`];
    case 'edit':
      return ['Sent edited', `The original is kept beside it. It is closed once ${system} has taken it.`];
    case 'discard':
      return ['Discarded', 'The reason is kept with the exception. What waited behind it goes on.'];
    case 'resolve':
      return ['Resolved', 'The note is kept with the exception.'];
  }
}

/** Retry, edit, discard, resolve, each with what came of it. */
export function ExceptionActions({ exception }: { readonly exception: ExceptionDetail }) {
  const queries = useQueryClient();
  const [doing, setDoing] = useState<Act>();
  const act = useMutation({
    mutationFn: ({ name, body }: { readonly name: Act; readonly body?: unknown }) =>
      call('POST', `/exceptions/${encodeURIComponent(exception.id)}/${name}`, body),
    onSuccess: () => setDoing(undefined),
    onSettled: () => Promise.all(MOVING.map((key) => queries.invalidateQueries({ queryKey: [key] }))),
  });
  const done = act.isSuccess ? toldOf(act.variables.name, exception.system) : undefined;
  const open = exception.status === 'open' && done === undefined;
  return (
    <>
      {done !== undefined && (
        <Outcome tone="ok" title={done[0]}>
          {done[1]}
        </Outcome>
      )}
      {act.error !== null && <Refused error={act.error} />}
      {open && exception.goingAgainSince !== undefined && (
        <p className="soft">It was let go again; nothing has come of it yet.</p>
      )}
      {open && !exception.retryable && exception.goingAgainSince === undefined && (
        <p className="soft">
          Nothing is parked here: it closes by itself when the cause is mended at its source.
        </p>
      )}
      {open && doing === undefined && (
        <Choices
          exception={exception}
          pending={act.isPending}
          onRetry={() => act.mutate({ name: 'retry' })}
          onChoose={setDoing}
        />
      )}
      {open && doing !== undefined && (
        <ActForm
          exception={exception}
          doing={doing}
          pending={act.isPending}
          onSend={(body) => act.mutate({ name: doing, body })}
          onCancel={() => setDoing(undefined)}
        />
      )}
    </>
  );
}

function Choices(props: {
  readonly exception: ExceptionDetail;
  readonly pending: boolean;
  readonly onRetry: () => void;
  readonly onChoose: (act: Act) => void;
}) {
  const { exception, pending, onRetry, onChoose } = props;
  const parked = exception.retryable && exception.system !== undefined;
  return (
    <Group gap="sm">
      {exception.retryable && (
        <Button
          leftSection={<IconRotateClockwise size={17} stroke={1.8} />}
          loading={pending}
          onClick={onRetry}
        >
          Retry
        </Button>
      )}
      {parked && exception.command !== undefined && (
        <Button
          variant="default"
          leftSection={<IconPencil size={17} stroke={1.8} />}
          onClick={() => onChoose('edit')}
        >
          Edit…
        </Button>
      )}
      {parked && (
        <Button
          variant="default"
          leftSection={<IconTrash size={17} stroke={1.8} />}
          onClick={() => onChoose('discard')}
        >
          Discard…
        </Button>
      )}
      {exception.system === undefined && exception.code !== 'poison_message' && (
        <Button variant="default" onClick={() => onChoose('resolve')}>
          Mended by hand…
        </Button>
      )}
    </Group>
  );
}

function ActForm(props: {
  readonly exception: ExceptionDetail;
  readonly doing: Act;
  readonly pending: boolean;
  readonly onSend: (body: unknown) => void;
  readonly onCancel: () => void;
}) {
  const { exception, doing, pending, onSend, onCancel } = props;
  if (doing === 'edit') {
    const payload = exception.command?.payload;
    return <EditForm payload={payload} pending={pending} onSend={onSend} onCancel={onCancel} />;
  }
  if (doing === 'discard') {
    return (
      <ReasonForm
        label="Why is it discarded?"
        description="The delivery is given up for good. The next person reads this."
        submit="Discard for good"
        danger
        pending={pending}
        onSubmit={(reason) => onSend({ reason })}
        onCancel={onCancel}
      />
    );
  }
  return (
    <ReasonForm
      label="How was it mended?"
      description="For what was put right in a system by hand. The next person reads this."
      submit="Resolve it"
      pending={pending}
      onSubmit={(note) => onSend({ note })}
      onCancel={onCancel}
    />
  );
}
