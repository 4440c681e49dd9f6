import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from './client.ts';
import type {
  Bulk,
  BulkDetail,
  Case,
  CaseDetail,
  ExceptionCase,
  ExceptionDetail,
  InvalidMessage,
  MappingPage,
  NodePage,
  Overview,
  Session,
  Target,
  Thread,
  ThreadAttempts,
  ThreadSummary,
} from './contract.ts';

export type CaseFilter = 'active' | 'open' | 'acknowledged' | 'ignored' | 'resolved' | 'all';
export type CaseSort = 'oldest' | 'value' | 'count' | 'newest';
export const CASE_PAGE = 25;
export const EXCEPTION_PAGE = 25;
/** How often an act on many is looked at while it goes. */
const BULK_LOOK_MS = 500;
const SYSTEMS_LOOK_MS = 3000;

/** Null when nobody is signed in, which is an answer and no failure. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: async () => (await call<Session | undefined>('GET', '/session')) ?? null,
});

export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  // The event stream keeps it fresh.
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: () => call<Overview>('GET', '/overview'),
});

export const threadsQuery = (q: string, limit: number) =>
  queryOptions({
    queryKey: ['threads', q, limit],
    queryFn: () =>
      call<{ items: ThreadSummary[] }>('GET', `/threads?q=${encodeURIComponent(q)}&limit=${limit}`),
  });

export const threadQuery = (id: string) =>
  queryOptions({
    queryKey: ['thread', id],
    queryFn: () => call<Thread>('GET', `/threads/${encodeURIComponent(id)}`),
  });

export const casesQuery = (filter: {
  readonly status: CaseFilter;
  readonly sort: CaseSort;
  readonly q: string;
  readonly page: number;
}) =>
  queryOptions({
    queryKey: ['cases', filter],
    placeholderData: keepPreviousData,
    queryFn: () => {
      const { status, sort, q, page } = filter;
      const search = new URLSearchParams({
        status,
        sort,
        q,
        limit: String(CASE_PAGE),
        offset: String(page * CASE_PAGE),
      });
      return call<{ items: Case[]; total: number }>('GET', `/cases?${search}`);
    },
  });

export const caseQuery = (id: string) =>
  queryOptions({
    queryKey: ['case', id],
    queryFn: () => call<CaseDetail>('GET', `/cases/${encodeURIComponent(id)}`),
  });

/** The orders of a case, the longest open first. */
export const exceptionsOfQuery = (id: string, status: 'open' | 'resolved', page: number) =>
  queryOptions({
    queryKey: ['exceptions', id, status, page],
    placeholderData: keepPreviousData,
    queryFn: () =>
      call<{ items: ExceptionCase[]; total: number }>(
        'GET',
        `/exceptions?case=${encodeURIComponent(id)}&status=${status}&limit=${EXCEPTION_PAGE}&offset=${page * EXCEPTION_PAGE}`,
      ),
  });

/** What holds one thread up. */
export const exceptionsOfThreadQuery = (thread: string) =>
  queryOptions({
    queryKey: ['exceptions', 'thread', thread],
    queryFn: () =>
      call<{ items: ExceptionCase[] }>(
        'GET',
        `/exceptions?status=open&limit=100&thread=${encodeURIComponent(thread)}`,
      ),
  });

export const attemptsQuery = (thread: string) =>
  queryOptions({
    queryKey: ['attempts', thread],
    queryFn: () => call<ThreadAttempts>('GET', `/threads/${encodeURIComponent(thread)}/attempts`),
  });

export const targetsQuery = queryOptions({
  queryKey: ['targets'],
  refetchInterval: SYSTEMS_LOOK_MS,
  queryFn: () => call<{ items: Target[] }>('GET', '/targets'),
});

export const nodesQuery = queryOptions({
  queryKey: ['nodes'],
  // Leases run on without anything that the overview would tell.
  refetchInterval: SYSTEMS_LOOK_MS,
  queryFn: () => call<NodePage>('GET', '/nodes'),
});

export const mappingsQuery = queryOptions({
  queryKey: ['mappings'],
  queryFn: () => call<MappingPage>('GET', '/mappings'),
});

export const exceptionQuery = (id: string | undefined) =>
  queryOptions({
    queryKey: ['exception', id],
    enabled: id !== undefined,
    queryFn: () => call<ExceptionDetail>('GET', `/exceptions/${encodeURIComponent(id ?? '')}`),
  });

/** Asks again while it goes. */
/** What the hub knows of flows and message types; as long as the page is open that does not change. */
export const replayChoicesQuery = queryOptions({
  queryKey: ['replay-choices'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: () =>
    call<{ flows: string[]; types: { system: string; type: string }[] }>('GET', '/replay-choices'),
});

export const bulkQuery = (id: string | undefined) =>
  queryOptions({
    queryKey: ['bulk', id],
    enabled: id !== undefined,
    queryFn: () => call<BulkDetail>('GET', `/bulk/${encodeURIComponent(id ?? '')}`),
    refetchInterval: ({ state }) =>
      state.data?.state === 'canary' || state.data?.state === 'running' ? BULK_LOOK_MS : false,
  });

export const bulksQuery = queryOptions({
  queryKey: ['bulk', 'newest'],
  queryFn: () => call<{ items: Bulk[] }>('GET', '/bulk?limit=20'),
  refetchInterval: ({ state }) =>
    state.data?.items.some((bulk) => bulk.state === 'canary' || bulk.state === 'running') === true
      ? 2 * BULK_LOOK_MS
      : false,
});

export const invalidMessagesQuery = queryOptions({
  queryKey: ['invalid-messages'],
  queryFn: () => call<{ items: InvalidMessage[] }>('GET', '/invalid-messages?limit=100'),
});

/** Keys of what an overview's change may have changed too. */
export const MOVING = [
  'threads',
  'thread',
  'attempts',
  'exceptions',
  'exception',
  'cases',
  'case',
  'invalid-messages',
  'targets',
  'mappings',
];
