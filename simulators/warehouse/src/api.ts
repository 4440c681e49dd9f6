import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Contract, Fault } from './contract.ts';
import type { Floor } from './floor.ts';
import { type Problem, problem, sendProblem } from './problem.ts';
import { publicState, type Release, type ReleaseRecord } from './release.ts';

export interface ApiParts {
  sites: readonly string[];
  token: string;
  contract: Contract;
  floor: Floor;
}

interface ByNumber {
  Params: { releaseNumber: string };
}

/** The contract's paths. */
export function contractRoutes(app: FastifyInstance, parts: ApiParts): void {
  const { sites, contract, floor } = parts;
  app.addHook('onRequest', async (request, reply) => authenticate(parts.token, request, reply));

  app.put<ByNumber>('/v1/releases/:releaseNumber', async (request, reply) => {
    const { status, problem: refusal, record } = takeOver(parts, request.body, request.params.releaseNumber);
    if (refusal || !record)
      return sendProblem(reply, refusal ?? unknownRelease(request.params.releaseNumber));
    return reply.code(status).send(publicState(record));
  });

  app.post<{ Body: { releases: unknown[] } }>('/v1/releases', async (request, reply) => {
    const faults = contract.faults('ReleaseBatch', request.body);
    if (faults.length > 0) return sendProblem(reply, invalid('The batch was refused whole', faults));
    const results = request.body.releases.map((release) => {
      const { status, problem: refusal } = takeOver(parts, release);
      return { releaseNumber: numberOf(release), status, ...(refusal ? { problem: refusal } : {}) };
    });
    return { results };
  });

  app.get<ByNumber>('/v1/releases/:releaseNumber', async ({ params }, reply) => {
    const record = floor.releases.get(params.releaseNumber);
    return record ? publicState(record) : sendProblem(reply, unknownRelease(params.releaseNumber));
  });

  app.post<ByNumber>('/v1/releases/:releaseNumber/cancellation', async ({ params }, reply) => {
    const record = floor.releases.get(params.releaseNumber);
    if (!record) return sendProblem(reply, unknownRelease(params.releaseNumber));
    if (floor.cancel(record)) return reply.code(202).send(publicState(record));
    const detail = `Release ${params.releaseNumber} is ${record.state}. What was picked will ship; ask for a return instead.`;
    return sendProblem(reply, problem(409, 'already-picked', 'Too late to cancel', detail));
  });

  app.get('/v1/health', async () => ({ status: 'ok', sites, time: new Date().toISOString() }));
  app.get('/openapi.json', async () => contract.document);
}

interface TakeOver {
  status: 200 | 201 | 409 | 422;
  problem?: Problem;
  record?: ReleaseRecord;
}

function takeOver({ sites, contract, floor }: ApiParts, body: unknown, named?: string): TakeOver {
  const faults = contract.faults('Release', body);
  if (faults.length === 0) faults.push(...sense(body as Release, sites, named));
  if (faults.length > 0) return { status: 422, problem: invalid('The release was refused', faults) };
  const release = body as Release;
  const acceptance = floor.accept(release);
  if (acceptance === 'conflicting') {
    const detail =
      `Release ${release.releaseNumber} is known here with other content, so nothing was changed. ` +
      'Send what was sent first to repeat it, or give the new content a new number.';
    return { status: 409, problem: problem(409, 'release-exists', 'The number is taken', detail) };
  }
  const record = floor.releases.get(release.releaseNumber);
  return { status: acceptance === 'created' ? 201 : 200, ...(record ? { record } : {}) };
}

/** What a schema cannot say. */
function sense(release: Release, sites: readonly string[], named: string | undefined): Fault[] {
  const faults: Fault[] = [];
  if (named !== undefined && named !== release.releaseNumber) {
    faults.push({ path: '/releaseNumber', detail: `differs from "${named}" in the address` });
  }
  if (!sites.includes(release.site)) {
    faults.push({ path: '/site', detail: `is not served here; this warehouse serves ${sites.join(', ')}` });
  }
  const seen = new Set<string>();
  for (const [at, { line }] of release.lines.entries()) {
    if (seen.has(line)) faults.push({ path: `/lines/${at}/line`, detail: `"${line}" occurs more than once` });
    seen.add(line);
  }
  return faults;
}

function invalid(title: string, faults: Fault[]): Problem {
  const paths = faults.map(({ path, detail }) => `${path || '/'} ${detail}`).join('; ');
  return problem(422, 'invalid-release', title, `${paths}. Correct it and send it again.`, faults);
}

function unknownRelease(releaseNumber: string): Problem {
  return problem(
    404,
    'unknown-release',
    'No such release',
    `Release ${releaseNumber} was never taken over here.`,
  );
}

function numberOf(release: unknown): string | null {
  const given = (release as { releaseNumber?: unknown }).releaseNumber;
  return typeof given === 'string' ? given : null;
}

async function authenticate(
  token: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  if (!request.url.startsWith('/v1/') || request.url === '/v1/health') return undefined;
  if (request.headers.authorization === `Bearer ${token}`) return undefined;
  const detail = 'The bearer token is missing or not the one that this warehouse was started with (--token).';
  return sendProblem(reply, problem(401, 'unauthorized', 'Not authorised', detail));
}
