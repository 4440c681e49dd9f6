import { Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useRef } from 'react';
import type { ExceptionDetail } from '../api/contract.ts';
import { exceptionQuery } from '../api/queries.ts';
import { Failure, Loading } from '../feedback/notice.tsx';
import { RelativeTime } from '../time/relative-time.tsx';
import { Mark } from '../vocabulary/mark.tsx';
import { money } from '../vocabulary/money.ts';
import { stateLook } from '../vocabulary/states.ts';
import { humanise, plural } from '../vocabulary/words.ts';
import { CommandView } from './command-view.tsx';
import { ExceptionActions } from './exception-actions.tsx';
import classes from './exception-drawer.module.css';
import { Faults } from '../feedback/faults.tsx';
import { History } from './history.tsx';

/** All about one exception: what is wrong, who mends it and how, and the acts that do. Closed when no id is given. */
export function OpenedException({
  id,
  onClose,
}: {
  readonly id: string | undefined;
  readonly onClose: () => void;
}) {
  const { data, error, refetch } = useQuery(exceptionQuery(id));
  // What was shown stays while the drawer slides shut.
  const seen = useRef<ExceptionDetail>(undefined);
  if (data !== undefined) seen.current = data;
  const shown = data ?? (id === undefined ? seen.current : undefined);
  return (
    <Drawer
      opened={id !== undefined}
      onClose={onClose}
      position="right"
      size={520}
      padding="lg"
      title={shown === undefined ? 'Exception' : `Exception on ${shown.title}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
      classNames={{ title: classes['title'] ?? '' }}
      overlayProps={{ backgroundOpacity: 0.25 }}
    >
      {shown !== undefined && <Details key={shown.id} exception={shown} />}
      {shown === undefined && error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {shown === undefined && error === null && <Loading what="the exception" />}
    </Drawer>
  );
}

function Details({ exception }: { readonly exception: ExceptionDetail }) {
  return (
    <div className={classes['details']}>
      <div>
        <Mark look={stateLook(exception.status)} pill />
        <p className={classes['summary']}>{exception.summary}</p>
      </div>
      {exception.faults.length > 0 && <Faults faults={exception.faults} />}
      <section className={classes['remedy']}>
        <h3>What mends it</h3>
        <p>{exception.remedy}</p>
      </section>
      <ExceptionActions exception={exception} />
      <Facts exception={exception} />
      {exception.command !== undefined && (
        <CommandView command={exception.command} original={exception.original} />
      )}
      <section>
        <h3>What became of it</h3>
        <History deeds={exception.history} />
      </section>
    </div>
  );
}

function Facts({ exception }: { readonly exception: ExceptionDetail }) {
  const { units, amount, currency, promisedOn } = exception;
  return (
    <dl className={classes['facts']}>
      <Fact name="Next move">{humanise(exception.owner)}</Fact>
      <Fact name="Order">
        <Link to="/threads/$id" params={{ id: exception.thread }}>
          {exception.title}
        </Link>
      </Fact>
      {units !== undefined && (
        <Fact name="At risk">
          {amount !== undefined && currency !== undefined && `${money(currency, amount)} · `}
          {plural(Number(units), 'unit', 'units')}
        </Fact>
      )}
      {promisedOn !== undefined && <Fact name="Asked for">{promisedOn}</Fact>}
      <Fact name="Where">
        {humanise(exception.flow)}
        {exception.system !== undefined && ` to ${exception.system}`}
      </Fact>
      <Fact name="Kind">
        <Link to="/exceptions/$case" params={{ case: exception.case }} className="mono">
          {exception.code}
        </Link>
      </Fact>
      <Fact name="Opened">
        <RelativeTime value={exception.openedAt} />
        {exception.reopened > 0 && `, came back ${plural(exception.reopened, 'time', 'times')}`}
      </Fact>
      {exception.resolvedAt !== undefined && (
        <Fact name="Resolved">
          <RelativeTime value={exception.resolvedAt} />
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
