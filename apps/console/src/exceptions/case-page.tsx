import { Anchor, Group, Pagination, Title } from '@mantine/core';
import { IconArrowLeft, IconChecks } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Case, CaseDetail } from '../api/contract.ts';
import { caseQuery, EXCEPTION_PAGE, exceptionsOfQuery } from '../api/queries.ts';
import { Failure, Loading, Notice } from '../feedback/notice.tsx';
import { Age } from '../time/age.tsx';
import { RelativeTime } from '../time/relative-time.tsx';
import { atRisk } from '../vocabulary/money.ts';
import { Mark } from '../vocabulary/mark.tsx';
import { stateLook } from '../vocabulary/states.ts';
import { count, humanise, ownWords, plural } from '../vocabulary/words.ts';
import { CaseActions } from './case-actions.tsx';
import classes from './case-page.module.css';
import { OpenedException } from './exception-drawer.tsx';
import { ExceptionList } from './exception-list.tsx';
import { History } from './history.tsx';

/** One kind of failure: what it holds up, its next move, and its orders. */
export function CasePage() {
  const { case: id } = useParams({ from: '/exceptions/$case' });
  const { data, error, refetch } = useQuery(caseQuery(id));
  return (
    <>
      <Anchor component={Link} to="/exceptions" size="sm" className={classes['back'] ?? ''}>
        <IconArrowLeft size={15} stroke={2} aria-hidden /> All exceptions
      </Anchor>
      {data === undefined && error === null && <Loading what="the case" />}
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {data !== undefined && <Details one={data} />}
    </>
  );
}

function Details({ one }: { readonly one: CaseDetail }) {
  return (
    <>
      <header className={classes['header']}>
        <Mark look={stateLook(one.status)} pill />
        <Title order={1}>{ownWords(one.message)}</Title>
        <p className="soft">{one.meaning}</p>
      </header>
      <CaseActions key={one.id} one={one} />
      <Facts one={one} />
      <Orders one={one} />
      {one.history.length > 0 && (
        <section className={classes['history']}>
          <h2>What people did</h2>
          <History deeds={one.history} />
        </section>
      )}
    </>
  );
}

function Facts({ one }: { readonly one: Case }) {
  return (
    <dl className={classes['facts']}>
      <Fact name="Orders held up">{count(one.open)}</Fact>
      <Fact name="At risk">{[...atRisk(one), plural(Number(one.units), 'unit', 'units')].join(' · ')}</Fact>
      {one.oldestOpenAt !== undefined && (
        <Fact name="Longest open">
          <Age since={one.oldestOpenAt} />
          {one.overdue && one.dueAt !== undefined && (
            <>
              , <Age since={one.dueAt} after="over its service level" />
            </>
          )}
        </Fact>
      )}
      {one.promisedOn !== undefined && <Fact name="First asked for">{one.promisedOn}</Fact>}
      <Fact name="Looked after by">
        {one.assignee === undefined ? humanise(one.queue) : `${one.assignee}, ${humanise(one.queue)}`}
      </Fact>
      <Fact name="Where">
        {humanise(one.flow)}
        {one.system !== undefined && ` to ${one.system}`} · <span className="mono">{one.code}</span>
      </Fact>
      <Fact name="Seen">
        {plural(one.seen, 'time', 'times')}, last <RelativeTime value={one.lastSeenAt} />
      </Fact>
      {one.acknowledged !== undefined && (
        <Fact name="Acknowledged">
          {one.acknowledged.by}, <RelativeTime value={one.acknowledged.at} />
        </Fact>
      )}
      {one.runbook !== undefined && (
        <Fact name="Runbook">
          {/^https?:\/\//.test(one.runbook) ? (
            <a href={one.runbook} rel="noreferrer" target="_blank">
              {one.runbook}
            </a>
          ) : (
            one.runbook
          )}
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

function Orders({ one }: { readonly one: Case }) {
  const { page = 0, id } = useSearch({ from: '/exceptions/$case' });
  const navigate = useNavigate({ from: '/exceptions/$case' });
  const status = one.open > 0 ? 'open' : 'resolved';
  const { data, error, refetch } = useQuery(exceptionsOfQuery(one.id, status, page));
  const pages = Math.ceil((data?.total ?? 0) / EXCEPTION_PAGE);
  const show = (chosen: string | undefined) =>
    void navigate({
      search: ({ id: _closed, ...rest }) => (chosen === undefined ? rest : { ...rest, id: chosen }),
      replace: true,
      resetScroll: false,
    });
  return (
    <>
      <h2 className={classes['title']}>
        {status === 'open' ? 'Orders that wait' : 'Orders that were mended'}
      </h2>
      <section className={`panel ${classes['orders']}`} aria-label="Orders">
        {data === undefined && error === null && <Loading what="orders" />}
        {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
        {data?.items.length === 0 && <Notice icon={IconChecks} title="None is kept any more" />}
        {data !== undefined && data.items.length > 0 && (
          <ExceptionList cases={data.items} chosen={id} onChoose={show} />
        )}
      </section>
      {pages > 1 && (
        <Group justify="flex-end" mt="sm">
          <Pagination
            size="sm"
            total={pages}
            value={page + 1}
            onChange={(value) => void navigate({ search: { page: value - 1 } })}
          />
        </Group>
      )}
      <OpenedException id={id} onClose={() => show(undefined)} />
    </>
  );
}
