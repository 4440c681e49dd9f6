import Type from 'typebox';
import { Problem } from '../problems/problem.ts';
import type { GatewayServer } from '../server.ts';
import { type Bulk, NewBulk, ReplayChoices } from './cases-contract.ts';
import type { BulkAnswer, CaseOperations } from './cases-port.ts';
import { answers, Done, Id, Limit, security } from './route-parts.ts';

const tags = ['bulk'];

/** Acts on many exceptions or messages at once: preview, try on a few, start, watch, cancel. */
export async function bulkRoutes(app: GatewayServer, { cases }: { cases: CaseOperations }): Promise<void> {
  app.post(
    '/bulk',
    {
      schema: {
        summary: 'Preview an act on many: what it would touch, what is at stake, how long it takes',
        description: 'Touches nothing. Then `try` it on the first five, then `start` it.',
        tags,
        security,
        body: NewBulk,
        response: answers(Type.Ref('Bulk')),
      },
    },
    async ({ body, user }) => {
      judge(body);
      return previewed(body, await cases.previewBulk(user, body));
    },
  );
  app.get(
    '/bulk',
    {
      schema: {
        summary: 'The newest acts on many',
        tags,
        security,
        querystring: Type.Object({ limit: Limit(20) }),
        response: answers(Type.Ref('BulkPage')),
      },
    },
    async ({ query }) => ({ items: await cases.bulks(query.limit) }),
  );
  app.get(
    '/replay-choices',
    {
      schema: {
        summary:
          'What a replay can be narrowed by: the flows, and the types of message that each system sends',
        tags,
        security,
        response: answers(ReplayChoices),
      },
    },
    async () => cases.replayChoices(),
  );
  app.get(
    '/bulk/:id',
    {
      schema: {
        summary: 'One act on many, with its progress',
        tags,
        security,
        params: Id,
        response: answers(Type.Ref('BulkDetail')),
      },
    },
    async ({ params }) => {
      const found = await cases.bulk(params.id);
      if (found !== undefined) return found;
      throw new Problem('not_found', `There is no act ${JSON.stringify(params.id)}. All: /api/v1/bulk.`);
    },
  );
  for (const [step, summary] of STEPS) {
    app.post(
      `/bulk/:id/${step}`,
      { schema: { summary, tags, security, params: Id, response: answers(Done) } },
      async ({ params, user }) => {
        if (await cases.steerBulk(params.id, user, step)) return { done: true };
        throw new Problem(
          'nothing_to_do',
          `Act ${JSON.stringify(params.id)} cannot ${step} as it stands: an act is tried on its first five before it starts, and what has ended stays so.`,
        );
      },
    );
  }
}

function previewed(body: NewBulk, answer: BulkAnswer): Bulk {
  switch (answer.kind) {
    case 'previewed':
      return answer.operation;
    case 'nothing':
      throw new Problem('nothing_to_do', 'Nothing fits this selection any more.');
    case 'too_many':
      throw new Problem(
        'parameters_invalid',
        `More than ${answer.most} fit. Narrow the selection${body.act === 'replay' ? ', e.g. by time' : ''}, or raise limit up to the most that is allowed.`,
      );
    case 'broken':
      throw new Problem(
        'payload_invalid',
        body.act === 'edit'
          ? 'The change can be made in none of the commands; the first says why.'
          : 'An edited message was not replayed.',
        answer.faults,
      );
  }
}

const STEPS = [
  ['try', 'Do it to the first five'],
  ['start', 'Do it to all, after the first five or after a stop'],
  ['cancel', 'Do it to no more; what has gone stays gone'],
] as const;

/** What the schema cannot say: which members go together. */
function judge({ act, exceptions, messages, reason, patch, changes }: NewBulk): void {
  const wrong = (path: string, message: string) => ({ code: 'payload_invalid', path, message });
  const faults = [
    ...(act === 'replay' && messages?.from === undefined && messages?.key === undefined
      ? [wrong('/messages', 'a replay needs messages with from or key, so that it has a bound')]
      : []),
    ...(act !== 'replay' && exceptions === undefined
      ? [wrong('/exceptions', `a ${act} needs exceptions`)]
      : []),
    ...((act === 'discard' || act === 'edit') && reason === undefined
      ? [wrong('/reason', `${act === 'edit' ? 'an edit' : 'a discard'} needs a reason`)]
      : []),
    ...((act === 'edit') !== (changes !== undefined)
      ? [wrong('/changes', 'an edit needs changes, and no other act takes any')]
      : []),
    ...(act !== 'replay' && (messages ?? patch) !== undefined
      ? [wrong('/act', 'messages and patch belong to a replay')]
      : []),
  ];
  if (faults.length > 0)
    throw new Problem('parameters_invalid', 'The members of this act do not fit together.', faults);
}
