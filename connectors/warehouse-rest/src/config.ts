import Type, { type Static } from 'typebox';

/** The contract takes at most this many releases in one call. */
export const MAX_BATCH = 100;

/** How one is made stands with it: a person who has none yet meets it here first. */
const FORM = 'whsec_ and base64 of 24 to 64 random bytes; `echo whsec_$(openssl rand -base64 32)` makes one';

const SecretSchema = Type.String({
  pattern: '^whsec_[A-Za-z0-9+/]{16,}={0,2}$',
  description: `Signing secret of Standard Webhooks: ${FORM}.`,
});

export const WarehouseRestConfigSchema = Type.Object(
  {
    url: Type.String({
      // The client adds /v1 to it.
      pattern: '^https?://(?![^?#]*/v1/*$)[^?#]+$',
      description: 'Where the warehouse serves the contract, without /v1, e.g. https://wes.dal.acme.example.',
    }),
    site: Type.String({
      pattern: '^[A-Z0-9][A-Z0-9_-]{0,15}$',
      description: 'Code of the site whose releases go there, e.g. DAL.',
    }),
    token: Type.String({ minLength: 1, description: 'Bearer token that the warehouse issued.' }),
    webhookSecret: Type.Union([SecretSchema, Type.Array(SecretSchema, { minItems: 1, maxItems: 10 })], {
      description: `Secret that the warehouse signs its events with: ${FORM}. A list while it is being changed: each of them is accepted.`,
    }),
    batch: Type.Optional(
      Type.Integer({ minimum: 1, maximum: MAX_BATCH, description: 'Releases per call. Default 50.' }),
    ),
    concurrency: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 32, description: 'Calls at once. Default 4.' }),
    ),
    timeoutMs: Type.Optional(
      Type.Integer({
        minimum: 100,
        maximum: 600_000,
        description: 'How long an answer may take. Default 30000.',
      }),
    ),
  },
  {
    $id: 'https://trunkline.dev/schemas/connector-warehouse-rest/1',
    additionalProperties: false,
    description: 'A warehouse that speaks the contract docs/spec/warehouse-rest.openapi.json.',
  },
);
export type WarehouseRestConfig = Static<typeof WarehouseRestConfigSchema>;

/** The configuration with its defaults filled in. */
export interface WarehouseRestSettings {
  readonly url: string;
  readonly site: string;
  readonly token: string;
  readonly webhookSecrets: readonly string[];
  readonly batch: number;
  readonly concurrency: number;
  readonly timeoutMs: number;
}

export function settingsOf(config: WarehouseRestConfig): WarehouseRestSettings {
  const { webhookSecret } = config;
  return {
    url: config.url.replace(/\/+$/, ''),
    site: config.site,
    token: config.token,
    webhookSecrets: typeof webhookSecret === 'string' ? [webhookSecret] : webhookSecret,
    batch: config.batch ?? 50,
    concurrency: config.concurrency ?? 4,
    timeoutMs: config.timeoutMs ?? 30_000,
  };
}
