import Type, { type Static } from 'typebox';

const Text = (description: string) => Type.String({ minLength: 1, description });
const Milliseconds = (minimum: number, maximum: number, description: string) =>
  Type.Optional(Type.Integer({ minimum, maximum, description }));

const ClientCredentialsSchema = Type.Object(
  {
    flow: Type.Literal('client_credentials'),
    clientId: Text('Consumer key of the External Client App.'),
    clientSecret: Text('Consumer secret of the External Client App.'),
  },
  { additionalProperties: false, description: 'Acts as the run-as user that the app names.' },
);

const JwtSchema = Type.Object(
  {
    flow: Type.Literal('jwt'),
    clientId: Text('Consumer key of the External Client App that holds the certificate.'),
    username: Text('Username of the integration user.'),
    privateKey: Type.String({
      pattern: '^\\s*-----BEGIN (RSA )?PRIVATE KEY-----\\r?\\n[\\s\\S]+-----END (RSA )?PRIVATE KEY-----\\s*$',
      description:
        'Private key of the certificate, PEM (PKCS#8 or PKCS#1) without a passphrase: the whole file with its BEGIN and END lines, best as ${file:salesforce.pem}.',
    }),
    audience: Type.Optional(
      Text(
        'Audience of the assertion: https://login.salesforce.com (default), https://test.salesforce.com for sandboxes, or the login address of an Experience site.',
      ),
    ),
  },
  { additionalProperties: false, description: 'OAuth 2.0 JWT bearer flow, RS256.' },
);

export const SalesforceConfigSchema = Type.Object(
  {
    instance: Type.String({
      pattern: '^https?://[^/?#]+/?$',
      description:
        'My Domain address, e.g. https://acme.my.salesforce.com. The client credentials flow is refused on login.salesforce.com.',
    }),
    auth: Type.Union([ClientCredentialsSchema, JwtSchema], { description: 'How tokens are obtained.' }),
    apiVersion: Type.Optional(
      Type.String({
        pattern: '^[1-9][0-9]\\.0$',
        description: 'REST API version. Default 66.0 (Spring ’26).',
      }),
    ),
    pollIntervalMs: Milliseconds(
      100,
      3_600_000,
      'Pause between two looks for won opportunities. Default 1000. A look is an API call: 1000 uses 86,400 of the daily allowance.',
    ),
    overlapSeconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 600,
        description:
          'How late a record may become visible after its SystemModstamp: a transaction stamps first and commits later. Default 5.',
      }),
    ),
    pageSize: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 2000,
        description: 'Opportunities per query. Default 200.',
      }),
    ),
    startAt: Type.Optional(
      Type.String({
        pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,3})?Z$',
        description:
          'Opportunities that last changed before this time (RFC 3339 UTC) are left alone by the first poll. Absent: all won opportunities are read.',
      }),
    ),
    currency: Type.Optional(
      Type.String({
        pattern: '^[A-Z]{3}$',
        description:
          'ISO 4217 code of an org without multiple currencies, whose opportunities have no CurrencyIsoCode.',
      }),
    ),
    orderObject: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z][A-Za-z0-9_]*__c$',
        description: 'API name of the custom object that shows order status. Default Trunkline_Order__c.',
      }),
    ),
    timeoutMs: Milliseconds(100, 600_000, 'How long an answer may take. Default 30000.'),
  },
  {
    $id: 'https://trunkline.dev/schemas/connector-salesforce/1',
    additionalProperties: false,
    description: 'A Salesforce org as CRM.',
  },
);
export type SalesforceConfig = Static<typeof SalesforceConfigSchema>;

export type SalesforceAuth = SalesforceConfig['auth'];

/** The configuration with its defaults filled in; the optional ones that stay optional have no sensible default. */
export interface SalesforceSettings {
  readonly instance: string;
  readonly auth: SalesforceAuth;
  readonly apiVersion: string;
  readonly pollIntervalMs: number;
  readonly overlapMs: number;
  readonly pageSize: number;
  readonly startAt: string | undefined;
  readonly currency: string | undefined;
  readonly orderObject: string;
  readonly timeoutMs: number;
}

export function settingsOf(config: SalesforceConfig): SalesforceSettings {
  return {
    instance: config.instance.replace(/\/$/, ''),
    auth: config.auth,
    apiVersion: config.apiVersion ?? '66.0',
    pollIntervalMs: config.pollIntervalMs ?? 1000,
    overlapMs: (config.overlapSeconds ?? 5) * 1000,
    pageSize: config.pageSize ?? 200,
    startAt: config.startAt,
    currency: config.currency,
    orderObject: config.orderObject ?? 'Trunkline_Order__c',
    timeoutMs: config.timeoutMs ?? 30_000,
  };
}
