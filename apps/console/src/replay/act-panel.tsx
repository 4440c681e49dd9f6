import { CloseButton, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { BulkDetail } from '../api/contract.ts';
import { bulkQuery } from '../api/queries.ts';
import { BulkCourse } from '../bulk/bulk-course.tsx';
import { BulkSteps } from '../bulk/bulk-steps.tsx';
import { useSteering } from '../bulk/steering.ts';
import { thingsOf, VERB } from '../bulk/words.ts';
import { Failure, Loading } from '../feedback/notice.tsx';
import { Refused } from '../feedback/refused.tsx';
import { count } from '../vocabulary/words.ts';
import classes from './act-panel.module.css';

/** One act on many: how far it is, what a person can do next, what failed. Leaving it stops nothing. */
export function ActPanel({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const { data, error, refetch } = useQuery(bulkQuery(id));
  const steer = useSteering(id);
  return (
    <section className={`panel ${classes['act']}`} aria-labelledby="act">
      <header>
        <Title order={2} id="act">
          {data === undefined
            ? `Act ${id}`
            : `${VERB[data.act]} ${count(data.total)} ${thingsOf(data, data.total)}`}
        </Title>
        <CloseButton aria-label="Close this act" onClick={onClose} />
      </header>
      {data === undefined && error === null && <Loading what="the act" />}
      {error !== null && data === undefined && <Failure error={error} onRetry={() => void refetch()} />}
      {steer.error !== null && <Refused error={steer.error} />}
      {data !== undefined && (
        <>
          <BulkCourse bulk={data} />
          <BulkSteps
            bulk={data}
            pending={steer.isPending}
            onStep={(step) => steer.mutate(step)}
            onClose={onClose}
          />
          <Failed items={data.items.filter(({ state }) => state === 'failed')} />
        </>
      )}
    </section>
  );
}

function Failed({ items }: { readonly items: BulkDetail['items'] }) {
  if (items.length === 0) return null;
  return (
    <ul className={classes['failed']} aria-label="What failed">
      {items.map(({ thread, detail }) => (
        <li key={thread}>
          <Link to="/threads/$id" params={{ id: thread }}>
            {thread}
          </Link>
          <span className="soft">{detail}</span>
        </li>
      ))}
    </ul>
  );
}
