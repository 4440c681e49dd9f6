import Type, { type Static } from 'typebox';
import { Problem } from '../problems/problem.ts';
import type { GatewayServer } from '../server.ts';
import type { Operations } from './port.ts';

/** One request and its response, redacted and cut at a size. */
export const Exchange = Type.Object({
  at: Type.String(),
  method: Type.String(),
  url: Type.String(),
  status: Type.Optional(Type.Integer({ description: 'Absent: no answer came.' })),
  request: Type.Optional(Type.String()),
  requestBytes: Type.Integer({ description: 'Of the whole; what is shown may have been cut.' }),
  response: Type.Optional(Type.String()),
  responseBytes: Type.Integer(),
  failure: Type.Optional(Type.String({ description: 'Why no answer came.' })),
  tookMs: Type.Integer(),
});

export const Attempt = Type.Object({
  at: Type.String({ description: 'When it ended.' }),
  delivery: Type.String(),
  system: Type.String(),
  what: Type.String({ description: 'The command, e.g. `release.place`.' }),
  attempt: Type.Integer(),
  outcome: Type.String({ description: 'succeeded, retry, rejected, unknown' }),
  code: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
  tookMs: Type.Integer(),
  node: Type.String({ description: 'Which node made it.' }),
  software: Type.Optional(Type.String({ description: 'What made it: hub, connector and server version.' })),
  exchanges: Type.Array(Exchange, {
    description:
      'Of the call that carried it, which may have carried other deliveries too. Empty once they are no longer kept.',
  }),
});

export const Action = Type.Object({
  at: Type.String(),
  action: Type.String({ description: 'retry, discard, edit, …' }),
  actor: Type.String(),
  reason: Type.Optional(Type.String()),
  system: Type.Optional(Type.String()),
  delivery: Type.Optional(Type.String()),
});

export const ThreadAttempts = Type.Object({
  attempts: Type.Array(Attempt, { description: 'Oldest first.' }),
  actions: Type.Array(Action, { description: 'What people did by hand, oldest first.' }),
});
export type ThreadAttempts = Static<typeof ThreadAttempts>;

/** Guarded: register it inside a guarded scope. */
export function attemptRoutes(app: GatewayServer, operations: Operations): void {
  app.get(
    '/threads/:id/attempts',
    {
      schema: {
        summary: 'Every attempt of one thread, with requests and responses',
        tags: ['operations'],
        security: [{ session: [] }, { token: [] }],
        params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 500 }) }),
        response: {
          200: Type.Ref('ThreadAttempts'),
          '4xx': Type.Ref('Problem'),
          '5xx': Type.Ref('Problem'),
        },
      },
    },
    async ({ params }) => {
      const found = await operations.threadAttempts(params.id);
      if (found !== undefined) return found;
      throw new Problem(
        'not_found',
        `No thread has the id ${JSON.stringify(params.id)}. Search by another identifier with /api/v1/threads?q=.`,
      );
    },
  );
}
