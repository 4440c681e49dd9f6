import Type, { type Static } from 'typebox';
import { ExceptionCase } from './contract.ts';

/** Cases, what is done about them, and acts on many at once. Times are RFC 3339 UTC; quantities and money decimal text. */

const Text = Type.String();
const Amounts = Type.Record(Type.String(), Type.String(), { description: 'By ISO 4217 currency.' });

export const CaseStatus = Type.Union([
  Type.Literal('open'),
  Type.Literal('acknowledged'),
  Type.Literal('ignored'),
  Type.Literal('resolved'),
]);

export const Case = Type.Object({
  id: Type.String({ description: 'Its fingerprint: one for all failures of this kind, for ever.' }),
  status: CaseStatus,
  code: Text,
  meaning: Text,
  flow: Text,
  system: Type.Optional(Type.String({ description: 'The target, when deliveries are stuck.' })),
  message: Type.String({
    description: 'What its failures have in common; # and “…” stand for what differs.',
  }),
  owner: Type.String({ description: 'Who owes the next move.' }),
  queue: Type.String({
    description: 'Who looks after it: as assigned, else the flow’s queue, else the owner.',
  }),
  assignee: Type.Optional(Text),
  acknowledged: Type.Optional(Type.Object({ by: Text, at: Text })),
  open: Type.Integer({ description: 'Open exceptions; each is on an order of its own.' }),
  units: Type.String({ description: 'Units at risk: ordered and neither shipped nor cancelled.' }),
  amounts: Amounts,
  seen: Type.Integer({ description: 'Occurrences ever.' }),
  firstSeenAt: Text,
  lastSeenAt: Text,
  oldestOpenAt: Type.Optional(Text),
  promisedOn: Type.Optional(
    Type.String({ description: 'The earliest date that one of its orders was asked for.' }),
  ),
  dueAt: Type.Optional(Type.String({ description: 'When the oldest exceeds the flow’s service level.' })),
  overdue: Type.Boolean(),
  runbook: Type.Optional(Text),
  missing: Type.Array(Type.Object({ kind: Text, system: Text, value: Text, waiting: Type.Integer() }), {
    description: 'Words that a mapping would mend, the most wanted first; at most 20.',
  }),
  next: Type.Object(
    {
      act: Type.Union([
        Type.Literal('map'),
        Type.Literal('retry'),
        Type.Literal('mend'),
        Type.Literal('none'),
      ]),
      what: Text,
    },
    { description: 'The one next move.' },
  ),
});
export type Case = Static<typeof Case>;
export const CasePage = Type.Object({ items: Type.Array(Case), total: Type.Integer() });

const Deed = Type.Object({ at: Text, by: Text, act: Text, note: Type.Optional(Text) });
export const CaseDetail = Type.Object({ ...Case.properties, history: Type.Array(Deed) });
export type CaseDetail = Static<typeof CaseDetail>;

export const ExceptionDetail = Type.Object({
  ...ExceptionCase.properties,
  meaning: Text,
  command: Type.Optional(
    Type.Object(
      { type: Text, payload: Type.Unknown() },
      { description: 'What is parked, as it would be sent.' },
    ),
  ),
  original: Type.Optional(
    Type.Unknown({ description: 'The payload as the flow wrote it, when a person edited it.' }),
  ),
  history: Type.Array(Deed),
});
export type ExceptionDetail = Static<typeof ExceptionDetail>;

export const Mapping = Type.Object({
  revision: Text,
  kind: Type.String({ description: 'What the word names: `product`, `site`, `country`, `ship_method`.' }),
  system: Type.String({
    description: 'In whose language `target` is; `hub` for sites, and for the countries of orders.',
  }),
  source: Text,
  target: Type.Optional(Type.String({ description: 'Absent: taken back.' })),
  why: Type.Optional(Text),
  by: Text,
  at: Text,
});
export type Mapping = Static<typeof Mapping>;
export const MappingPage = Type.Object({
  items: Type.Array(Mapping),
  waiting: Type.Array(Type.Object({ kind: Text, system: Text, value: Text, waiting: Type.Integer() }), {
    description: 'Words that open exceptions wait for, the most wanted first; at most 500.',
  }),
});
export type MappingPage = Static<typeof MappingPage>;

const Act = Type.Union([
  Type.Literal('retry'),
  Type.Literal('discard'),
  Type.Literal('edit'),
  Type.Literal('replay'),
]);
/** `*` in a pointer is each element of a list. */
const Pointer = Type.String({ pattern: '^(/[^/]*)+$', maxLength: 500 });
const Change = Type.Union(
  [
    Type.Object(
      {
        op: Type.Literal('replace'),
        path: Pointer,
        value: Type.Unknown(),
        was: Type.Optional(Type.Unknown({ description: 'Only where this value stands.' })),
      },
      { additionalProperties: false },
    ),
    Type.Object(
      { op: Type.Literal('add'), path: Pointer, value: Type.Unknown() },
      { additionalProperties: false },
    ),
    Type.Object(
      { op: Type.Literal('remove'), path: Pointer, was: Type.Optional(Type.Unknown()) },
      { additionalProperties: false },
    ),
  ],
  {
    description:
      'As in JSON Patch (RFC 6902). In the path `*` is each element of a list. A place that a command lacks is left alone.',
  },
);

