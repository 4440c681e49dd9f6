import { Autocomplete, Button, Group, Stack, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import type { Case, Change } from '../api/contract.ts';
import { exceptionQuery, exceptionsOfQuery } from '../api/queries.ts';
import { placesOf } from './places.ts';

/** One change of every command that the case has parked. The places are those of its first one. */
export function EditAllForm(props: {
  readonly one: Case;
  readonly onPreview: (changes: readonly Change[], why: string) => void;
  readonly onCancel: () => void;
}) {
  const { data: waiting } = useQuery(exceptionsOfQuery(props.one.id, 'open', 0));
  const { data: first } = useQuery(exceptionQuery(waiting?.items[0]?.id));
  const places = placesOf(first?.command?.payload);
  const [path, setPath] = useState('');
  const [was, setWas] = useState('');
  const [value, setValue] = useState('');
  const [why, setWhy] = useState('');
  const choose = (chosen: string) => {
    setPath(chosen);
    const place = places.find((known) => known.path === chosen);
    if (place !== undefined) setWas(place.value);
  };
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    const where = { path: path.trim(), ...(was === '' ? {} : { was }) };
    props.onPreview([{ op: 'replace', ...where, value }], why.trim());
  };
  return (
    <form onSubmit={send}>
      <Stack gap="sm">
        <Autocomplete
          label="Place in the command"
          description="* is each line, or each element of a list."
          placeholder="/order/lines/*/sku"
          required
          autoFocus
          data={places.map((place) => place.path)}
          value={path}
          error={path === '' || path.startsWith('/') ? undefined : 'A place begins with /.'}
          onChange={choose}
        />
        <Group grow align="flex-end">
          <TextInput
            label="Only where it is"
            description="Empty: whatever stands there."
            value={was}
            onChange={(event) => setWas(event.currentTarget.value)}
          />
          <TextInput
            label="Becomes"
            required
            value={value}
            onChange={(event) => setValue(event.currentTarget.value)}
          />
        </Group>
        <Textarea
          label="Why?"
          description="Kept beside each original, with your name."
          required
          autosize
          maxLength={2000}
          value={why}
          onChange={(event) => setWhy(event.currentTarget.value)}
        />
        <Group>
          <Button type="submit" disabled={!path.startsWith('/') || value === '' || why.trim() === ''}>
            Preview…
          </Button>
          <Button variant="default" onClick={props.onCancel}>
            Keep it
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
