import { Title } from '@mantine/core';
import { IconChevronDown, IconHandFinger } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Attempt, HandAct } from '../api/contract.ts';
import { attemptsQuery } from '../api/queries.ts';
import { Failure, Loading } from '../feedback/notice.tsx';
import { duration, utc } from '../time/format.ts';
import { RelativeTime } from '../time/relative-time.tsx';
import { Mark } from '../vocabulary/mark.tsx';
import { outcomeLook } from '../vocabulary/states.ts';
import { humanise, plural } from '../vocabulary/words.ts';
import classes from './attempts.module.css';
import { ExchangeView } from './exchange-view.tsx';

/** Every try of every delivery with what was said in it. Read when somebody opens it: it may be much. */
export function Attempts({ thread }: { readonly thread: string }) {
  const [opened, setOpened] = useState(false);
  return (
    <details
      className={`panel ${classes['attempts']}`}
      onToggle={(event) => {
        if (event.target === event.currentTarget) setOpened(event.currentTarget.open);
      }}
    >
      <summary className={classes['head']}>
        <Title order={2}>Attempts</Title>
        <span className="soft">requests and responses, redacted; what people did by hand</span>
        <IconChevronDown size={16} stroke={1.8} aria-hidden />
      </summary>
      {opened && <Record thread={thread} />}
    </details>
  );
}

function Record({ thread }: { readonly thread: string }) {
  const { data, error, refetch } = useQuery(attemptsQuery(thread));
  if (data === undefined) {
    return error === null ? (
      <Loading what="attempts" />
    ) : (
      <Failure error={error} onRetry={() => void refetch()} />
    );
  }
  const deliveries = Map.groupBy(data.attempts, ({ delivery }) => delivery);
  const others = data.actions.filter(({ delivery }) => delivery === undefined || !deliveries.has(delivery));
  if (deliveries.size + others.length === 0)
    return (
      <p className={`soft ${classes['none']}`}>
        Nothing was sent for it yet, or what was said is no longer kept.
      </p>
    );
  return (
    <ol className={classes['deliveries']}>
      {[...deliveries].map(([id, attempts]) => (
        <Delivery
          key={id}
          attempts={attempts}
          acts={data.actions.filter(({ delivery }) => delivery === id)}
        />
      ))}
      {others.map((act) => (
        <ByHand key={`${act.at} ${act.action}`} act={act} />
      ))}
    </ol>
  );
}

function Delivery(props: { readonly attempts: readonly Attempt[]; readonly acts: readonly HandAct[] }) {
  const { attempts, acts } = props;
  const [first] = attempts;
  if (first === undefined) return null;
  const parts: readonly { readonly at: string; readonly shown: ReactNode }[] = [
    ...attempts.map((attempt, index) => ({
      at: attempt.at,
      shown: <Try key={`${attempt.at} ${index}`} attempt={attempt} />,
    })),
    ...acts.map((act) => ({ at: act.at, shown: <ByHand key={`${act.at} ${act.action}`} act={act} /> })),
  ].sort((a, b) => a.at.localeCompare(b.at));
  return (
    <li>
      <h3>
        {humanise(first.what)} <span className="soft">to {first.system}</span>
        {attempts.length > 1 && (
          <span className="soft"> · {plural(attempts.length, 'attempt', 'attempts')}</span>
        )}
      </h3>
      <ol>{parts.map(({ shown }) => shown)}</ol>
    </li>
  );
}

function Try({ attempt }: { readonly attempt: Attempt }) {
  const { at, attempt: number, outcome, code, detail, tookMs, node, software, exchanges } = attempt;
  return (
    <li>
      <details className={classes['try']}>
        <summary>
          <span className={classes['number']}>{number}</span>
          <Mark look={outcomeLook(outcome)} />
          <span className={classes['detail']}>{detail}</span>
          <span className={`soft ${classes['took']}`}>
            {duration(tookMs)}, <RelativeTime value={at} />
          </span>
        </summary>
        <div className={classes['whole']}>
          <p className="soft">
            {utc(at)} by {node}
            {software !== undefined && ` (${software})`}
            {code !== undefined && (
              <>
                , <span className="mono">{code}</span>
              </>
            )}
          </p>
          {exchanges.length === 0 && <p className="soft">What was said is not kept, or nothing was.</p>}
          {exchanges.map((exchange, index) => (
            <ExchangeView key={`${exchange.at} ${index}`} exchange={exchange} />
          ))}
        </div>
      </details>
    </li>
  );
}

function ByHand({ act }: { readonly act: HandAct }) {
  return (
    <li className={classes['hand']}>
      <IconHandFinger size={16} stroke={1.8} aria-hidden />
      <span>
        {humanise(act.action)} <span className="soft">by {act.actor}</span>
        {act.reason !== undefined && <span className="soft">: {act.reason}</span>}
      </span>
      <span className={`soft ${classes['took']}`}>
        <RelativeTime value={act.at} />
      </span>
    </li>
  );
}
