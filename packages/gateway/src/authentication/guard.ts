import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../problems/problem.ts';
import type { CredentialStore } from './credential-store.ts';

export const SESSION_COOKIE = 'trunkline_session';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who acts; empty on routes that nobody guards. */
    user: string;
  }
}

/** Everything registered in `app` after this asks for a session cookie or an API token. */
export function guard(app: FastifyInstance, credentials: CredentialStore): void {
  app.addHook('onRequest', async (request, reply) => {
    const user = await authenticate(request, credentials);
    if (user === undefined) {
      reply.header('www-authenticate', 'Bearer realm="trunkline"');
      throw new Problem(
        'unauthenticated',
        'This needs a session (POST /api/v1/session) or an Authorization header with an API token: Bearer tlk_….',
      );
    }
    request.user = user;
  });
}

/** The user behind a request, by token or by cookie; undefined when nobody is. */
export async function authenticate(
  request: FastifyRequest,
  credentials: CredentialStore,
): Promise<string | undefined> {
  const bearer = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return credentials.verifyApiToken(bearer);
  const cookie = request.cookies[SESSION_COOKIE];
  const session = cookie === undefined ? undefined : await credentials.verifySession(cookie);
  if (session !== undefined) refuseOtherSites(request);
  return session?.user;
}

/**
 * A browser sends its cookie for whoever asks, so a request that changes something must come from our own pages. SameSite=Strict
 * says so too; this holds where a sibling subdomain counts as the same site. Hosts are compared, not schemes: behind a proxy
 * that ends TLS we see http where the browser saw https.
 */
export function refuseOtherSites(request: FastifyRequest): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const { origin, host } = request.headers;
  const same =
    origin === undefined ? request.headers['sec-fetch-site'] === 'same-origin' : hostOf(origin) === host;
  if (!same) {
    throw new Problem(
      'origin_refused',
      `A request with a session cookie that changes something must carry this hub’s own Origin; it said ${origin ?? 'none'}. Programs use an API token instead.`,
    );
  }
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
