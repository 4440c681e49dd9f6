import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Thread } from '../api/contract.ts';
import { exceptionsOfThreadQuery } from '../api/queries.ts';
import { humanise } from '../vocabulary/words.ts';
import classes from './open-exceptions.module.css';

/** What holds this order up, with the way to mend it. */
export function OpenExceptions({ thread }: { readonly thread: Thread }) {
  const held = thread.steps.some(({ kind, state }) => kind === 'exception' && state === 'open');
  const { data } = useQuery({ ...exceptionsOfThreadQuery(thread.id), enabled: held });
  if (!held || data === undefined || data.items.length === 0) return null;
  return (
    <section className={classes['held']} aria-label="Open exceptions">
      {data.items.map(({ id, summary, owner }) => (
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
    </section>
  );
}
