import Type, { type Static } from 'typebox';

const Secret = Type.String({ minLength: 16, maxLength: 256 });

/** Settings of one Odoo database in the hub's configuration. */
export const OdooConfigSchema = Type.Object(
  {
    url: Type.String({
      pattern: '^https?://',
      description: 'The server’s root, e.g. https://acme.odoo.com.',
    }),
    database: Type.String({ minLength: 1, description: 'Name of the database on that server.' }),
    apiKey: Type.String({
      minLength: 1,
      description: 'Key of the service account; it lives three months at most.',
    }),
    password: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'The service account’s password, used for nothing but renewing its API key before it ends (setup.md says what that gives away). Absent: where Odoo asks for it, a person renews the key.',
      }),
    ),
    login: Type.Optional(Type.String({ description: 'The service account’s login; needed before Odoo 19.' })),
    transport: Type.Optional(
      Type.Union([Type.Literal('auto'), Type.Literal('json2'), Type.Literal('jsonrpc')], {
        description: 'How to call it: json2 from Odoo 19 on, jsonrpc before. Default auto: asks the server.',
      }),
    ),
    profile: Type.Optional(
      Type.Union([Type.Literal('standard'), Type.Literal('online')], {
        description:
          'online: Odoo Online’s manners, one call per second (limits.callsPerSecond says otherwise), fuller batches, a look for changes every 15 s. Default standard.',
      }),
    ),
    company: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          'Database id of the company to work in, where the database has several. Default: the account’s own.',
      }),
    ),
    externalIdModule: Type.Optional(
      Type.String({
        pattern: '^[a-z][a-z0-9_]{1,30}$',
        description: 'Namespace of the external ids that the hub gives. Default trunkline.',
      }),
    ),
    limits: Type.Optional(
      Type.Object(
        {
          concurrency: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: 32,
              description:
                'Calls at once at most, fewer while answers are slow; the number of the server’s workers is a good one. Default 2.',
            }),
          ),
          batch: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: 200,
              description: 'Records per call; more than 50 gain nothing. Default 50.',
            }),
          ),
          callsPerSecond: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: 1000,
              description: 'Calls per second at most. Default: none; 1 with profile online.',
            }),
          ),
          timeoutMs: Type.Optional(
            Type.Integer({ minimum: 1000, description: 'How long an answer may take. Default 120000.' }),
          ),
        },
        { additionalProperties: false, description: 'How much of the server the hub may take.' },
      ),
    ),
    pollIntervalMs: Type.Optional(
      Type.Integer({
        minimum: 50,
        description: 'Pause between two looks for changes. Default 1000; 15000 with profile online.',
      }),
    ),
    overlapSeconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 3600,
        description:
          'How many seconds a change stays in question: longer than the longest transaction there. Default 15.',
      }),
    ),
    hintSecret: Type.Optional(
      Type.Union([Secret, Type.Array(Secret, { minItems: 1, maxItems: 10 })], {
        description:
          'Of the webhook that brings the next poll forward (setup.md); several while it is changed. Absent: no webhook is taken.',
      }),
    ),
    follow: Type.Optional(
      Type.Array(
        Type.Union([
          Type.Literal('partners'),
          Type.Literal('products'),
          Type.Literal('price-lists'),
          Type.Literal('orders'),
          Type.Literal('won-leads'),
        ]),
        {
          uniqueItems: true,
          description:
            'What else of Odoo is followed besides outgoing transfers: partners, the hub’s customers and addresses; products, all that have an internal reference, with variants, packs and list price; price-lists, all with their rules, also when one is deleted; orders, what people change in the hub’s orders or cancel, which otherwise the sweep finds; won-leads, the opportunities won in Odoo’s CRM, as orders.',
        },
      ),
    ),
  },
  { additionalProperties: false },
);
export type OdooConfig = Static<typeof OdooConfigSchema>;
