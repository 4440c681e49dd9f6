import type { JsonObject } from '@trunkline/messaging';
import Type from 'typebox';
import { Problem } from '../problems/problem.ts';
import type { GatewayServer } from '../server.ts';
import { Assign, Edit, NewMapping, Note, Reason } from './cases-contract.ts';
import type { CaseOperations } from './cases-port.ts';
import { answers, Done, Id, Limit, Offset, security } from './route-parts.ts';

const CaseFilter = Type.Enum(['active', 'open', 'acknowledged', 'ignored', 'resolved', 'all'], {
  default: 'active',
  description: '`active`: open or acknowledged.',
});
const Sort = Type.Enum(['oldest', 'newest', 'value', 'count'], { default: 'oldest' });
const tags = ['cases'];

/** What fails alike, and what people do about it. Guarded like the other operations. */
export async function casesRoutes(app: GatewayServer, { cases }: { cases: CaseOperations }): Promise<void> {
  app.get(
    '/cases',
    {
      schema: {
        summary: 'What needs a person, by what fails alike',
        tags,
        security,
        querystring: Type.Object({
          status: CaseFilter,
          queue: Type.Optional(Type.String({ maxLength: 200 })),
          q: Type.Optional(
            Type.String({
              maxLength: 200,
              description: 'Words of the failure, or any identifier of an order.',
            }),
          ),
          sort: Sort,
          limit: Limit(50),
          offset: Offset,
        }),
        response: answers(Type.Ref('CasePage')),
      },
    },
    async ({ query }) => cases.cases(query),
  );
  app.get(
    '/cases/:id',
    {
      schema: {
        summary: 'One case with what people did to it; its orders: /exceptions?case=',
        tags,
        security,
        params: Id,
        response: answers(Type.Ref('CaseDetail')),
      },
    },
    async ({ params }) => (await cases.case(params.id)) ?? unknown('case', params.id),
  );
  actRoutes(app, cases);
  exceptionRoutes(app, cases);
  mappingRoutes(app, cases);
}

function actRoutes(app: GatewayServer, cases: CaseOperations): void {
  const schema = (summary: string) => ({ summary, tags, security, params: Id, response: answers(Done) });
  app.post(
    '/cases/:id/acknowledge',
    { schema: schema('Say that you look after what is open now') },
    async ({ params, user }) => done(await cases.acknowledgeCase(params.id, user), params.id),
  );
  app.post(
    '/cases/:id/assign',
    { schema: { ...schema('Give it to a person or a queue'), body: Assign } },
    async ({ params, body, user }) => done(await cases.assignCase(params.id, user, body), params.id),
  );
  app.post(
    '/cases/:id/ignore',
    { schema: { ...schema('Stop asking about it, recurrences included'), body: Reason } },
    async ({ params, body, user }) =>
      done(await cases.ignoreCase(params.id, user, body.reason.trim()), params.id),
  );
  app.post(
    '/cases/:id/reopen',
    { schema: schema('Take an ignore or an acknowledgement back') },
    async ({ params, user }) => done(await cases.reopenCase(params.id, user), params.id),
  );
}

function exceptionRoutes(app: GatewayServer, cases: CaseOperations): void {
  app.get(
    '/exceptions/:id',
    {
      schema: {
        summary: 'One exception with its command and its history',
        tags: ['exceptions'],
        security,
        params: Id,
        response: answers(Type.Ref('ExceptionDetail')),
      },
    },
    async ({ params }) => (await cases.exceptionDetail(params.id)) ?? unknown('exception', params.id),
  );
  app.post(
    '/exceptions/:id/edit',
    {
      schema: {
        summary: 'Send the parked command edited',
        description:
          'The original is kept with who and why. An edit that breaks the command’s contract, or changes what the command is about, is refused with the path.',
        tags: ['exceptions'],
        security,
        params: Id,
        body: Edit,
        response: answers(Done),
      },
    },
    async ({ params, body, user }) => {
      const edited = await cases.editException(params.id, user, body.why.trim(), body.payload as JsonObject);
      if (edited.kind === 'broken')
        throw new Problem('payload_invalid', 'The edited command was not sent.', edited.faults);
      return done(edited.kind === 'done', params.id);
    },
  );
  app.post(
    '/exceptions/:id/resolve',
    {
      schema: {
        summary: 'Say that it was mended by hand',
        tags: ['exceptions'],
        security,
        params: Id,
        body: Note,
        response: answers(Done),
      },
    },
    async ({ params, body, user }) =>
      done(await cases.resolveException(params.id, user, body.note.trim()), params.id),
  );
}

function mappingRoutes(app: GatewayServer, cases: CaseOperations): void {
  app.get(
    '/mappings',
    {
      schema: {
        summary: 'What words of one system are called in another, and which wait for one',
        tags: ['mappings'],
        security,
        response: answers(Type.Ref('MappingPage')),
      },
    },
    async () => cases.mappings(),
  );
  app.post(
    '/mappings',
    {
      schema: {
        summary: 'Map a word; all that waited for it goes on',
        description:
          'Refused with the path when nothing would ever ask for it: a kind, a system or a site that the hub does not know.',
        tags: ['mappings'],
        security,
        body: NewMapping,
        response: answers(Type.Ref('Mapping')),
      },
    },
    async ({ body, user }) => {
      const answer = await cases.addMapping(user, body);
      switch (answer.kind) {
        case 'done':
          return answer.mapping;
        case 'nothing':
          throw new Problem('nothing_to_do', `${body.kind} ${body.source} is not mapped in ${body.system}.`);
        case 'broken':
          throw new Problem(
            'payload_invalid',
            answer.faults.map(({ message }) => message).join(' '),
            answer.faults,
          );
      }
    },
  );
}

function unknown(what: string, id: string): never {
  throw new Problem(
    'not_found',
    `There is no ${what} ${JSON.stringify(id)}. The open ones: /api/v1/${what}s.`,
  );
}

function done(is: boolean, id: string): { done: true } {
  if (is) return { done: true };
  throw new Problem(
    'nothing_to_do',
    `There is nothing to do to ${JSON.stringify(id)}: it does not exist, it has ended, or somebody was faster. Look at it again.`,
  );
}
