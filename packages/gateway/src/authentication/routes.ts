import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { GatewayServer } from '../server.ts';
import { Problem } from '../problems/problem.ts';
import type { CredentialStore } from './credential-store.ts';
import { refuseOtherSites, SESSION_COOKIE } from './guard.ts';
import { GuessLimit } from './guess-limit.ts';

export interface SessionRoutesOptions {
  readonly credentials: CredentialStore;
  readonly hubName: string;
  readonly now: () => number;
}

/** The console's view of who is signed in, and where. */
export const SessionView = Type.Object(
  { user: Type.String(), hub: Type.String(), expiresAt: Type.String() },
  { $id: 'Session' },
);

// 200 characters bound what scrypt is fed; nobody's password is longer.
const SignIn = Type.Object({
  user: Type.String({ minLength: 1, maxLength: 200 }),
  password: Type.String({ minLength: 1, maxLength: 200 }),
});

export async function sessionRoutes(app: GatewayServer, options: SessionRoutesOptions): Promise<void> {
  const { credentials, hubName, now } = options;
  const limit = new GuessLimit();
  const tags = ['session'];
  const view = { 200: Type.Ref('Session'), '4xx': Type.Ref('Problem') };

  app.post(
    '/session',
    { schema: { summary: 'Sign in', tags, body: SignIn, response: view } },
    async (request, reply) => {
      // Also without a cookie: a foreign page must not sign a browser in as somebody else.
      if (request.headers.origin !== undefined) refuseOtherSites(request);
      holdBackGuesses(limit, request, reply, now());
      const { user, password } = request.body;
      if (!(await credentials.verifyPassword(user, password))) {
        request.log.warn({ user, address: request.ip }, 'sign-in refused');
        throw new Problem(
          'credentials_wrong',
          'Lost them? `trunkline login --renew` on the hub’s machine makes a new password.',
        );
      }
      limit.succeeded(request.ip);
      const { token, expiresAt } = await credentials.issueSession(user);
      setCookie(request, reply, token, Date.parse(expiresAt) - now());
      return { user, hub: hubName, expiresAt };
    },
  );

  app.get(
    '/session',
    {
      schema: {
        summary: 'Who is signed in',
        description: '204 when nobody is: to ask is no fault, and a browser reports every 401 as one.',
        tags,
        response: { 200: Type.Ref('Session'), 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const cookie = request.cookies[SESSION_COOKIE];
      const session = cookie === undefined ? undefined : await credentials.verifySession(cookie);
      return session === undefined ? reply.code(204).send(null) : { ...session, hub: hubName };
    },
  );

  app.delete(
    '/session',
    { schema: { summary: 'Sign out', tags, response: { 204: Type.Null(), '4xx': Type.Ref('Problem') } } },
    async (request, reply) => {
      refuseOtherSites(request);
      const cookie = request.cookies[SESSION_COOKIE];
      if (cookie !== undefined) await credentials.revokeSession(cookie);
      reply.clearCookie(SESSION_COOKIE, { path: '/' });
      return reply.code(204).send(null);
    },
  );
}

function holdBackGuesses(limit: GuessLimit, request: FastifyRequest, reply: FastifyReply, now: number): void {
  const waitMs = limit.attempt(request.ip, now);
  if (waitMs === 0) return;
  const seconds = Math.ceil(waitMs / 1000);
  reply.header('retry-after', seconds);
  throw new Problem(
    'too_many_attempts',
    `Too many sign-ins from this address failed. Wait ${seconds} seconds.`,
  );
}

function setCookie(request: FastifyRequest, reply: FastifyReply, token: string, lifeMs: number): void {
  reply.setCookie(SESSION_COOKIE, token, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: request.protocol === 'https',
    // Relative, because the browser's clock may be wrong.
    maxAge: Math.floor(lifeMs / 1000),
  });
}
