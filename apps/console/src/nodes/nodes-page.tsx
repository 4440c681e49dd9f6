import { Title } from '@mantine/core';
import { IconServerOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { NodePage } from '../api/contract.ts';
import { nodesQuery } from '../api/queries.ts';
import { Failure, Loading, Notice } from '../feedback/notice.tsx';
import { Outcome } from '../feedback/outcome.tsx';
import { count, plural } from '../vocabulary/words.ts';
import { NodeList } from './node-list.tsx';
import classes from './nodes-page.module.css';
import { runs } from './runs.ts';

/** The hub's processes: which are alive, what each does, which keys are whose. */
export function NodesPage() {
  const { data, error, refetch } = useQuery(nodesQuery);
  return (
    <>
      <Title order={1}>Nodes</Title>
      <p className={`soft ${classes['lead']}`}>
        The processes of this hub. Every business key belongs to a partition, and every partition to one node;
        one that falls silent for longer than its lease is taken over by the others.
      </p>
      {data === undefined && error === null && <Loading what="nodes" />}
      {error !== null && data === undefined && <Failure error={error} onRetry={() => void refetch()} />}
      {data !== undefined && <Found page={data} />}
    </>
  );
}

function Found({ page }: { readonly page: NodePage }) {
  const { items, unowned, partitions } = page;
  const alive = items.filter((node) => node.alive).length;
  return (
    <>
      {unowned.length > 0 && (
        <div className={classes['warning']}>
          <Outcome
            tone="bad"
            title={`${plural(unowned.length, 'partition belongs', 'partitions belong')} to no node`}
          >
            {runs(unowned)}: what concerns their keys waits. A worker takes them over within its lease; when
            none does, start one.
          </Outcome>
        </div>
      )}
      <section className={`panel ${classes['nodes']}`} aria-label="Nodes">
        {items.length === 0 ? (
          <Notice icon={IconServerOff} title="No node has announced itself within a day" />
        ) : (
          <NodeList nodes={items} partitions={partitions} />
        )}
      </section>
      <p className={`soft ${classes['sum']}`} aria-live="polite">
        {count(alive)} of {plural(items.length, 'node', 'nodes')} alive, {count(partitions - unowned.length)}{' '}
        of {plural(partitions, 'partition', 'partitions')} owned
      </p>
    </>
  );
}
