import { Button, Group, Textarea } from '@mantine/core';
import { type SubmitEvent, useState } from 'react';

/** The parked command as text. What it is about and its quantities cannot be changed: the hub refuses that with the place. */
export function EditForm(props: {
  readonly payload: unknown;
  readonly pending: boolean;
  readonly onSend: (edit: { readonly payload: unknown; readonly why: string }) => void;
  readonly onCancel: () => void;
}) {
  const before = JSON.stringify(props.payload, undefined, 2);
  const [text, setText] = useState(before);
  const [why, setWhy] = useState('');
  const [mistake, setMistake] = useState<string>();
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    try {
      props.onSend({ payload: JSON.parse(text) as unknown, why: why.trim() });
      setMistake(undefined);
    } catch (error) {
      setMistake(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <form onSubmit={send}>
      <Textarea
        label="The command"
        description="Change what is wrong; the order, its lines and their quantities stay."
        autosize
        minRows={8}
        maxRows={18}
        autoFocus
        spellCheck={false}
        error={mistake}
        value={text}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.8rem' } }}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Textarea
        mt="sm"
        label="Why?"
        description="Kept beside the original, with your name."
        required
        autosize
        maxLength={2000}
        value={why}
        onChange={(event) => setWhy(event.currentTarget.value)}
      />
      <Group mt="sm">
        <Button type="submit" loading={props.pending} disabled={why.trim() === '' || text === before}>
          Send edited
        </Button>
        <Button variant="default" onClick={props.onCancel}>
          Keep it
        </Button>
      </Group>
    </form>
  );
}
