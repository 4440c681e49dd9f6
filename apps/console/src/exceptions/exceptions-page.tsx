import { Group, Pagination, SegmentedControl, Title } from '@mantine/core';
import { IconChecks } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useRef } from 'react';
import type { ExceptionCase } from '../api/contract.ts';
import { EXCEPTION_PAGE, type ExceptionFilter, exceptionsQuery } from '../api/queries.ts';
import { Failure, Loading, Notice } from '../feedback/notice.tsx';
import { plural } from '../vocabulary/words.ts';
import { ExceptionDrawer } from './exception-drawer.tsx';
import { ExceptionList } from './exception-list.tsx';
import classes from './exceptions-page.module.css';

const FILTERS: { value: ExceptionFilter; label: string }[] = [
  { value: 'open', label: 'Open' },
  { value: 'resolved', label: 'Resolved' },
  { value: 'all', label: 'All' },
];

/** What needs a person, or needed one. */
export function ExceptionsPage() {
  const { status = 'open', page = 0, id } = useSearch({ from: '/exceptions' });
  const navigate = useNavigate({ from: '/exceptions' });
  const { data, error, refetch } = useQuery(exceptionsQuery(status, page));
  const shown = useLastSeen(data?.items, id);
  const pages = Math.ceil((data?.total ?? 0) / EXCEPTION_PAGE);
  const show = (chosen: string | undefined) =>
    void navigate({
      search: ({ id: _closed, ...rest }) => (chosen === undefined ? rest : { ...rest, id: chosen }),
      replace: true,
      resetScroll: false,
    });
  return (
    <>
      <Group justify="space-between" mb="md">
        <Title order={1}>Exceptions</Title>
        <SegmentedControl
          aria-label="Which exceptions"
          data={FILTERS}
          value={status}
          onChange={(value) => void navigate({ search: { status: value as ExceptionFilter } })}
        />
      </Group>
      <section className={`panel ${classes['cases']}`} aria-label="Exceptions">
        {data === undefined && error === null && <Loading what="exceptions" />}
        {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
        {data?.items.length === 0 && <NoExceptions status={status} />}
        {data !== undefined && data.items.length > 0 && (
          <ExceptionList cases={data.items} chosen={id} onChoose={show} />
        )}
      </section>
      <Group justify="space-between" mt="sm" mih={32}>
        <span className="soft" aria-live="polite">
          {data !== undefined && plural(data.total, 'exception', 'exceptions')}
        </span>
        {pages > 1 && (
          <Pagination
            size="sm"
            total={pages}
            value={page + 1}
            onChange={(value) => void navigate({ search: { status, page: value - 1 } })}
          />
        )}
      </Group>
      <ExceptionDrawer
        exception={shown}
        opened={id !== undefined && shown !== undefined}
        onClose={() => show(undefined)}
      />
    </>
  );
}

/** The chosen case stays in the drawer after it has left the list, e.g. because a retry resolved it. */
function useLastSeen(cases: readonly ExceptionCase[] | undefined, id: string | undefined) {
  const seen = useRef<ExceptionCase>(undefined);
  const current = cases?.find((candidate) => candidate.id === id);
  if (current !== undefined) seen.current = current;
  return id === undefined || seen.current?.id === id ? seen.current : undefined;
}

function NoExceptions({ status }: { readonly status: ExceptionFilter }) {
  return status === 'open' ? (
    <Notice icon={IconChecks} title="Nothing needs a person">
      When an order cannot go on by itself, it stands here with its cause, its owner and the way to mend it.
    </Notice>
  ) : (
    <Notice icon={IconChecks} title={status === 'resolved' ? 'None was resolved yet' : 'No exceptions yet'} />
  );
}
