import { Title } from '@mantine/core';
import type { Thread } from '../api/contract.ts';
import { RelativeTime } from '../time/relative-time.tsx';
import { Mark } from '../vocabulary/mark.tsx';
import { stageLook } from '../vocabulary/stages.ts';
import { humanise } from '../vocabulary/words.ts';
import { Identifiers } from './identifiers.tsx';
import classes from './thread-header.module.css';

/** The hub's word for a thread that has ended. */
export const NOBODY = 'nobody';

export function ThreadHeader({ thread }: { readonly thread: Thread }) {
  return (
    <header className={classes['header']}>
      <div className={classes['what']}>
        <p className="soft">{humanise(thread.kind)}</p>
        <div className={classes['title']}>
          <Title order={1}>{thread.title}</Title>
          <Mark look={stageLook(thread.stage)} pill />
        </div>
        {thread.customer !== undefined && <p>{thread.customer}</p>}
      </div>
      <NextMove move={thread.nextMove} />
      <Identifiers identifiers={thread.identifiers} />
    </header>
  );
}

function NextMove({ move }: { readonly move: Thread['nextMove'] }) {
  const ended = move.owner === NOBODY;
  return (
    <section className={classes['next']} aria-labelledby="next-move">
      <h2 id="next-move">{ended ? 'Ended' : 'Next move'}</h2>
      <p className={classes['move']}>
        {!ended && <strong>{humanise(move.owner)}</strong>}
        <span>{move.what}</span>
      </p>
      <p className="soft">
        {ended ? '' : 'since '}
        <RelativeTime value={move.since} />
      </p>
    </section>
  );
}
