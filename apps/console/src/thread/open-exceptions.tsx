import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Thread } from '../api/contract.ts';
import { openExceptionsQuery } from '../api/queries.ts';
import { humanise } from '../vocabulary/words.ts';
import classes from './open-exceptions.module.css';

/**
 * What holds this order up, with the way to mend it. The newest open exceptions are looked through; where there are so many
 * that this order's is not among them, the link leads to the whole list.
 */
export function OpenExceptions({ thread }: { readonly thread: Thread }) {
  const held = thread.steps.some(({ kind, state }) => kind === 'exception' && state === 'open');
  const { data } = useQuery({ ...openExceptionsQuery, enabled: held });
  if (!held || data === undefined) return null;
  const ours = data.items.filter((exception) => exception.thread === thread.id);
  return (
    <section className={classes['held']} aria-label="Open exceptions">
      {ours.map(({ id, summary, owner }) => (
        <p key={id}>
          <IconAlertTriangle size={18} stroke={1.8} aria-hidden />
          <span>
            {summary} <span className="soft">{humanise(owner)} owes the next move.</span>
          </span>
          <Link to="/exceptions" search={{ id }}>
            See and mend
          </Link>
        </p>
      ))}
      {ours.length === 0 && (
        <p>
          <IconAlertTriangle size={18} stroke={1.8} aria-hidden />
          <span>An exception holds this order.</span>
          <Link to="/exceptions">All exceptions</Link>
        </p>
      )}
    </section>
  );
}
