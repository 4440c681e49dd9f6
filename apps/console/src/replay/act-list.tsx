import { Title } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Bulk } from '../api/contract.ts';
import { bulksQuery } from '../api/queries.ts';
import { thingsOf, VERB } from '../bulk/words.ts';
import { Failure, Loading, Notice } from '../feedback/notice.tsx';
import { RelativeTime } from '../time/relative-time.tsx';
import { Mark } from '../vocabulary/mark.tsx';
import { actLook } from '../vocabulary/states.ts';
import { count } from '../vocabulary/words.ts';
import classes from './act-list.module.css';

/** The newest acts on many, of every kind: one that somebody started is found again here. */
export function ActList(props: {
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
}) {
  const { data, error, refetch } = useQuery(bulksQuery);
  return (
    <section className={`panel ${classes['acts']}`} aria-labelledby="acts">
      <Title order={2} id="acts" className={classes['title'] ?? ''}>
        Acts on many
      </Title>
      {data === undefined && error === null && <Loading what="acts" />}
      {error !== null && data === undefined && <Failure error={error} onRetry={() => void refetch()} />}
      {data?.items.length === 0 && (
        <Notice icon={IconHistory} title="None yet">
          Replays, and what was done to a whole case at once, stand here with how far they are.
        </Notice>
      )}
      {data !== undefined && data.items.length > 0 && (
        <ul className={classes['list']}>
          {data.items.map((bulk) => (
            <li key={bulk.id}>
              <button
                type="button"
                className={classes['row']}
                aria-pressed={bulk.id === props.chosen}
                onClick={() => props.onChoose(bulk.id)}
              >
                <Row bulk={bulk} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Row({ bulk }: { readonly bulk: Bulk }) {
  return (
    <>
      <span className={classes['what']}>
        {VERB[bulk.act]} {count(bulk.total)} {thingsOf(bulk, bulk.total)}
      </span>
      <Mark look={actLook(bulk.state)} />
      <span className="soft">
        {bulk.by}, <RelativeTime value={bulk.createdAt} />
        {bulk.failed > 0 && ` · ${count(bulk.failed)} failed`}
      </span>
    </>
  );
}
