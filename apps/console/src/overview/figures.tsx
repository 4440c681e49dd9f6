import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Overview } from '../api/contract.ts';
import { RelativeTime } from '../time/relative-time.tsx';
import { count, rate } from '../vocabulary/words.ts';
import classes from './figures.module.css';

/** The four figures that say whether the hub keeps up. */
export function Figures({ overview }: { readonly overview: Overview }) {
  const open = overview.openExceptions;
  return (
    <dl className={classes['figures']}>
      <Figure label="Orders" value={rate(overview.rate.ordersPerSecond)} unit="per second" />
      <Figure label="Messages" value={rate(overview.rate.messagesPerSecond)} unit="per second" />
      <Figure
        label="Backlog"
        value={count(overview.backlog)}
        unit={
          overview.countedAt === undefined ? (
            'waiting to be processed'
          ) : (
            <>
              waiting to be processed, counted <RelativeTime value={overview.countedAt} />
            </>
          )
        }
      />
      <Figure
        label="Exceptions"
        value={count(open)}
        unit={open === 0 ? 'nothing needs a person' : <Link to="/exceptions">need a person</Link>}
      />
    </dl>
  );
}

function Figure(props: { readonly label: string; readonly value: string; readonly unit: ReactNode }) {
  return (
    <div>
      <dt>{props.label}</dt>
      <dd>
        <span className={classes['value']}>{props.value}</span> <span className="soft">{props.unit}</span>
      </dd>
    </div>
  );
}