export const Bulk = Type.Object({
  id: Text,
  act: Act,
  state: Type.Union([
    Type.Literal('previewed'),
    Type.Literal('canary'),
    Type.Literal('canary_passed'),
    Type.Literal('running'),
    Type.Literal('stopped'),
    Type.Literal('cancelled'),
    Type.Literal('finished'),
  ]),
  selection: Type.Unknown(),
  reason: Type.Optional(Text),
  patch: Type.Optional(Type.Unknown()),
  changes: Type.Optional(Type.Array(Type.Unknown())),
  total: Type.Integer({ description: 'Chosen at the preview; it acts on these and no others.' }),
  units: Text,
  amounts: Amounts,
  pending: Type.Integer(),
  underWay: Type.Integer(),
  mended: Type.Integer(),
  failed: Type.Integer(),
  skipped: Type.Integer({ description: 'Mended by something else meanwhile.' }),
  refused: Type.Integer({
    description: 'Of an edit: it would break their contract, or finds nothing to change. Not touched.',
  }),
  secondsLeft: Type.Integer({
    description: 'An estimate: by its pace at the preview, by what it took once it runs.',
  }),
  stoppedBecause: Type.Optional(Text),
  by: Text,
  createdAt: Text,
  startedAt: Type.Optional(Text),
  endedAt: Type.Optional(Text),
});
export type Bulk = Static<typeof Bulk>;
export const BulkPage = Type.Object({ items: Type.Array(Bulk) });
export const BulkDetail = Type.Object({
  ...Bulk.properties,
  items: Type.Array(
    Type.Object({
      thread: Text,
      state: Text,
      detail: Type.Optional(Text),
      exception: Type.Optional(Text),
    }),
    { description: 'The first 50, failed and refused ones before the others.' },
  ),
  edits: Type.Optional(
    Type.Array(
      Type.Object({
        thread: Text,
        exception: Text,
        differences: Type.Array(
          Type.Object({
            path: Text,
            before: Type.Optional(Type.Unknown()),
            after: Type.Optional(Type.Unknown()),
          }),
        ),
      }),
      { description: 'What an edit does to the first five that have not gone yet.' },
    ),
  ),
});
export type BulkDetail = Static<typeof BulkDetail>;

const Time = Type.String({ format: 'date-time' });
const Name = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' });
const Why = Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S' });

export const NewBulk = Type.Object(
  {
    act: Act,
    exceptions: Type.Optional(
      Type.Object(
        {
          case: Type.Optional(Name),
          flow: Type.Optional(Name),
          target: Type.Optional(Name),
          code: Type.Optional(Name),
        },
        {
          additionalProperties: false,
          minProperties: 1,
          description: 'For retry, discard and edit: which open exceptions.',
        },
      ),
    ),
    messages: Type.Optional(
      Type.Object(
        {
          from: Type.Optional(Time),
          to: Type.Optional(Time),
          flow: Type.Optional(Name),
          key: Type.Optional(Name),
          source: Type.Optional(Name),
          type: Type.Optional(Name),
          status: Type.Optional(
            Type.Union([Type.Literal('processed'), Type.Literal('ignored'), Type.Literal('invalid')]),
          ),
        },
        {
          additionalProperties: false,
          minProperties: 1,
          description: 'For replay: which messages of source systems. At least `from` or `key`.',
        },
      ),
    ),
    reason: Type.Optional(Why),
    changes: Type.Optional(
      Type.Array(Change, {
        minItems: 1,
        maxItems: 50,
        description:
          'For edit: made in each parked command, which is then sent; the original stays beside it.',
      }),
    ),
    patch: Type.Optional(
      Type.Object({}, { description: 'For replay: merged into each payload (JSON Merge Patch, RFC 7396).' }),
    ),
    limit: Type.Integer({
      minimum: 1,
      maximum: 100_000,
      default: 10_000,
      description: 'Refused when more fit. A replay takes 10,000 at most.',
    }),
  },
  { additionalProperties: false },
);
export type NewBulk = Static<typeof NewBulk>;

export const NewMapping = Type.Object(
  {
    kind: Name,
    system: Name,
    source: Name,
    target: Type.Union([Name, Type.Null()], { description: 'Null takes the mapping back.' }),
    why: Type.Optional(Why),
  },
  { additionalProperties: false },
);
export type NewMapping = Static<typeof NewMapping>;

export const Edit = Type.Object(
  { payload: Type.Object({}, { description: 'The whole command.' }), why: Why },
  { additionalProperties: false },
);
export const Assign = Type.Object(
  {
    assignee: Type.Optional(Type.Union([Name, Type.Null()])),
    queue: Type.Optional(Type.Union([Name, Type.Null()])),
  },
  { additionalProperties: false, minProperties: 1, description: 'Null gives it back.' },
);
export const Reason = Type.Object({ reason: Why }, { additionalProperties: false });
export const Note = Type.Object({ note: Why }, { additionalProperties: false });

export const ReplayChoices = Type.Object({
  flows: Type.Array(Type.String()),
  types: Type.Array(Type.Object({ system: Type.String(), type: Type.String() })),
});
export type ReplayChoices = Static<typeof ReplayChoices>;
