import { Title } from '@mantine/core';
import { IconPackages } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { overviewQuery, threadsQuery } from '../api/queries.ts';
import { Failure, Loading, Notice } from '../feedback/notice.tsx';
import { ThreadList } from '../search/thread-list.tsx';
import { Figures } from './figures.tsx';
import { Journey } from './journey.tsx';
import classes from './overview-page.module.css';
import { Targets } from './targets.tsx';

const LATEST = 10;

export function OverviewPage() {
  const { data: overview, error, refetch } = useQuery(overviewQuery);
  if (overview === undefined) {
    return error === null ? (
      <Loading what="the overview" />
    ) : (
      <Failure error={error} onRetry={() => void refetch()} />
    );
  }
  return (
    <>
      <Title order={1} className="visually-hidden">
        Overview
      </Title>
      <Figures overview={overview} />
      <Journey orders={overview.orders} />
      <div className={classes['columns']}>
        <LatestThreads />
        <Targets targets={overview.targets} streams={overview.streams} countedAt={overview.countedAt} />
      </div>
    </>
  );
}

function LatestThreads() {
  const { data, error, refetch } = useQuery(threadsQuery('', LATEST));
  return (
    <section className={`panel ${classes['panel']}`} aria-labelledby="latest">
      <header className={classes['head']}>
        <Title order={2} id="latest">
          Latest orders
        </Title>
        <Link to="/search" search={{ q: '' }} className="soft">
          More
        </Link>
      </header>
      {data === undefined && error === null && <Loading what="orders" />}
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {data?.items.length === 0 && (
        <Notice icon={IconPackages} title="No orders yet">
          The first one appears here when a deal is won in the CRM.
        </Notice>
      )}
      {data !== undefined && data.items.length > 0 && <ThreadList threads={data.items} />}
    </section>
  );
}
