import Type, { type Static } from 'typebox';
import { LaneSchema, LimitsSchema } from './protection.ts';

const Duration = (description: string) =>
  Type.String({
    pattern: '^\\d+(ms|s|m|h|d)$',
    description: `${description} A number and a unit: 500ms, 30s, 10m, 24h, 5d.`,
  });

/** Said of settings that are read and kept, so that nobody expects the hub to act on them. */
const FOR_PEOPLE = 'For people who read this file; nothing acts on it yet.';

const Segment = (description: string) =>
  Type.String({
    pattern: '^[a-z0-9][a-z0-9-]{0,30}$',
    description: `${description} Small letters, digits and dashes.`,
  });

export const HubSchema = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: 60,
      description: 'What the console and the logs call this hub.',
    }),
    state: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Folder of the embedded database, relative to this file. Default .trunkline.',
      }),
    ),
    roles: Type.Optional(
      Type.Array(
        Type.Union([
          Type.Literal('gateway'),
          Type.Literal('worker'),
          Type.Literal('scheduler'),
          Type.Literal('all'),
        ]),
        {
          minItems: 1,
          description:
            'What a node of this file does, unless --role or TRUNKLINE_ROLE says otherwise: gateway accepts messages and serves console and API, worker reads, decides and delivers, scheduler runs what happens by the clock. Default all.',
        },
      ),
    ),
    segment: Type.Optional(
      Segment('Region or business unit of what comes in, when `segments` does not say otherwise.'),
    ),
  },
  { additionalProperties: false, description: 'This hub.' },
);

export const DatabaseSchema = Type.Object(
  {
    url: Type.Optional(
      Type.String({
        pattern: '^postgres(ql)?://',
        description:
          'postgres://user:password@host:5432/name of a PostgreSQL server from 15 on. Absent: DATABASE_URL when it is set, else the embedded server.',
      }),
    ),
    partitions: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 256,
        description:
          'How many parts of the journal can be worked at once, over all nodes. Fixed when the journal is created; later changes have no effect. Default 8.',
      }),
    ),
  },
  { additionalProperties: false, description: 'Where the journal is kept.' },
);

export const GatewaySchema = Type.Object(
  {
    host: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Address to listen on; 0.0.0.0 for every address of this machine. Default 127.0.0.1.',
      }),
    ),
    port: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 65535,
        description: 'Port to listen on; 0 takes any free one. Default 8470.',
      }),
    ),
    bodyLimit: Type.Optional(
      Type.Integer({ minimum: 1024, description: 'Bytes of one request at most. Default 1048576 (1 MiB).' }),
    ),
  },
  { additionalProperties: false, description: 'The hub’s HTTP side: console, API, webhooks, health.' },
);

export const SiteSchema = Type.Object(
  {
    executes: Type.String({ description: 'The system that works this site’s releases.' }),
    odooWarehouse: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'Code of its warehouse in Odoo (“Short Name”). Orders of the site are planned there, and what Odoo plans there is released to the site. Absent: Odoo’s own choice.',
      }),
    ),
    timezone: Type.Optional(Type.String({ description: `IANA name, e.g. America/Chicago. ${FOR_PEOPLE}` })),
  },
  { additionalProperties: false, description: 'A place that fulfils orders.' },
);

const Words = (description: string) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1, description }));

export const RouteSchema = Type.Object(
  {
    site: Type.String({ description: 'Code of the site that fulfils what fits.' }),
    when: Type.Optional(
      Type.Object(
        {
          country: Type.Optional(
            Type.Array(
              Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2, e.g. US, DE, GB.' }),
              {
                minItems: 1,
                description: 'Ship-to countries, ISO 3166-1 alpha-2.',
              },
            ),
          ),
          region: Words('Ship-to states or regions, as the source writes them.'),
          channel: Words('Sales channels, as the source writes them.'),
        },
        {
          additionalProperties: false,
          description: 'All that are named must fit; without it the route takes every order.',
        },
      ),
    ),
  },
  { additionalProperties: false, description: 'Which orders a site fulfils.' },
);
export type Route = Static<typeof RouteSchema>;

export const FlowSettingsSchema = Type.Object(
  {
    owner: Type.Optional(Type.String({ description: `Who answers for this flow. ${FOR_PEOPLE}` })),
    expiresAfter: Type.Optional(
      Duration(
        'How long its commands are of use, from when the message that caused them came in. Later they are not sent any more and an exception asks for a person. Absent: for ever.',
      ),
    ),
    retry: Type.Optional(
      Type.Object(
        {
          base: Type.Optional(Duration('First wait after a transient failure. Default 500ms.')),
          max: Type.Optional(Duration('Longest wait between two tries. Default 10m.')),
          giveUpAfter: Type.Optional(
            Duration('From the first try on; then an exception asks for a person. Default 24h.'),
          ),
        },
        {
          additionalProperties: false,
          description:
            'How long a transient failure is tried again. One policy holds for all systems: of several flows’ values the longest.',
        },
      ),
    ),
    serviceLevel: Type.Optional(
      Type.Object(
        { p95: Duration('An exception of this flow that is open for longer is overdue.') },
        { additionalProperties: false, description: 'What the flow promises; cases are told by it.' },
      ),
    ),
    exceptions: Type.Optional(
      Type.Object(
        {
          queue: Type.Optional(
            Type.String({
              description: 'Who looks after its cases, unless a person gives one to another queue.',
            }),
          ),
          runbook: Type.Optional(
            Type.String({ description: 'Where it is written what they do; shown with each case.' }),
          ),
        },
        { additionalProperties: false, description: 'Who mends what failed, and how.' },
      ),
    ),
  },
  { additionalProperties: false, description: 'Settings of one flow.' },
);

