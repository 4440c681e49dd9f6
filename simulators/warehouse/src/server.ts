import Fastify, { type FastifyInstance } from 'fastify';
import { contractRoutes } from './api.ts';
import { countAndDisturb, type CallCounts } from './calls.ts';
import { readContract } from './contract.ts';
import { controlRoutes } from './control.ts';
import { FaultControl } from './faults.ts';
import { Floor, type FloorState } from './floor.ts';
import { problem, sendProblem } from './problem.ts';
import { readState, writeState } from './state-file.ts';
import { WebhookOutbox, type WebhookState } from './webhooks.ts';

export interface WarehouseOptions {
  /** 0 = any free port. */
  port: number;
  host: string;
  sites: readonly string[];
  token: string;
  webhookUrl?: string;
  /** `whsec_` and base64. */
  webhookSecret: string;
  webhookConcurrency: number;
  pickDelayMs: number;
  shortRate: number;
  splitRate: number;
  adjustRate: number;
  lotRate: number;
  seed: string;
  stateFile?: string;
}

export const DEFAULTS: WarehouseOptions = {
  port: 0,
  host: '127.0.0.1',
  sites: ['DAL'],
  token: 'warehouse-token',
  webhookSecret: `whsec_${Buffer.from('warehouse-simulator-secret').toString('base64')}`,
  webhookConcurrency: 16,
  pickDelayMs: 20,
  shortRate: 0.03,
  splitRate: 0.05,
  adjustRate: 0,
  lotRate: 0,
  seed: '1',
};

export interface RunningWarehouse {
  /** Such as http://127.0.0.1:8070 */
  url: string;
  /** Stops the work, lets webhooks under way be answered, writes the state file. */
  close(): Promise<void>;
}

const STATE_FORMAT = 'warehouse-simulator/1';
const BATCH_LIMIT = 16 * 1024 * 1024;

interface WarehouseState {
  floor: FloorState;
  webhooks: WebhookState;
}

/** @throws Error with a sentence for a person: an unreadable state file, a bad secret, a port in use. */
export async function start(given: Partial<WarehouseOptions> = {}): Promise<RunningWarehouse> {
  const options = { ...DEFAULTS, ...given };
  const state = readState<WarehouseState>(options.stateFile, STATE_FORMAT);
  const faults = new FaultControl();
  const outbox = new WebhookOutbox(
    {
      ...(options.webhookUrl === undefined ? {} : { url: options.webhookUrl }),
      secret: options.webhookSecret,
      concurrency: options.webhookConcurrency,
    },
    state?.webhooks,
    faults,
  );
  const floor = new Floor(options, state?.floor, (event) => outbox.add(event));
  const app = build(options, faults, floor, outbox);
  try {
    await app.listen({ port: options.port, host: options.host });
  } catch (error) {
    await outbox.close();
    throw error;
  }
  floor.resume();
  outbox.start();
  return {
    url: app.listeningOrigin,
    async close() {
      floor.stop();
      await app.close();
      await outbox.close();
      writeState(options.stateFile, STATE_FORMAT, { floor: floor.state(), webhooks: outbox.state() });
    },
  };
}

function build(
  options: WarehouseOptions,
  faults: FaultControl,
  floor: Floor,
  outbox: WebhookOutbox,
): FastifyInstance {
  const calls: CallCounts = {};
  const app = Fastify({
    bodyLimit: BATCH_LIMIT,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 400 },
  });
  countAndDisturb(app, faults, calls, (reply, verdict) => {
    if (verdict.fault === 'rateLimit') {
      reply.header('retry-after', String(verdict.retryAfterSeconds));
      return sendProblem(
        reply,
        problem(
          429,
          'too-many-requests',
          'Too many requests',
          'Nothing was done. Try again after Retry-After.',
        ),
      );
    }
    reply.header('retry-after', '1');
    return sendProblem(
      reply,
      problem(
        503,
        'unavailable',
        'Not taking requests now',
        'Nothing was done. Try again after Retry-After.',
      ),
    );
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    return sendProblem(
      reply,
      problem(status, status < 500 ? 'bad-request' : 'internal', 'The request failed', error.message),
    );
  });
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      reply,
      problem(
        404,
        'no-such-path',
        'No such path',
        `${request.method} ${request.url} is not part of the contract.`,
      ),
    ),
  );
  const { sites, token } = options;
  contractRoutes(app, { sites, token, contract: readContract(), floor });
  controlRoutes(app, { sites, floor, outbox, faults, calls });
  return app;
}
