import { Button, Group, Select, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { overviewQuery } from '../api/queries.ts';
import classes from './replay-form.module.css';
import { type Chosen, isBounded, NOTHING_CHOSEN, type ReplayRequest, requestOf } from './selection.ts';

const STATUSES = [
  { value: 'processed', label: 'Processed' },
  { value: 'ignored', label: 'Ignored' },
  { value: 'invalid', label: 'Invalid' },
];

/** Which messages; a preview says how many they are, and touches none. */
export function ReplayForm(props: {
  readonly initialKey: string;
  readonly pending: boolean;
  readonly onPreview: (request: ReplayRequest) => void;
}) {
  const [chosen, setChosen] = useState<Chosen>({ ...NOTHING_CHOSEN, key: props.initialKey });
  const [mistake, setMistake] = useState<string>();
  const set = (part: Partial<Chosen>) => setChosen((before) => ({ ...before, ...part }));
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    try {
      props.onPreview(await requestOf(chosen));
      setMistake(undefined);
    } catch (error) {
      setMistake(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <form onSubmit={(event) => void send(event)} className={classes['form']}>
      <TextInput
        label="Of one order"
        description="Any identifier of it; otherwise say from when."
        maxLength={200}
        className={classes['wide'] ?? ''}
        value={chosen.key}
        onChange={(event) => set({ key: event.currentTarget.value })}
      />
      <TextInput
        type="datetime-local"
        label="From (UTC)"
        value={chosen.from}
        onChange={(event) => set({ from: event.currentTarget.value })}
      />
      <TextInput
        type="datetime-local"
        label="Before (UTC)"
        value={chosen.to}
        onChange={(event) => set({ to: event.currentTarget.value })}
      />
      <Narrowing chosen={chosen} onSet={set} />
      <Change chosen={chosen} onSet={set} />
      {mistake !== undefined && (
        <p role="alert" className={classes['mistake']}>
          {mistake}
        </p>
      )}
      <Group className={classes['wide'] ?? ''}>
        <Button type="submit" loading={props.pending} disabled={!isBounded(chosen)}>
          Preview
        </Button>
        <span className="soft">Counts them; touches nothing.</span>
      </Group>
    </form>
  );
}

interface Part {
  readonly chosen: Chosen;
  readonly onSet: (part: Partial<Chosen>) => void;
}

/** What of the time or the order: all of it, unless it is narrowed. */
function Narrowing({ chosen, onSet }: Part) {
  const { data: overview } = useQuery(overviewQuery);
  const systems = [
    ...new Set([...(overview?.streams ?? []), ...(overview?.targets ?? [])].map(({ system }) => system)),
  ].sort();
  return (
    <>
      <Select
        label="Sent by"
        placeholder="Any system"
        clearable
        clearButtonProps={{ 'aria-label': 'Any system' }}
        data={systems}
        value={chosen.source}
        onChange={(source) => onSet({ source })}
      />
      <Select
        label="That were"
        placeholder="In any state"
        clearable
        clearButtonProps={{ 'aria-label': 'In any state' }}
        data={STATUSES}
        value={chosen.status}
        onChange={(status) => onSet({ status })}
      />
      <TextInput
        label="That made this flow act"
        placeholder="order-release"
        maxLength={200}
        value={chosen.flow}
        onChange={(event) => onSet({ flow: event.currentTarget.value })}
      />
      <TextInput
        label="Of this type"
        placeholder="shipment.shipped"
        maxLength={200}
        value={chosen.type}
        onChange={(event) => onSet({ type: event.currentTarget.value })}
      />
    </>
  );
}

function Change({ chosen, onSet }: Part) {
  return (
    <details className={classes['wide']}>
      <summary>Change each before it is decided</summary>
      <Textarea
        mt="xs"
        aria-label="Change to each payload"
        description="Merged into each payload (RFC 7396). One that breaks its contract refuses the preview."
        placeholder={'{ "account": { "country": "DE" } }'}
        autosize
        minRows={3}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.8rem' } }}
        value={chosen.patch}
        onChange={(event) => onSet({ patch: event.currentTarget.value })}
      />
    </details>
  );
}
