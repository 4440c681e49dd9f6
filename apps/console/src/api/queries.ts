import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from './client.ts';
import type { ExceptionCase, InvalidMessage, Overview, Session, Thread, ThreadSummary } from './contract.ts';

export type ExceptionFilter = 'open' | 'resolved' | 'all';
export const EXCEPTION_PAGE = 25;

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

export const exceptionsQuery = (status: ExceptionFilter, page: number) =>
  queryOptions({
    queryKey: ['exceptions', status, page],
    placeholderData: keepPreviousData,
    queryFn: () =>
      call<{ items: ExceptionCase[]; total: number }>(
        'GET',
        `/exceptions?status=${status}&limit=${EXCEPTION_PAGE}&offset=${page * EXCEPTION_PAGE}`,
      ),
  });

export const invalidMessagesQuery = queryOptions({
  queryKey: ['invalid-messages'],
  queryFn: () => call<{ items: InvalidMessage[] }>('GET', '/invalid-messages?limit=100'),
});

/** Keys of what an overview's change may have changed too. */
export const MOVING = ['threads', 'thread', 'exceptions', 'invalid-messages'];
