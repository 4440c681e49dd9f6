import { Button, Group, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import type { Mapping } from '../api/contract.ts';
import { targetsQuery } from '../api/queries.ts';
import { Refused } from '../feedback/refused.tsx';
import { HUB, HUB_KINDS, KINDS } from './kinds.ts';
import type { NewMapping } from './use-map.ts';

/** A new mapping, or what one is changed to: its word stays. */
export function MappingForm(props: {
  readonly of: Mapping | undefined;
  readonly pending: boolean;
  readonly error: Error | null;
  readonly onSend: (mapping: NewMapping) => void;
  readonly onCancel: () => void;
}) {
  const { of, pending, error, onSend, onCancel } = props;
  const { data } = useQuery(targetsQuery);
  const [kind, setKind] = useState(of?.kind ?? 'product');
  const [system, setSystem] = useState(of?.system);
  const [source, setSource] = useState(of?.source ?? '');
  const [target, setTarget] = useState(of?.target ?? '');
  const [why, setWhy] = useState('');
  const systems = data?.items.map((one) => one.system) ?? [];
  const chosen = HUB_KINDS.includes(kind)
    ? HUB
    : (system ?? (systems.includes('erp') ? 'erp' : systems[0]) ?? '');
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    onSend({
      kind,
      system: chosen,
      source: source.trim(),
      target: target.trim(),
      ...(why.trim() === '' ? {} : { why: why.trim() }),
    });
  };
  return (
    <form onSubmit={send}>
      <Stack gap="sm">
        {of === undefined && (
          <Word
            kind={kind}
            system={chosen}
            systems={systems}
            source={source}
            onKind={setKind}
            onSystem={setSystem}
            onSource={setSource}
          />
        )}
        <TextInput
          label="What it is"
          required
          maxLength={200}
          {...(of === undefined ? {} : { 'data-autofocus': true })}
          value={target}
          onChange={(event) => setTarget(event.currentTarget.value)}
        />
        <Textarea
          label="Why"
          description="Kept with the mapping, with your name."
          autosize
          maxLength={2000}
          value={why}
          onChange={(event) => setWhy(event.currentTarget.value)}
        />
        {error !== null && <Refused error={error} />}
        <Group>
          <Button
            type="submit"
            loading={pending}
            disabled={source.trim() === '' || target.trim() === '' || chosen === ''}
          >
            {of === undefined ? 'Add it' : 'Change it'}
          </Button>
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Which word: what it names, in whose language. */
function Word(props: {
  readonly kind: string;
  readonly system: string;
  readonly systems: readonly string[];
  readonly source: string;
  readonly onKind: (kind: string) => void;
  readonly onSystem: (system: string) => void;
  readonly onSource: (source: string) => void;
}) {
  const { kind, system, systems, source, onKind, onSystem, onSource } = props;
  return (
    <>
      <Select
        label="What the word names"
        data={[...KINDS]}
        value={kind}
        allowDeselect={false}
        onChange={(value) => onKind(value ?? kind)}
      />
      {!HUB_KINDS.includes(kind) && (
        <Select
          label="In which system"
          data={[...systems]}
          value={system}
          allowDeselect={false}
          onChange={(value) => onSystem(value ?? system)}
        />
      )}
      <TextInput
        label="The word as it comes"
        required
        maxLength={200}
        data-autofocus
        value={source}
        onChange={(event) => onSource(event.currentTarget.value)}
      />
    </>
  );
}
