import Type, { type Static } from 'typebox';

export const LimitsSchema = Type.Object(
  {
    concurrency: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1000,
        description:
          'Calls at once, polls among them. Default: what its connector’s settings say, polls besides.',
      }),
    ),
    rate: Type.Optional(
      Type.String({
        pattern: '^[1-9]\\d{0,6}/(s|m|h)$',
        description:
          'Calls over time, on the average: 20/s, 300/m, 5000/h. A call carries a batch of commands, or is a poll.',
      }),
    ),
    burst: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100_000,
        description: 'Calls in one go after a pause, with `rate`. Default: a second’s worth.',
      }),
    ),
    dailyBudget: Type.Optional(
      Type.Object(
        {
          calls: Type.Integer({
            minimum: 1,
            description: 'Calls that the system allows in one of its days.',
          }),
          share: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: 100,
              description: 'Percent of them that the hub may use. Default 100.',
            }),
          ),
          timezone: Type.Optional(
            Type.String({
              minLength: 1,
              description:
                'Where its day begins at midnight, IANA name, e.g. America/Los_Angeles. Default UTC.',
            }),
          ),
        },
        {
          additionalProperties: false,
          description:
            'Used up, commands wait for the system’s next day. Polls may use four fifths of it; the rest is for commands.',
        },
      ),
    ),
  },
  { additionalProperties: false, description: 'What a system bears from all nodes together.' },
);
export type LimitSettings = Static<typeof LimitsSchema>;

export const LaneSchema = Type.Object(
  {
    messages: Type.Optional(
      Type.Array(
        Type.String({
          pattern: '^[a-z][a-z0-9-]{0,30}(:.+)?$',
          description:
            'A system, or a system and its type of document, e.g. dallas or dallas:inventory.adjusted.',
        }),
        {
          description: 'What comes in here, in place of its system’s own lane.',
        },
      ),
    ),
    flows: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        description: 'Flows whose commands go here, in place of the lane of the message that caused them.',
      }),
    ),
    weight: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100,
        description: 'Its share against other lanes with a backlog. Default 1.',
      }),
    ),
    concurrency: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 256,
        description:
          'Partitions of a node that work it at once, and calls of a node to one system, at most. Default: no limit of its own.',
      }),
    ),
  },
  { additionalProperties: false, description: 'A bulkhead: what it has piled up holds back no other lane.' },
);
