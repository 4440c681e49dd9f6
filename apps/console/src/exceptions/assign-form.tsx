import { Button, Group, TextInput } from '@mantine/core';
import { type SubmitEvent, useState } from 'react';
import type { Case } from '../api/contract.ts';

/** To a person, a queue, or both; an empty field gives it back to the flow's queue, or to nobody. */
export function AssignForm(props: {
  readonly one: Case;
  readonly pending: boolean;
  readonly onAssign: (to: { assignee: string | null; queue: string | null }) => void;
  readonly onCancel: () => void;
}) {
  const { one, pending, onAssign, onCancel } = props;
  const [assignee, setAssignee] = useState(one.assignee ?? '');
  const [queue, setQueue] = useState(one.queue);
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    onAssign({ assignee: assignee.trim() || null, queue: queue.trim() || null });
  };
  return (
    <form onSubmit={send}>
      <Group align="flex-end" gap="sm">
        <TextInput
          label="Person"
          value={assignee}
          autoFocus
          onChange={(event) => setAssignee(event.currentTarget.value)}
        />
        <TextInput label="Queue" value={queue} onChange={(event) => setQueue(event.currentTarget.value)} />
        <Button type="submit" loading={pending}>
          Assign
        </Button>
        <Button variant="default" onClick={onCancel}>
          Keep it
        </Button>
      </Group>
    </form>
  );
}