/** Every system names its connector; the rest of it is judged by that connector's own schema. */
export const SystemSchema = Type.Object(
  { connector: Type.String({ description: 'Which connector speaks to it.' }) },
  { additionalProperties: true, description: 'A system that the hub connects.' },
);

const Flow = Type.Optional(FlowSettingsSchema);

const Days = (description: string) =>
  Type.Optional(
    Type.String({ pattern: '^[1-9]\\d{0,3}d$', description: `${description} Whole days, e.g. 90d.` }),
  );

export const RetentionSchema = Type.Object(
  {
    default: Days('Messages, deliveries and their attempts. Default 90d.'),
    flows: Type.Optional(
      Type.Object(
        {
          'customer-sync': Days('Customers.'),
          'order-acceptance': Days('Orders.'),
          'order-release': Days('Orders.'),
          'fulfilment-events': Days('Orders.'),
          'order-status': Days('Orders.'),
          'inventory-adjustments': Days('Stock positions.'),
        },
        {
          additionalProperties: false,
          description:
            'In place of the default. What concerns one order, one customer or one stock position is kept together: of its flows’ values the longest counts, and the default for those that are not named.',
        },
      ),
    ),
    dedupe: Days('A repeat of a message is known as one for this long at least. Default 30d.'),
    audit: Days('Requests and responses of attempts. Default 30d.'),
  },
  {
    additionalProperties: false,
    description:
      'How long what has ended is kept; what waits, is parked or has an open exception stays. The state of orders, customers and stock, and what people did by hand, is kept for good.',
  },
);

export const SweepSchema = Type.Object(
  {
    everyMinutes: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 30, description: 'Minutes from one to the next. Default 5.' }),
    ),
  },
  {
    additionalProperties: false,
    description:
      'Open orders and their delivery documents are looked up in the ERP by their ids, for what no stream of changes tells: deletions, and transactions that ended very late.',
  },
);

export const AuditSchema = Type.Object(
  {
    redact: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
        description:
          'Fields of requests and responses that are not kept, by name or by the last steps of their path (shipTo.email), besides what always is left out: passwords, tokens, keys, card numbers, and every credential of this file.',
      }),
    ),
    maxBody: Type.Optional(
      Type.Integer({
        minimum: 256,
        maximum: 1_048_576,
        description: 'Characters of one body that are kept at most. Default 65536.',
      }),
    ),
  },
  { additionalProperties: false, description: 'What is kept of each attempt’s requests and responses.' },
);

const FlowSettings = {
  'customer-sync': Flow,
  'order-acceptance': Flow,
  'order-release': Flow,
  'fulfilment-events': Flow,
  'order-status': Flow,
  'inventory-adjustments': Flow,
};
export const FLOWS: readonly string[] = Object.keys(FlowSettings);

export const ConfigurationSchema = Type.Object(
  {
    hub: HubSchema,
    database: Type.Optional(DatabaseSchema),
    gateway: Type.Optional(GatewaySchema),
    retention: Type.Optional(RetentionSchema),
    audit: Type.Optional(AuditSchema),
    sweep: Type.Optional(SweepSchema),
    systems: Type.Record(Type.String({ pattern: '^[a-z][a-z0-9-]{0,30}$' }), SystemSchema, {
      additionalProperties: false,
      description:
        'The systems by name: small letters, digits and dashes, a letter first; part of webhook addresses (/webhooks/<name>).',
    }),
    sites: Type.Record(Type.String({ pattern: '^[A-Z0-9]{2,10}$' }), SiteSchema, {
      additionalProperties: false,
      description: 'The sites by code: 2 to 10 capital letters and digits.',
    }),
    routes: Type.Array(RouteSchema, {
      minItems: 1,
      description: 'The first route that an order fits decides its site.',
    }),
    limits: Type.Optional(
      Type.Record(Type.String({ pattern: '^[a-z][a-z0-9-]{0,30}$' }), LimitsSchema, {
        additionalProperties: false,
        description: 'By system: what it bears from all nodes together.',
      }),
    ),
    lanes: Type.Optional(
      Type.Record(Type.String({ pattern: '^[a-z][a-z0-9-]{0,30}$' }), LaneSchema, {
        additionalProperties: false,
        description:
          'Lanes by name. Without this each system has a lane of its own. `replay` and `batch` exist always and give way to every other.',
      }),
    ),
    segments: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[a-z][a-z0-9-]{0,30}$' }),
        Segment('Region or business unit of what comes from the system.'),
        {
          additionalProperties: false,
          description:
            'By system: the segment of what comes from it. Each segment of a lane is a lane of its own.',
        },
      ),
    ),
    flows: Type.Optional(
      Type.Object(FlowSettings, { additionalProperties: false, description: 'Settings by flow.' }),
    ),
  },
  { additionalProperties: false },
);
export type Configuration = Static<typeof ConfigurationSchema>;

const FACTOR: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a duration such as `30s`; the schema has vouched for its form. */
export function durationMs(text: string): number {
  const [, amount, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
  return Number(amount) * (FACTOR[unit ?? ''] ?? Number.NaN);
}
