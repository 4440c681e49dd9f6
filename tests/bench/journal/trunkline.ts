import { Engine, migrate, openDatabase } from '@trunkline/journal';
import type { IncomingMessage, Message, Processed, StoredState, Target } from '@trunkline/messaging';
import { type BenchEvent, type Contestant, type Handlers, type Kind, TARGETS } from './contestant.ts';

/** The journal under its public surface. Beyond what is asked of the others it dedupes by message id and stores an event's effects and its end in one commit. */
export async function trunkline(url: string, kind: Kind): Promise<Contestant> {
  const pool = openDatabase({ url });
  await migrate(pool);
  const { rows } = await pool.query<{ count: number }>('select count(*)::int as count from partition_lease');
  let handlers: Handlers = { event: () => undefined, delivery: () => undefined };
  const engine = new Engine({
    pool,
    partitions: rows[0]?.count ?? 0,
    process: (message, state) => processed(message, state, handlers, kind),
    targets: new Map(
      TARGETS.map(
        (name) => [name, { target: targetThatTakesAll(name, () => handlers), policy: {} }] as const,
      ),
    ),
    onError: (error) => process.stderr.write(`${String(error)}\n`),
  });
  return {
    accept: async (events) => {
      await engine.intake.accept(events.map(messageOf));
    },
    start: async (given) => {
      handlers = given;
      await engine.start();
    },
    ended: async () => {
      const { rows: open } = await pool.query(
        'select from message_waiting union all select from delivery limit 1',
      );
      return open.length === 0;
    },
    attempts: async () => {
      const { rows: found } = await pool.query<{ count: number }>(
        'select count(*)::int as count from delivery_attempt',
      );
      return found[0]?.count ?? 0;
    },
    stop: () => engine.stop(),
    close: () => pool.end(),
  };
}

function messageOf(event: BenchEvent): IncomingMessage {
  const { id, key, ...payload } = event;
  return { source: 'bench', sourceId: id, key, type: 'event', payload };
}

function processed(
  message: Message,
  state: StoredState | undefined,
  handlers: Handlers,
  kind: Kind,
): Processed {
  const payload = message.payload as Pick<BenchEvent, 'place' | 'pad'>;
  handlers.event({ id: message.sourceId, key: message.key, ...payload });
  return {
    disposition: 'processed',
    ...(kind === 'bare'
      ? {}
      : { state: { kind: 'bench', stage: 'open', body: { n: Number(state?.body['n'] ?? 0) + 1 } } }),
    commands:
      kind === 'full'
        ? TARGETS.map((target) => ({
            role: target,
            target,
            type: 'put',
            flow: 'bench',
            payload: { id: message.sourceId, ...payload },
          }))
        : [],
    messages: [],
    exceptions: [],
    resolves: [],
    identifiers: [],
  };
}

function targetThatTakesAll(name: string, handlers: () => Handlers): Target {
  return {
    batch: 100,
    concurrency: 4,
    lingerMs: 0,
    deliver: async (deliveries) =>
      deliveries.map((delivery) => {
        const payload = delivery.payload as unknown as Omit<BenchEvent, 'key'>;
        handlers().delivery(name, { key: delivery.key, ...payload });
        return { kind: 'succeeded' };
      }),
  };
}
