import Type, { type Static } from 'typebox';
import { TargetHold, TargetServer } from './targets.ts';

/** The operations API's data contract, version 1. Times are RFC 3339 UTC, quantities decimal strings. */

export const StageCount = Type.Object({ stage: Type.String(), count: Type.Integer() });

export const TargetHealth = Type.Object({
  system: Type.String(),
  server: Type.Optional(TargetServer),
  breaker: Type.Union([Type.Literal('closed'), Type.Literal('open'), Type.Literal('half_open')]),
  waiting: Type.Integer({
    description: 'Deliveries that have not reached their end, parked ones not counted.',
  }),
  parked: Type.Integer(),
  hold: Type.Optional(TargetHold),
});

export const StreamLag = Type.Object({
  system: Type.String(),
  stream: Type.String({ description: 'What is polled there, e.g. `outgoing-pickings`.' }),
  behindSeconds: Type.Union([Type.Number(), Type.Null()], {
    description:
      'How old the newest state is that is stored whole; a few seconds when all is well. Null: never so far.',
  }),
  failure: Type.Optional(Type.String({ description: 'Why polls fail now.' })),
});

export const Overview = Type.Object({
  hub: Type.String({ description: 'The hub’s name from the configuration.' }),
  at: Type.String(),
  orders: Type.Array(StageCount, { description: 'Orders by stage, in the order of the journey.' }),
  openExceptions: Type.Integer(),
  backlog: Type.Integer({ description: 'Messages accepted and not yet processed.' }),
  countedAt: Type.Optional(
    Type.String({
      description:
        'When the backlog and what waits for the targets were counted: where much waits they are counted again after some seconds, not each time. Absent: now.',
    }),
  ),
  targets: Type.Array(TargetHealth),
  streams: Type.Array(StreamLag, { description: 'Systems that are polled, by stream.' }),
  rate: Type.Object({ messagesPerSecond: Type.Number(), ordersPerSecond: Type.Number() }),
});
export type Overview = Static<typeof Overview>;

export const ThreadSummary = Type.Object({
  id: Type.String(),
  kind: Type.String(),
  stage: Type.String(),
  title: Type.String({ description: 'The order number when there is one, else the id.' }),
  updatedAt: Type.String(),
  matchedBy: Type.Optional(Type.Object({ kind: Type.String(), value: Type.String(), system: Type.String() })),
});
export type ThreadSummary = Static<typeof ThreadSummary>;

export const ThreadStep = Type.Object({
  at: Type.String(),
  system: Type.String({ description: 'The lane: a system’s name, or `hub`.' }),
  kind: Type.Union([Type.Literal('message'), Type.Literal('delivery'), Type.Literal('exception')]),
  what: Type.String({ description: 'Document or command, e.g. `shipment.shipped`.' }),
  state: Type.String({ description: 'accepted, processed, ready, backing_off, parked, succeeded, ...' }),
  detail: Type.Optional(Type.String()),
  attempts: Type.Optional(Type.Integer()),
  waitMs: Type.Integer({ description: 'Time since the step before it.' }),
  tookMs: Type.Optional(
    Type.Integer({ description: 'From waiting to its end, for deliveries and processed messages.' }),
  ),
});
export type ThreadStep = Static<typeof ThreadStep>;

export const ThreadLine = Type.Object({
  line: Type.String(),
  sku: Type.String(),
  description: Type.Optional(Type.String()),
  ordered: Type.String(),
  released: Type.String(),
  picked: Type.String(),
  shipped: Type.String(),
  backordered: Type.String(),
  cancelled: Type.String(),
});

export const Thread = Type.Object({
  id: Type.String(),
  kind: Type.String(),
  stage: Type.String(),
  title: Type.String(),
  customer: Type.Optional(Type.String()),
  identifiers: Type.Array(Type.Object({ kind: Type.String(), value: Type.String(), system: Type.String() })),
  lines: Type.Array(ThreadLine),
  steps: Type.Array(ThreadStep),
  nextMove: Type.Object({
    owner: Type.String({ description: 'Who owes the next move, or `nobody` when the thread has ended.' }),
    what: Type.String(),
    since: Type.String(),
  }),
});
export type Thread = Static<typeof Thread>;

export const ExceptionCase = Type.Object({
  id: Type.String(),
  thread: Type.String(),
  title: Type.String(),
  code: Type.String(),
  status: Type.Union([Type.Literal('open'), Type.Literal('resolved')]),
  flow: Type.String(),
  system: Type.Optional(Type.String({ description: 'The target, when a delivery is stuck.' })),
  summary: Type.String(),
  faults: Type.Array(Type.Object({ code: Type.String(), path: Type.String(), message: Type.String() })),
  owner: Type.String(),
  remedy: Type.String(),
  openedAt: Type.String(),
  resolvedAt: Type.Optional(Type.String()),
  resolution: Type.Optional(Type.String()),
  retryable: Type.Boolean({
    description: 'True when a parked delivery can be sent, or its message decided, again.',
  }),
  case: Type.String({ description: 'The case that it belongs to.' }),
  seen: Type.Integer(),
  reopened: Type.Integer({ description: 'How often it came back after it was resolved.' }),
  goingAgainSince: Type.Optional(Type.String({ description: 'Let go again, with nothing come of it yet.' })),
  units: Type.Optional(Type.String({ description: 'At risk: ordered and neither shipped nor cancelled.' })),
  amount: Type.Optional(Type.String()),
  currency: Type.Optional(Type.String()),
  promisedOn: Type.Optional(Type.String()),
});
export type ExceptionCase = Static<typeof ExceptionCase>;

export const ExceptionPage = Type.Object({ items: Type.Array(ExceptionCase), total: Type.Integer() });
export const ThreadPage = Type.Object({ items: Type.Array(ThreadSummary) });
export const InvalidMessage = Type.Object({
  id: Type.String(),
  source: Type.String(),
  receivedAt: Type.String(),
  faults: Type.Array(Type.Object({ code: Type.String(), path: Type.String(), message: Type.String() })),
  payload: Type.String(),
});
export type InvalidMessage = Static<typeof InvalidMessage>;
export const InvalidMessagePage = Type.Object({ items: Type.Array(InvalidMessage) });
