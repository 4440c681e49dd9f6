import { Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { threadQuery } from '../api/queries.ts';
import { Failure, Loading } from '../feedback/notice.tsx';
import { Attempts } from './attempts.tsx';
import { Lanes } from './lanes.tsx';
import { LinesTable } from './lines-table.tsx';
import { OpenExceptions } from './open-exceptions.tsx';
import { ThreadHeader } from './thread-header.tsx';
import classes from './thread-page.module.css';

/** One order across all systems: what it is, who owes the next move, its lines, and every step with its wait. */
export function ThreadPage() {
  const { id } = useParams({ from: '/threads/$id' });
  const { data: thread, error, refetch } = useQuery(threadQuery(id));
  if (thread === undefined) {
    return error === null ? (
      <Loading what="the order’s thread" />
    ) : (
      <Failure error={error} onRetry={() => void refetch()} />
    );
  }
  return (
    <article className={classes['thread']}>
      <ThreadHeader thread={thread} />
      <OpenExceptions thread={thread} />
      {thread.lines.length > 0 && (
        <section className="panel" aria-labelledby="lines">
          <Title order={2} id="lines" className={classes['head']}>
            Lines
          </Title>
          <LinesTable lines={thread.lines} />
        </section>
      )}
      <section className="panel" aria-labelledby="timeline">
        <header className={classes['head']}>
          <Title order={2} id="timeline">
            Timeline
          </Title>
          <Link to="/replay" search={{ key: thread.id }} className="soft">
            Replay…
          </Link>
        </header>
        <Lanes steps={thread.steps} nextMove={thread.nextMove} />
      </section>
      <Attempts thread={thread.id} />
    </article>
  );
}
