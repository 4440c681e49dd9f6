import { Link } from '@tanstack/react-router';
import type { ThreadSummary } from '../api/contract.ts';
import { RelativeTime } from '../time/relative-time.tsx';
import { Mark } from '../vocabulary/mark.tsx';
import { stageLook } from '../vocabulary/stages.ts';
import { humanise } from '../vocabulary/words.ts';
import classes from './thread-list.module.css';

export function ThreadList({ threads }: { readonly threads: readonly ThreadSummary[] }) {
  return (
    <ul className={classes['list']}>
      {threads.map((thread) => (
        <li key={thread.id}>
          <Link to="/threads/$id" params={{ id: thread.id }} className={classes['row']}>
            <span className={classes['title']}>{thread.title}</span>
            <span className={classes['stage']}>
              <Mark look={stageLook(thread.stage)} />
            </span>
            <span className={classes['match']}>
              {thread.matchedBy !== undefined && (
                <>
                  {humanise(thread.matchedBy.kind)} <span className="mono">{thread.matchedBy.value}</span> in{' '}
                  {thread.matchedBy.system}
                </>
              )}
            </span>
            <span className={classes['age']}>
              <RelativeTime value={thread.updatedAt} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
