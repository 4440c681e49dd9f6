import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem, sendProblem } from '../problems/problem.ts';

/** Paths that programs call; a page never stands there. */
const NOT_PAGES = /^\/(?:api|webhooks|healthz|readyz|metrics|openapi\.json)(?:[/?]|$)/;

export interface ConsoleRoutesOptions {
  /** The console's built files. Absent: the hub has no pages, only the API. */
  readonly consoleDir: string | undefined;
}

/** The console's files at `/`; any other address that a browser asks for is one of its views, so it gets index.html. */
export async function consoleRoutes(
  app: FastifyInstance,
  { consoleDir }: ConsoleRoutesOptions,
): Promise<void> {
  const built = consoleDir !== undefined && existsSync(join(consoleDir, 'index.html'));
  if (built) {
    await app.register(fastifyStatic, {
      root: consoleDir,
      index: 'index.html',
      preCompressed: true,
      cacheControl: false,
      setHeaders: (reply, path) => {
        // Vite names what it puts under assets/ after its content.
        const forever = /[/\\]assets[/\\]/.test(path);
        reply.header('cache-control', forever ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    if (built && isPage(request)) return reply.sendFile('index.html');
    return sendProblem(reply, nothingHere(request, built, consoleDir));
  });
}

function isPage(request: FastifyRequest): boolean {
  const reads = request.method === 'GET' || request.method === 'HEAD';
  return reads && !NOT_PAGES.test(request.url) && (request.headers.accept ?? '').includes('text/html');
}

function nothingHere(request: FastifyRequest, built: boolean, consoleDir: string | undefined): Problem {
  if (!built && consoleDir !== undefined && isPage(request)) {
    return new Problem(
      'not_found',
      'The console is not built. Run the console’s build, then start the hub again.',
    );
  }
  return new Problem(
    'not_found',
    `${request.method} ${request.url} is no part of this API; /openapi.json lists what is.`,
  );
}
