import { Autocomplete, Button, Group, Select, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { overviewQuery, replayChoicesQuery } from '../api/queries.ts';
import classes from './replay-form.module.css';
import {
  type Chosen,
  type ChosenInAddress,
  isBounded,
  NOTHING_CHOSEN,
  type ReplayRequest,
  requestOf,
} from './selection.ts';

const STATUSES = [
  { value: 'processed', label: 'Processed' },
  { value: 'ignored', label: 'Ignored' },
  { value: 'invalid', label: 'Invalid' },
];

/** Which messages; a preview says how many they are, and touches none. */
export function ReplayForm(props: {
  readonly initial: ChosenInAddress;
  readonly onChosen: (chosen: Chosen) => void;
  readonly pending: boolean;
  readonly onPreview: (request: ReplayRequest) => void;
}) {
  const [chosen, setChosen] = useState<Chosen>({ ...NOTHING_CHOSEN, ...props.initial });
  const [mistake, setMistake] = useState<string>();
  const set = (part: Partial<Chosen>) => {
    const next = { ...chosen, ...part };
    setChosen(next);
    props.onChosen(next);
  };
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
  const { data: choices } = useQuery(replayChoicesQuery);
  const systems = [
    ...new Set([...(overview?.streams ?? []), ...(overview?.targets ?? [])].map(({ system }) => system)),
  ].sort();
  const { source } = chosen;
  const sent = (choices?.types ?? []).filter(({ system }) => source === null || system === source);
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
      {/* Not choices alone: a flow or type of an earlier release may be what is to be replayed. */}
      <Autocomplete
        label="That made this flow act"
        placeholder="Any flow"
        maxLength={200}
        data={choices?.flows ?? []}
        value={chosen.flow}
        onChange={(flow) => onSet({ flow })}
      />
      <Autocomplete
        label="Of this type"
        placeholder="Any type"
        maxLength={200}
        data={[...new Set(sent.map(({ type }) => type))].sort()}
        value={chosen.type}
        onChange={(type) => onSet({ type })}
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
