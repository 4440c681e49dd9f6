import Type from 'typebox';
import { Problem } from '../problems/problem.ts';
import type { GatewayServer } from '../server.ts';
import { attemptRoutes } from './attempts.ts';
import type { OverviewFeed } from './overview-feed.ts';
import { nodeRoutes } from './nodes.ts';
import type { Operations } from './port.ts';
import { answers, Done, Id, Limit, Offset, security } from './route-parts.ts';
import { targetRoutes } from './targets.ts';

export interface OperationsRoutesOptions {
  readonly operations: Operations;
  readonly feed: OverviewFeed;
}

const ExceptionStatus = Type.Enum(['open', 'resolved', 'all'], { default: 'open' });
const Discard = Type.Object({
  reason: Type.String({
    minLength: 1,
    maxLength: 2000,
    pattern: '\\S',
    description: 'Kept with the exception.',
  }),
});

/** What people and the command line ask of the hub, version 1. Guarded: register it inside a guarded scope. */
export async function operationsRoutes(app: GatewayServer, options: OperationsRoutesOptions): Promise<void> {
  readRoutes(app, options);
  attemptRoutes(app, options.operations);
  exceptionRoutes(app, options);
  targetRoutes(app, options.operations);
  nodeRoutes(app, options.operations);

  app.get(
    '/events',
    {
      schema: {
        summary: 'The overview as it changes',
        description:
          'Server-sent events. `overview` carries an Overview, at most once a second and only when it changed; `trouble` a Problem while the hub cannot tell. Ends when the session ends.',
        tags: ['operations'],
        security,
        produces: ['text/event-stream'],
      },
    },
    (request, reply) => options.feed.watch(request, reply),
  );
}

function readRoutes(app: GatewayServer, { operations }: OperationsRoutesOptions): void {
  const tags = ['operations'];

  app.get(
    '/overview',
    {
      schema: {
        summary: 'Orders by stage, backlog, targets',
        tags,
        security,
        response: answers(Type.Ref('Overview')),
      },
    },
    async () => operations.overview(),
  );

  app.get(
    '/threads',
    {
      schema: {
        summary: 'Find threads by any identifier',
        description: 'Without `q`: the threads that moved last.',
        tags,
        security,
        querystring: Type.Object({ q: Type.String({ maxLength: 200, default: '' }), limit: Limit(20) }),
        response: answers(Type.Ref('ThreadPage')),
      },
    },
    async ({ query }) => ({ items: await operations.searchThreads(query.q.trim(), query.limit) }),
  );

  app.get(
    '/threads/:id',
    {
      schema: {
        summary: 'One order’s thread',
        tags,
        security,
        params: Id,
        response: answers(Type.Ref('Thread')),
      },
    },
    async ({ params }) => {
      const thread = await operations.thread(params.id);
      if (thread !== undefined) return thread;
      throw new Problem(
        'not_found',
        `No thread has the id ${JSON.stringify(params.id)}. Search by another identifier with /api/v1/threads?q=.`,
      );
    },
  );

  app.get(
    '/invalid-messages',
    {
      schema: {
        summary: 'Authentic documents that could not be used',
        tags,
        security,
        querystring: Type.Object({ limit: Limit(50) }),
        response: answers(Type.Ref('InvalidMessagePage')),
      },
    },
    async ({ query }) => ({ items: await operations.invalidMessages(query.limit) }),
  );
}

function exceptionRoutes(app: GatewayServer, { operations }: OperationsRoutesOptions): void {
  const tags = ['exceptions'];

  app.get(
    '/exceptions',
    {
      schema: {
        summary: 'What needs a person',
        tags,
        security,
        querystring: Type.Object({
          status: ExceptionStatus,
          limit: Limit(50),
          offset: Offset,
          case: Type.Optional(
            Type.String({ maxLength: 200, description: 'A case’s id: its orders, oldest first.' }),
          ),
          thread: Type.Optional(Type.String({ maxLength: 500, description: 'A thread’s id: its own.' })),
        }),
        response: answers(Type.Ref('ExceptionPage')),
      },
    },
    async ({ query }) => operations.exceptions(query),
  );

  app.post(
    '/exceptions/:id/retry',
    {
      schema: {
        summary: 'Send the parked delivery again',
        tags,
        security,
        params: Id,
        response: answers(Done),
      },
    },
    async ({ params, user }) => settled(await operations.retryException(params.id, user), params.id, 'retry'),
  );

  app.post(
    '/exceptions/:id/discard',
    {
      schema: {
        summary: 'Give the parked delivery up, with a reason',
        tags,
        security,
        params: Id,
        body: Discard,
        response: answers(Done),
      },
    },
    async ({ params, body, user }) =>
      settled(await operations.discardException(params.id, user, body.reason.trim()), params.id, 'discard'),
  );
}

function settled(done: boolean, id: string, act: string): { done: true } {
  if (done) return { done };
  throw new Problem(
    'nothing_to_do',
    `Exception ${JSON.stringify(id)} has no parked delivery to ${act}: it is resolved, somebody was faster, or its cause lies in the document. Look at it again.`,
  );
}
