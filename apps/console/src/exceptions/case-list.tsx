import { IconAlarm, IconArrowRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Case } from '../api/contract.ts';
import { Age } from '../time/age.tsx';
import { RelativeTime } from '../time/relative-time.tsx';
import { atRisk } from '../vocabulary/money.ts';
import { Mark } from '../vocabulary/mark.tsx';
import { stateLook } from '../vocabulary/states.ts';
import { count, humanise, ownWords, plural } from '../vocabulary/words.ts';
import classes from './case-list.module.css';

/** What fails alike, each with what it holds up and its one next move. */
export function CaseList({ cases }: { readonly cases: readonly Case[] }) {
  return (
    <>
      <div className={classes['head']} aria-hidden>
        <span>State</span>
        <span>What fails</span>
        <span>Orders</span>
        <span>At risk</span>
        <span>Oldest</span>
      </div>
      <ul className={classes['list']}>
        {cases.map((one) => (
          <li key={one.id}>
            <Link to="/exceptions/$case" params={{ case: one.id }} className={classes['row']}>
              <Row one={one} />
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}

function Row({ one }: { readonly one: Case }) {
  const { status, message, flow, system, queue, assignee, open, next, oldestOpenAt, lastSeenAt } = one;
  return (
    <>
      <span className={classes['state']}>
        <Mark look={stateLook(status)} />
      </span>
      <span className={classes['what']}>
        <span className={classes['message']}>{ownWords(message)}</span>
        <span className="soft">
          {humanise(flow)}
          {system !== undefined && ` to ${system}`}
          {` · ${assignee === undefined ? humanise(queue) : `${assignee}, ${humanise(queue)}`}`}
        </span>
        {next.act !== 'none' && (
          <span className={classes['next']}>
            <IconArrowRight size={15} stroke={2} aria-hidden />
            <span>{next.what}</span>
          </span>
        )}
      </span>
      <span className={classes['orders']}>
        {count(open)}
        <span className={classes['unit']}> {open === 1 ? 'order' : 'orders'}</span>
      </span>
      <span className={classes['risk']}>
        {atRisk(one).map((text) => (
          <span key={text}>{text}</span>
        ))}
        <span className="soft">{plural(Number(one.units), 'unit', 'units')}</span>
      </span>
      <span className={classes['age']}>
        {oldestOpenAt === undefined ? <RelativeTime value={lastSeenAt} /> : <Age since={oldestOpenAt} />}
        {one.overdue && one.dueAt !== undefined && (
          <span className={classes['overdue']}>
            <IconAlarm size={14} stroke={2} aria-hidden />
            <Age since={one.dueAt} after="over" />
          </span>
        )}
      </span>
    </>
  );
}
