import { Title } from '@mantine/core';
import { IconSearchOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Navigate, useSearch } from '@tanstack/react-router';
import { threadsQuery } from '../api/queries.ts';
import { Failure, Loading, Notice } from '../feedback/notice.tsx';
import { plural } from '../vocabulary/words.ts';
import classes from './search-page.module.css';
import { ThreadList } from './thread-list.tsx';

const MOST = 50;

export function SearchPage() {
  const { q } = useSearch({ from: '/search' });
  const { data, error, isPending, refetch } = useQuery(threadsQuery(q, MOST));
  if (isPending) return <Loading what="orders" />;
  if (error !== null) return <Failure error={error} onRetry={() => void refetch()} />;
  const [only, ...others] = data.items;
  if (q !== '' && only !== undefined && others.length === 0) {
    return <Navigate to="/threads/$id" params={{ id: only.id }} replace />;
  }
  return (
    <>
      <Title order={1} mb="md">
        {q === '' ? 'Orders that moved last' : `Orders found by “${q}”`}
      </Title>
      <section className={`panel ${classes['results']}`} aria-label="Orders">
        {data.items.length === 0 ? (
          <Notice icon={IconSearchOff} title="No order carries this identifier">
            Search by opportunity, customer PO, Odoo order, release or tracking number. An order appears here
            as soon as the hub has accepted it.
          </Notice>
        ) : (
          <ThreadList threads={data.items} />
        )}
      </section>
      <p className="soft" aria-live="polite">
        {data.items.length === MOST && `The first ${MOST}.`}
        {data.items.length > 0 && data.items.length < MOST && plural(data.items.length, 'order', 'orders')}
      </p>
    </>
  );
}
