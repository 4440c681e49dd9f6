import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import type { ExceptionFilter } from '../api/queries.ts';
import { ExceptionsPage } from '../exceptions/exceptions-page.tsx';
import { InvalidMessagesPage } from '../exceptions/invalid-messages-page.tsx';
import { NotFound } from '../feedback/not-found.tsx';
import { OverviewPage } from '../overview/overview-page.tsx';
import { SearchPage } from '../search/search-page.tsx';
import { ThreadPage } from '../thread/thread-page.tsx';
import { Root } from './root.tsx';

const rootRoute = createRootRoute({ component: Root, notFoundComponent: NotFound });

const overviewRoute = createRoute({ getParentRoute: () => rootRoute, path: '/', component: OverviewPage });

const searchRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/search',
  // A number in the address arrives as one; people search for text.
  validateSearch: (search): { q: string } => ({ q: search['q'] === undefined ? '' : String(search['q']) }),
  component: SearchPage,
});

const threadRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/threads/$id',
  component: ThreadPage,
});

export interface ExceptionSearch {
  readonly status?: ExceptionFilter;
  readonly page?: number;
  /** The one whose drawer is open. */
  readonly id?: string;
}

const exceptionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/exceptions',
  validateSearch: ({ status, page, id }): ExceptionSearch => ({
    ...(status === 'resolved' || status === 'all' ? { status } : {}),
    ...(typeof page === 'number' && Number.isInteger(page) && page > 0 ? { page } : {}),
    ...(id === undefined ? {} : { id: String(id) }),
  }),
  component: ExceptionsPage,
});

const invalidMessagesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/invalid-messages',
  component: InvalidMessagesPage,
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    overviewRoute,
    searchRoute,
    threadRoute,
    exceptionsRoute,
    invalidMessagesRoute,
  ]),
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
