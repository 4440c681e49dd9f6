import Fastify, { type FastifyInstance } from 'fastify';
import { restRoutes, tellLimit } from './api.ts';
import { type CallCounts, countAndDisturb } from './calls.ts';
import { controlRoutes } from './control.ts';
import { insert } from './dml.ts';
import { RefusedCall } from './fault-answer.ts';
import { FaultControl } from './faults.ts';
import { OAuth } from './oauth.ts';
import { objectNamed } from './objects.ts';
import { Org, type OrgState } from './org.ts';
import { readState, writeState } from './state-file.ts';

export interface SalesforceOptions {
  /** 0 = any free port. */
  port: number;
  host: string;
  clientId: string;
  clientSecret: string;
  /** PEM of the public key or certificate for the JWT bearer flow. */
  jwtPublicKey?: string;
  /** Calls that the org may make in 24 h. */
  dailyLimit: number;
  /** Where the serial part of record ids begins, so that two orgs do not share ids. */
  seed: number;
  stateFile?: string;
}

export const DEFAULTS: SalesforceOptions = {
  port: 0,
  host: '127.0.0.1',
  clientId: 'trunkline',
  clientSecret: 'trunkline-secret',
  dailyLimit: 1_000_000,
  seed: 0,
};

export interface RunningSalesforce {
  /** Such as http://127.0.0.1:8060 */
  url: string;
  /** Stops answering and writes the state file. */
  close(): Promise<void>;
}

const STATE_FORMAT = 'salesforce-simulator/1';
const SEED_LIMIT = 128 * 1024 * 1024;
const DAY_MS = 86_400_000;

/** @throws Error with a sentence for a person: an unreadable state file or key, a port in use. */
export async function start(given: Partial<SalesforceOptions> = {}): Promise<RunningSalesforce> {
  const options = { ...DEFAULTS, ...given };
  const org = new Org(readState<OrgState>(options.stateFile, STATE_FORMAT), options.seed);
  furnish(org);
  const apiUsage = { used: 0, max: options.dailyLimit };
  const app = build(options, org, apiUsage);
  await app.listen({ port: options.port, host: options.host });
  const newDay = setInterval(() => {
    apiUsage.used = 0;
  }, DAY_MS);
  return {
    url: app.listeningOrigin,
    async close() {
      clearInterval(newDay);
      await app.close();
      writeState(options.stateFile, STATE_FORMAT, org.state());
    },
  };
}

/** What every org has before anybody works in it. */
function furnish(org: Org): void {
  const user = objectNamed('User');
  const pricebook = objectNamed('Pricebook2');
  if (user && org.table('User').rows.size === 0) {
    insert(org, user, {
      Username: 'integration@trunkline.example',
      LastName: 'Integration',
      Email: 'integration@trunkline.example',
    });
  }
  if (pricebook && org.table('Pricebook2').rows.size === 0) {
    insert(org, pricebook, { Name: 'Standard Price Book', IsActive: true });
  }
}

function build(
  options: SalesforceOptions,
  org: Org,
  apiUsage: { used: number; max: number },
): FastifyInstance {
  const faults = new FaultControl();
  const calls: CallCounts = {};
  const oauth = new OAuth(options);
  const app = Fastify({
    bodyLimit: SEED_LIMIT,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 1000, ignoreTrailingSlash: true },
  });
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(String(body))));
    },
  );
  tellLimit(app, apiUsage);
  countAndDisturb(app, faults, calls, (reply, { fault }) => {
    if (fault === 'rateLimit') {
      return reply
        .code(403)
        .send(
          new RefusedCall(
            403,
            'REQUEST_LIMIT_EXCEEDED',
            'ConcurrentRequests (Concurrent API Requests) Limit exceeded.',
          ).errors,
        );
    }
    return reply
      .code(503)
      .send(new RefusedCall(503, 'SERVER_UNAVAILABLE', 'Server is too busy. Please try again later.').errors);
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    const code = status < 500 ? 'JSON_PARSER_ERROR' : 'UNKNOWN_EXCEPTION';
    return reply.code(status).send(new RefusedCall(status, code, error.message).errors);
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send(new RefusedCall(404, 'NOT_FOUND', 'The requested resource does not exist').errors),
  );
  restRoutes(app, { org, oauth, faults, apiUsage, origin: () => app.listeningOrigin });
  controlRoutes(app, { org, oauth, faults, calls, apiUsage });
  return app;
}
