import { Button, Group, Textarea } from '@mantine/core';
import { type SubmitEvent, useState } from 'react';

/** An act that is kept with its reason. */
export function ReasonForm(props: {
  readonly label: string;
  readonly description: string;
  readonly submit: string;
  /** What the way back is called. */
  readonly cancel?: string;
  readonly pending: boolean;
  readonly danger?: boolean;
  readonly onSubmit: (reason: string) => void;
  readonly onCancel: () => void;
}) {
  const {
    label,
    description,
    submit,
    cancel = 'Keep it',
    pending,
    danger = false,
    onSubmit,
    onCancel,
  } = props;
  const [reason, setReason] = useState('');
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    onSubmit(reason.trim());
  };
  return (
    <form onSubmit={send}>
      <Textarea
        label={label}
        description={description}
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
        <Button
          type="submit"
          {...(danger ? { color: 'red' } : {})}
          loading={pending}
          disabled={reason.trim() === ''}
        >
          {submit}
        </Button>
        <Button variant="default" onClick={onCancel}>
          {cancel}
        </Button>
      </Group>
    </form>
  );
}
