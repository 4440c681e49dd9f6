import { Group, Pagination, SegmentedControl, Select, TextInput, Title } from '@mantine/core';
import { IconChecks, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { CASE_PAGE, type CaseFilter, type CaseSort, casesQuery } from '../api/queries.ts';
import { Failure, Loading, Notice } from '../feedback/notice.tsx';
import { plural } from '../vocabulary/words.ts';
import { CaseList } from './case-list.tsx';
import classes from './cases-page.module.css';
import { OpenedException } from './exception-drawer.tsx';

const FILTERS: { value: CaseFilter; label: string }[] = [
  { value: 'active', label: 'Active' },
  { value: 'ignored', label: 'Ignored' },
  { value: 'resolved', label: 'Resolved' },
  { value: 'all', label: 'All' },
];
const SORTS: { value: CaseSort; label: string }[] = [
  { value: 'oldest', label: 'Longest open' },
  { value: 'value', label: 'Most at risk' },
  { value: 'count', label: 'Most orders' },
  { value: 'newest', label: 'Last seen' },
];
/** A search goes out when the typing pauses. */
const PAUSE_MS = 300;

/** What needs a person, or needed one, by what fails alike. */
export function CasesPage() {
  const { status = 'active', sort = 'oldest', q = '', page = 0, id } = useSearch({ from: '/exceptions/' });
  const navigate = useNavigate({ from: '/exceptions/' });
  const { data, error, refetch } = useQuery(casesQuery({ status, sort, q, page }));
  const [words, setWords] = useState(q);
  useEffect(() => {
    if (words === q) return undefined;
    const timer = setTimeout(
      () => void navigate({ search: ({ page: _page, ...rest }) => ({ ...rest, q: words }) }),
      PAUSE_MS,
    );
    return () => clearTimeout(timer);
  }, [words, q, navigate]);
  const pages = Math.ceil((data?.total ?? 0) / CASE_PAGE);
  return (
    <>
      <Group justify="space-between" mb="md">
        <Title order={1}>Exceptions</Title>
        <SegmentedControl
          aria-label="Which cases"
          data={FILTERS}
          value={status}
          onChange={(value) => void navigate({ search: { sort, q, status: value as CaseFilter } })}
        />
      </Group>
      <Group mb="md" gap="sm">
        <TextInput
          aria-label="Search the cases"
          placeholder="Words of the failure, or an order’s number"
          leftSection={<IconSearch size={16} stroke={1.8} />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          className={classes['search'] ?? ''}
        />
        <Select
          aria-label="In which order"
          data={SORTS}
          value={sort}
          allowDeselect={false}
          w={160}
          onChange={(value) => void navigate({ search: { status, q, sort: value as CaseSort } })}
        />
      </Group>
      <section className={`panel ${classes['cases']}`} aria-label="Cases">
        {data === undefined && error === null && <Loading what="cases" />}
        {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
        {data?.items.length === 0 && <NoCases status={status} searched={q !== ''} />}
        {data !== undefined && data.items.length > 0 && <CaseList cases={data.items} />}
      </section>
      <Group justify="space-between" mt="sm" mih={32}>
        <span className="soft" aria-live="polite">
          {data !== undefined && plural(data.total, 'kind of failure', 'kinds of failure')}
        </span>
        {pages > 1 && (
          <Pagination
            size="sm"
            total={pages}
            value={page + 1}
            onChange={(value) => void navigate({ search: { status, sort, q, page: value - 1 } })}
          />
        )}
      </Group>
      <OpenedException
        id={id}
        onClose={() =>
          void navigate({ search: ({ id: _closed, ...rest }) => rest, replace: true, resetScroll: false })
        }
      />
    </>
  );
}

function NoCases({ status, searched }: { readonly status: CaseFilter; readonly searched: boolean }) {
  if (searched) return <Notice icon={IconSearch} title="No case fits these words" />;
  return status === 'active' ? (
    <Notice icon={IconChecks} title="Nothing needs a person">
      When orders cannot go on by themselves, what fails alike stands here with what it holds up and the way
      to mend it.
    </Notice>
  ) : (
    <Notice icon={IconChecks} title="None" />
  );
}
