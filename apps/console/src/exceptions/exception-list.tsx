import type { ExceptionCase } from '../api/contract.ts';
import { RelativeTime } from '../time/relative-time.tsx';
import { Mark } from '../vocabulary/mark.tsx';
import { stateLook } from '../vocabulary/states.ts';
import { humanise, plural } from '../vocabulary/words.ts';
import classes from './exception-list.module.css';

export function ExceptionList(props: {
  readonly cases: readonly ExceptionCase[];
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
}) {
  return (
    <>
      <div className={classes['head']} aria-hidden>
        <span>State</span>
        <span>Cause</span>
        <span>Order</span>
        <span>Owner</span>
        <span>Opened</span>
      </div>
      <ul className={classes['list']}>
        {props.cases.map((exception) => (
          <li key={exception.id}>
            <button
              type="button"
              className={classes['row']}
              data-chosen={exception.id === props.chosen}
              onClick={() => props.onChoose(exception.id)}
            >
              <Row exception={exception} />
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function Row({ exception }: { readonly exception: ExceptionCase }) {
  const { status, summary, flow, system, faults, title, owner, openedAt } = exception;
  return (
    <>
      <span className={classes['state']}>
        <Mark look={stateLook(status)} />
      </span>
      <span className={classes['cause']}>
        <span className={classes['summary']}>{summary}</span>
        <span className="soft">
          {humanise(flow)}
          {system !== undefined && ` to ${system}`}
          {faults.length > 1 && ` · ${plural(faults.length, 'fault', 'faults')}`}
        </span>
      </span>
      <span className={classes['order']}>{title}</span>
      <span className={classes['owner']}>{humanise(owner)}</span>
      <span className={classes['age']}>
        <RelativeTime value={openedAt} />
      </span>
    </>
  );
}
