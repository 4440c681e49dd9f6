import Type, { type Static } from 'typebox';
import type { GatewayServer } from '../server.ts';
import type { Operations } from './port.ts';
import { answers, security } from './route-parts.ts';

export const NodePage = Type.Object({
  items: Type.Array(
    Type.Object({
      name: Type.String({ description: '`host/pid/…`; the last part tells starts apart.' }),
      alive: Type.Boolean({ description: 'It has renewed its lease in time, by the database’s clock.' }),
      roles: Type.Array(Type.String(), { description: 'gateway, worker, scheduler' }),
      address: Type.Optional(Type.String({ description: 'Where it answers over HTTP.' })),
      partitions: Type.Array(Type.Integer(), { description: 'Shares of the keys that it owns now.' }),
      startedAt: Type.String(),
      seenAt: Type.String({ description: 'When it last renewed its lease.' }),
      leaseUntil: Type.String({
        description: 'Others take its partitions over when it is silent until then.',
      }),
      trouble: Type.Optional(
        Type.Object(
          {
            times: Type.Integer({ description: 'Since it started.' }),
            lastAt: Type.String(),
            cause: Type.String({ description: 'Of the last one.' }),
          },
          { description: 'It lost leases, or a write of it was refused because its lease was gone.' },
        ),
      ),
    }),
    { description: 'Every node that was seen within a day, the living first.' },
  ),
  partitions: Type.Integer({ description: 'How many there are in all.' }),
  unowned: Type.Array(Type.Integer(), { description: 'Owned by nobody now: their messages wait.' }),
});
export type NodePage = Static<typeof NodePage>;

/** Guarded: register it inside a guarded scope. */
export function nodeRoutes(app: GatewayServer, operations: Operations): void {
  app.get(
    '/nodes',
    {
      schema: {
        summary: 'The hub’s nodes: roles, partitions, leases',
        tags: ['nodes'],
        security,
        response: answers(Type.Ref('NodePage')),
      },
    },
    async () => operations.nodes(),
  );
}
