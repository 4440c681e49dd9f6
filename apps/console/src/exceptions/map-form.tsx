import { Button, Group, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { ApiProblem, call } from '../api/client.ts';
import type { MissingWord } from '../api/contract.ts';
import { MOVING } from '../api/queries.ts';
import { Outcome } from '../feedback/outcome.tsx';
import { plural } from '../vocabulary/words.ts';

/** Fix once: the word that most orders wait for, mapped here; all that waited goes on by itself. */
export function MapForm({
  word,
  others,
}: {
  readonly word: MissingWord;
  readonly others: readonly MissingWord[];
}) {
  const queries = useQueryClient();
  const [target, setTarget] = useState('');
  const { kind, system, value } = word;
  const map = useMutation({
    mutationFn: () => call('POST', '/mappings', { kind, system, source: value, target: target.trim() }),
    onSettled: () => Promise.all(MOVING.map((key) => queries.invalidateQueries({ queryKey: [key] }))),
  });
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    map.mutate();
  };
  const label =
    kind === 'site' ? `The site that fulfils ${value}` : `What ${system} calls the ${kind} ${value}`;
  return (
    <form onSubmit={send}>
      {map.isSuccess ? (
        <Outcome tone="ok" title={`${value} is ${target.trim()}`}>
          What waited for it goes on within seconds.
        </Outcome>
      ) : (
        <Group align="flex-end" gap="sm">
          <TextInput
            label={label}
            required
            maxLength={200}
            value={target}
            miw={260}
            onChange={(event) => setTarget(event.currentTarget.value)}
          />
          <Button type="submit" loading={map.isPending} disabled={target.trim() === ''}>
            Map it
          </Button>
        </Group>
      )}
      {map.error !== null && (
        <Outcome tone="bad" title={map.error instanceof ApiProblem ? map.error.title : 'That failed'}>
          {map.error.message}
        </Outcome>
      )}
      {others.length > 0 && (
        <p className="soft" style={{ margin: '8px 0 0' }}>
          Then{' '}
          {others
            .slice(0, 4)
            .map((other) => `${other.value} (${plural(other.waiting, 'order', 'orders')})`)
            .join(', ')}
          {others.length > 4 && ' and more'}
        </p>
      )}
    </form>
  );
}
