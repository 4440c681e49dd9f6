import { Button, Group, TextInput } from '@mantine/core';
import { type SubmitEvent, useState } from 'react';
import type { MissingWord } from '../api/contract.ts';
import { Outcome } from '../feedback/outcome.tsx';
import { Refused } from '../feedback/refused.tsx';
import { questionOf } from '../mappings/kinds.ts';
import { useMap } from '../mappings/use-map.ts';
import { plural } from '../vocabulary/words.ts';

/** Fix once: the word that most orders wait for, mapped here; all that waited goes on by itself. */
export function MapForm({
  word,
  others,
}: {
  readonly word: MissingWord;
  readonly others: readonly MissingWord[];
}) {
  const [target, setTarget] = useState('');
  const { kind, system, value } = word;
  const map = useMap();
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    map.mutate({ kind, system, source: value, target: target.trim() });
  };
  const label = questionOf(word);
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
      {map.error !== null && <Refused error={map.error} />}
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
