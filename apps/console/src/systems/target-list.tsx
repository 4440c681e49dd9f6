import { Button } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Target } from '../api/contract.ts';
import { RelativeTime } from '../time/relative-time.tsx';
import { utcClock } from '../time/format.ts';
import { Mark } from '../vocabulary/mark.tsx';
import { breakerLook, holdLook } from '../vocabulary/states.ts';
import { count } from '../vocabulary/words.ts';
import classes from './target-list.module.css';

interface Acting {
  /** The system whose pause or resume is under way. */
  readonly busy: string | undefined;
  readonly onPause: (target: Target) => void;
  readonly onResume: (target: Target) => void;
}

export function TargetList({ targets, ...acting }: Acting & { readonly targets: readonly Target[] }) {
  return (
    <>
      <div className={classes['head']} aria-hidden>
        <span>System</span>
        <span>Deliveries</span>
        <span>Waiting</span>
        <span>Parked</span>
        <span>Limits</span>
        <span />
      </div>
      <ul className={classes['list']}>
        {targets.map((target) => (
          <Row key={target.system} target={target} {...acting} />
        ))}
      </ul>
    </>
  );
}

function Row({ target, busy, onPause, onResume }: Acting & { readonly target: Target }) {
  const { system, server, breaker, hold, waiting, parked, countedAt } = target;
  const held = hold?.by === 'person' || hold?.by === 'target';
  // Whoever mended a failing system or its login need not wait for its next probe.
  const resumable = held || hold?.by === 'login' || breaker === 'open';
  return (
    <li className={classes['row']} aria-label={system}>
      <div className={classes['system']}>
        <strong>{system}</strong>
        {server !== undefined && (
          <span className={classes['server']}>
            {server.product} {server.version} over {server.transport}
          </span>
        )}
      </div>
      <div className={classes['state']}>
        <Mark look={hold === undefined ? breakerLook(breaker) : holdLook(hold.by)} />
        {hold !== undefined && <Hold hold={hold} />}
      </div>
      <span className={classes['figure']} data-none={waiting === 0}>
        {count(waiting)} <span className={classes['unit']}>waiting</span>
        {countedAt !== undefined && (
          <span className="soft">
            {' '}
            <RelativeTime value={countedAt} />
          </span>
        )}
      </span>
      <span className={classes['figure']} data-none={parked === 0}>
        {parked === 0 ? (
          '0'
        ) : (
          <Link to="/exceptions" search={{ q: system }}>
            {count(parked)}
          </Link>
        )}{' '}
        <span className={classes['unit']}>parked</span>
      </span>
      <span className={classes['limits']}>
        {limitsOf(target).map((text) => (
          <span key={text}>{text}</span>
        ))}
      </span>
      <span className={classes['act']}>
        {resumable && (
          <Button
            size="xs"
            leftSection={<IconPlayerPlay size={15} stroke={1.8} />}
            loading={busy === system}
            aria-label={`Resume ${system}`}
            onClick={() => onResume(target)}
          >
            Resume
          </Button>
        )}
        {!held && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlayerPause size={15} stroke={1.8} />}
            loading={busy === system}
            aria-label={`Pause ${system}`}
            onClick={() => onPause(target)}
          >
            Pause…
          </Button>
        )}
      </span>
    </li>
  );
}

function Hold({ hold }: { readonly hold: NonNullable<Target['hold']> }) {
  return (
    <span className={classes['why']}>
      <span>{hold.reason}</span>
      <span className="soft">
        {hold.who !== undefined && `by ${hold.who}`}
        {hold.since !== undefined && (
          <>
            {hold.who !== undefined && ', '}
            <RelativeTime value={hold.since} />
          </>
        )}
        {hold.until !== undefined &&
          (hold.by === 'login'
            ? `, tried again at ${utcClock(hold.until)} UTC`
            : `until ${utcClock(hold.until)} UTC`)}
      </span>
    </span>
  );
}

function limitsOf({ limits, nodes }: Target): readonly string[] {
  const { concurrency, rate, burst, dailyBudget } = limits;
  return [
    ...(concurrency === undefined
      ? []
      : [`${concurrency} at once${nodes.length > 1 ? ` over ${nodes.length} nodes` : ''}`]),
    ...(rate === undefined ? [] : [burst === undefined ? rate : `${rate}, burst ${burst}`]),
    ...(dailyBudget === undefined
      ? []
      : [`${count(dailyBudget.used)} of ${count(dailyBudget.calls)} calls today`]),
  ];
}
