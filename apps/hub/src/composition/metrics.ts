import type { Overview } from '@trunkline/gateway';
import type { LeaseTrouble } from '@trunkline/journal';
import type { Outcome } from '@trunkline/messaging';
import { Counter, collectDefaultMetrics, Gauge, Histogram, type Registry } from 'prom-client';

/** The journal is asked once for all gauges of one scrape. */
const ONE_SCRAPE_MS = 500;

/** What Prometheus sees of a node's deliveries; the gateway adds its own. */
export function hubMetrics(registry: Registry): {
  readonly attempted: (system: string, outcomes: readonly Outcome[], tookMs: number) => void;
  readonly troubled: (trouble: Pick<LeaseTrouble, 'kind'>) => void;
} {
  collectDefaultMetrics({ register: registry });
  const deliveries = new Counter({
    name: 'trunkline_delivery_outcomes_total',
    help: 'Delivery attempts by target system and outcome.',
    labelNames: ['system', 'outcome'],
    registers: [registry],
  });
  const calls = new Histogram({
    name: 'trunkline_delivery_call_seconds',
    help: 'Duration of calls to target systems; one call may carry many deliveries.',
    labelNames: ['system'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers: [registry],
  });
  const troubles = new Counter({
    name: 'trunkline_lease_troubles_total',
    help: 'Leases that this node lost, writes of it that were refused, and other nodes that it took for dead.',
    labelNames: ['kind'],
    registers: [registry],
  });
  // From the start, so that an alarm on its growth sees the first one.
  for (const kind of ['lease_lost', 'write_fenced', 'node_dead'] as const) troubles.inc({ kind }, 0);
  return {
    troubled: ({ kind }) => troubles.inc({ kind }),
    attempted: (system, outcomes, tookMs) => {
      calls.observe({ system }, tookMs / 1000);
      for (const outcome of outcomes) deliveries.inc({ system, outcome: outcome.kind });
    },
  };
}

/** Where the journal stands, for alarms: what waits, what is parked, what needs a person. Every node of a journal shows the same. */
export function journalMetrics(registry: Registry, overview: () => Promise<Overview>): void {
  let asked: { readonly atMs: number; readonly answer: Promise<Overview | undefined> } | undefined;
  const shared = () => {
    const nowMs = performance.now();
    // A database that does not answer leaves the gauges empty; /readyz says why, and the other metrics are still worth having.
    if (asked === undefined || nowMs - asked.atMs > ONE_SCRAPE_MS)
      asked = { atMs: nowMs, answer: overview().catch(() => undefined) };
    return asked.answer;
  };
  const gauge = (name: string, help: string, label: string | undefined, values: Values) =>
    new Gauge({
      name,
      help,
      labelNames: label === undefined ? [] : [label],
      registers: [registry],
      async collect() {
        const now = await shared();
        this.reset();
        // Without labels a reset means zero, which is not so.
        if (now === undefined) return label === undefined ? this.remove() : undefined;
        for (const [of, value] of values(now)) this.set(label === undefined ? {} : { [label]: of }, value);
      },
    });
  gauge('trunkline_messages_waiting', 'Messages accepted and not yet processed.', undefined, (now) => [
    ['', now.backlog],
  ]);
  gauge(
    'trunkline_waiting_counted_seconds',
    'How long ago what waits was counted: where much does, it is not counted for each scrape.',
    undefined,
    ({ at, countedAt }) => [
      ['', countedAt === undefined ? 0 : Math.max(0, Date.parse(at) - Date.parse(countedAt)) / 1000],
    ],
  );
  gauge('trunkline_exceptions_open', 'Exceptions that wait for a person.', undefined, (now) => [
    ['', now.openExceptions],
  ]);
  gauge('trunkline_orders', 'Orders by stage.', 'stage', (now) =>
    now.orders.map((row) => [row.stage, row.count]),
  );
  gauge('trunkline_deliveries_waiting', 'Deliveries on their way to a system.', 'system', (now) =>
    now.targets.map((row) => [row.system, row.waiting]),
  );
  gauge('trunkline_deliveries_parked', 'Deliveries that wait for a person.', 'system', (now) =>
    now.targets.map((row) => [row.system, row.parked]),
  );
  gauge(
    'trunkline_poll_behind_seconds',
    'How old the newest state is that was read whole of a polled stream.',
    'stream',
    (now) =>
      now.streams.flatMap(({ system, stream, behindSeconds }) =>
        behindSeconds === null ? [] : [[`${system}/${stream}`, behindSeconds] as const],
      ),
  );
  gauge('trunkline_breaker_open', '1 while the nodes hold a system for down.', 'system', (now) =>
    now.targets.map((row) => [row.system, row.breaker === 'closed' ? 0 : 1]),
  );
}

type Values = (overview: Overview) => readonly (readonly [of: string, value: number])[];
