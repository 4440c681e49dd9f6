import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import type { CaseFilter, CaseSort } from '../api/queries.ts';
import { CasePage } from '../exceptions/case-page.tsx';
import { CasesPage } from '../exceptions/cases-page.tsx';
import { InvalidMessagesPage } from '../exceptions/invalid-messages-page.tsx';
import { NotFound } from '../feedback/not-found.tsx';
import { MappingsPage } from '../mappings/mappings-page.tsx';
import { NodesPage } from '../nodes/nodes-page.tsx';
import { OverviewPage } from '../overview/overview-page.tsx';
import { ReplayPage } from '../replay/replay-page.tsx';
import { type ChosenInAddress, chosenIn } from '../replay/selection.ts';
import { SearchPage } from '../search/search-page.tsx';
import { SystemsPage } from '../systems/systems-page.tsx';
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

export interface CasesSearch {
  readonly status?: CaseFilter;
  readonly sort?: CaseSort;
  readonly q?: string;
  readonly page?: number;
  /** The exception whose drawer is open. */
  readonly id?: string;
}

const STATUSES: readonly string[] = ['open', 'acknowledged', 'ignored', 'resolved', 'all'];
const SORTS: readonly string[] = ['value', 'count', 'newest'];

const pageOf = (page: unknown) => (Number.isInteger(page) && Number(page) > 0 ? { page: Number(page) } : {});
const idOf = (id: unknown) => (id === undefined ? {} : { id: String(id) });

const exceptionsRoute = createRoute({ getParentRoute: () => rootRoute, path: '/exceptions' });

const casesRoute = createRoute({
  getParentRoute: () => exceptionsRoute,
  path: '/',
  validateSearch: ({ status, sort, q, page, id }): CasesSearch => ({
    ...(STATUSES.includes(String(status)) ? { status: status as CaseFilter } : {}),
    ...(SORTS.includes(String(sort)) ? { sort: sort as CaseSort } : {}),
    ...(q === undefined || q === '' ? {} : { q: String(q) }),
    ...pageOf(page),
    ...idOf(id),
  }),
  component: CasesPage,
});

const caseRoute = createRoute({
  getParentRoute: () => exceptionsRoute,
  path: '$case',
  validateSearch: ({ page, id }): { readonly page?: number; readonly id?: string } => ({
    ...pageOf(page),
    ...idOf(id),
  }),
  component: CasePage,
});

const invalidMessagesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/invalid-messages',
  component: InvalidMessagesPage,
});

const mappingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/mappings',
  component: MappingsPage,
});

const replayRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/replay',
  validateSearch: (search): { readonly act?: string } & ChosenInAddress => ({
    ...(search['act'] === undefined ? {} : { act: String(search['act']) }),
    ...chosenIn(search),
  }),
  component: ReplayPage,
});

const systemsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/systems',
  component: SystemsPage,
});

const nodesRoute = createRoute({ getParentRoute: () => rootRoute, path: '/nodes', component: NodesPage });

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    overviewRoute,
    searchRoute,
    threadRoute,
    exceptionsRoute.addChildren([casesRoute, caseRoute]),
    invalidMessagesRoute,
    mappingsRoute,
    replayRoute,
    systemsRoute,
    nodesRoute,
  ]),
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
