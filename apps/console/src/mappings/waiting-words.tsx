import { Button, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { type SubmitEvent, useState } from 'react';
import type { MissingWord } from '../api/contract.ts';
import { count, plural } from '../vocabulary/words.ts';
import { questionOf } from './kinds.ts';
import type { NewMapping } from './use-map.ts';
import classes from './waiting-words.module.css';

/** Words shown at once; the most wanted come first, and the next ones move up as they are supplied. */
const MOST = 20;

/** The words that nobody could make anything of, each with how much waits for it. */
export function WaitingWords(props: {
  readonly words: readonly MissingWord[];
  readonly busy: string | undefined;
  readonly onMap: (mapping: NewMapping) => void;
}) {
  const { words, busy, onMap } = props;
  return (
    <section className={classes['waiting']} aria-labelledby="missing">
      <h2 id="missing">
        <IconAlertTriangle size={18} stroke={1.8} aria-hidden /> Missing
      </h2>
      <ul>
        {words.slice(0, MOST).map((word) => (
          <Word
            key={`${word.kind} ${word.system} ${word.value}`}
            word={word}
            pending={busy === word.value}
            onMap={onMap}
          />
        ))}
      </ul>
      {words.length > MOST && (
        <p className="soft">And {plural(words.length - MOST, 'more word', 'more words')}.</p>
      )}
    </section>
  );
}

function Word(props: {
  readonly word: MissingWord;
  readonly pending: boolean;
  readonly onMap: (mapping: NewMapping) => void;
}) {
  const { kind, system, value, waiting } = props.word;
  const [target, setTarget] = useState('');
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    props.onMap({ kind, system, source: value, target: target.trim() });
  };
  return (
    <li>
      <form onSubmit={send}>
        <TextInput
          label={questionOf(props.word)}
          maxLength={200}
          value={target}
          className={classes['target'] ?? ''}
          onChange={(event) => setTarget(event.currentTarget.value)}
        />
        <Button
          type="submit"
          variant="default"
          loading={props.pending}
          disabled={target.trim() === ''}
          aria-label={`Map ${value}`}
        >
          Map it
        </Button>
        <span className={classes['count']}>{waiting === 1 ? '1 waits' : `${count(waiting)} wait`}</span>
      </form>
    </li>
  );
}
