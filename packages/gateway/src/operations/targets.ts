import Type, { type Static } from 'typebox';
import { Problem } from '../problems/problem.ts';
import type { GatewayServer } from '../server.ts';
import type { Operations } from './port.ts';

/** Why nothing is sent to a target now, although it may be well. */
export const TargetHold = Type.Object({
  by: Type.Union(
    [Type.Literal('person'), Type.Literal('login'), Type.Literal('target'), Type.Literal('budget')],
    {
      description:
        'A person paused it; it refuses the hub’s login; it asked for a pause itself (429); its calls of the day are used up.',
    },
  ),
  who: Type.Optional(Type.String({ description: 'The person.' })),
  reason: Type.String(),
  since: Type.Optional(Type.String()),
  until: Type.Optional(
    Type.String({
      description:
        'Of a refused login: when it is tried again. Absent: until a person resumes it, or its next day.',
    }),
  ),
});
export type TargetHold = Static<typeof TargetHold>;

/** What answered at a target's address at the last inspection. */
export const TargetServer = Type.Object({
  product: Type.String({ description: 'Odoo.' }),
  version: Type.String(),
  transport: Type.String({ description: 'How it is talked to: JSON-2.' }),
});

export const TargetState = Type.Object({
  system: Type.String(),
  server: Type.Optional(TargetServer),
  hold: Type.Optional(TargetHold),
  breaker: Type.Union([Type.Literal('closed'), Type.Literal('open'), Type.Literal('half_open')], {
    description: 'The worst of what the nodes see.',
  }),
  waiting: Type.Integer({
    description: 'Deliveries that have not reached their end, parked ones not counted.',
  }),
  parked: Type.Integer(),
  countedAt: Type.Optional(
    Type.String({
      description:
        'When `waiting` and `parked` were counted: where much waits they are counted again after some seconds, not each time. Absent: now.',
    }),
  ),
  limits: Type.Object({
    concurrency: Type.Optional(
      Type.Integer({ description: 'Calls at once over all nodes. Absent: the connector’s own.' }),
    ),
    rate: Type.Optional(Type.String({ description: 'Calls over time, e.g. 20/s.' })),
    burst: Type.Optional(Type.Integer()),
    dailyBudget: Type.Optional(
      Type.Object({
        calls: Type.Integer({ description: 'Calls that the hub may make in the target’s day.' }),
        used: Type.Integer(),
      }),
    ),
  }),
  nodes: Type.Array(
    Type.Object({
      node: Type.String(),
      calls: Type.Integer({ description: 'Its share of the calls at once.' }),
      breaker: Type.String(),
    }),
  ),
});
export type TargetState = Static<typeof TargetState>;
export const TargetPage = Type.Object({ items: Type.Array(TargetState) });

const System = Type.Object({ system: Type.String({ minLength: 1, maxLength: 100 }) });
const Pause = Type.Object({
  reason: Type.String({
    minLength: 1,
    maxLength: 500,
    pattern: '\\S',
    description: 'Shown to everybody who asks why it waits.',
  }),
});
const Done = Type.Object({ done: Type.Literal(true) });
const answers = (ok: Type.TSchema) => ({ 200: ok, '4xx': Type.Ref('Problem'), '5xx': Type.Ref('Problem') });

/** Guarded: register it inside a guarded scope. */
export function targetRoutes(app: GatewayServer, operations: Operations): void {
  const common = { tags: ['targets'], security: [{ session: [] }, { token: [] }] };

  app.get(
    '/targets',
    {
      schema: {
        ...common,
        summary: 'The systems that commands go to: state, limits, what waits',
        response: answers(Type.Ref('TargetPage')),
      },
    },
    async () => ({ items: await operations.targets() }),
  );

  app.post(
    '/targets/:system/pause',
    {
      schema: {
        ...common,
        summary: 'Send nothing to a system until it is resumed',
        description:
          'Takes effect on every node within about a second; calls under way end. What is to go there waits.',
        params: System,
        body: Pause,
        response: answers(Done),
      },
    },
    async ({ params, body, user }) =>
      settled(
        await operations.pauseTarget(params.system, user, body.reason.trim()),
        params.system,
        'to pause: it is paused already',
      ),
  );

  app.post(
    '/targets/:system/resume',
    {
      schema: {
        ...common,
        summary: 'Let what waits for a system go',
        description:
          'Ends a pause by a person and one that the system itself asked for, and tries a system now that is left alone because its calls fail.',
        params: System,
        response: answers(Done),
      },
    },
    async ({ params, user }) =>
      settled(
        await operations.resumeTarget(params.system, user),
        params.system,
        'to resume: nobody paused it, and its calls do not fail',
      ),
  );
}

function settled(done: boolean, system: string, what: string): { done: true } {
  if (done) return { done };
  throw new Problem(
    'nothing_to_do',
    `The system ${JSON.stringify(system)} is not there ${what}, or no system has this name. Look at GET /api/v1/targets.`,
  );
}
