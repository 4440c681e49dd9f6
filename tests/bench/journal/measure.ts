import type { BenchEvent, Contestant, Handlers } from './contestant.ts';
import {
  atOnce,
  eventsOf,
  inBatches,
  type Job,
  LATENCY_EVENTS,
  LATENCY_INTERVAL_MS,
  SINGLES,
  SINGLES_AT_ONCE,
  WARM_UP,
} from './job.ts';
import { serverCpuMs } from './server-processes.ts';

/** Bounds a contestant that has got stuck; the slowest that was seen needs a tenth of it. */
const PATIENCE_MS = 240_000;

const AFTER_ALL = 1_000_000_000;

/** Processor time per event, in microseconds. Unlike rates it hardly depends on what else the machine does. */
export interface Cpu {
  readonly node: number;
  readonly server: number;
}

/** One turn's figures, all from the contestant's own process. */
export interface Figures {
  readonly acceptPerSecond: number;
  readonly processPerSecond?: number;
  /** Accepted, processed, done: of the whole job, one part after the other. */
  readonly wholePerSecond: number;
  readonly singleAcceptPerSecond?: number;
  readonly latencyMs?: { readonly p50: number; readonly p99: number };
  /** Events and deliveries that were handled before an earlier one of their key, or twice. */
  readonly outOfOrder: number;
  /** On record, per event. */
  readonly attempts?: number;
  readonly acceptCpu: Cpu;
  readonly processCpu?: Cpu;
  readonly nodeMegabytes?: number;
  readonly serverMegabytes?: number;
}

/** The job: accepted in batches, then processed to its end; the plain one then idle at 50 events a second, then single accepts. */
export async function measure(
  contestant: Contestant,
  job: Job,
  postmaster: number,
  progress: (step: string) => void,
): Promise<Figures> {
  const events = eventsOf('e', job.events);
  progress('warms up');
  await inBatches(eventsOf('w', WARM_UP, -WARM_UP), (batch) => contestant.accept(batch));
  progress('accepts');
  const acceptCpu = cpuMeter(postmaster);
  const acceptPerSecond = await perSecond(job.events, () =>
    inBatches(events, (batch) => contestant.accept(batch)),
  );
  const accepted = acceptCpu(job.events);
  progress('processes');
  const handled = job.events + WARM_UP;
  const processCpu = cpuMeter(postmaster);
  const worked = await work(contestant, handled, job.kind === 'full');
  const figures: Figures = {
    acceptPerSecond,
    processPerSecond: worked.perSecond,
    wholePerSecond: Math.round(1 / (1 / acceptPerSecond + 1 / worked.perSecond)),
    outOfOrder: worked.outOfOrder(),
    acceptCpu: accepted,
    processCpu: processCpu(handled),
    nodeMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  };
  if (job.kind === 'bare') return figures;
  if (job.kind === 'full') {
    await contestant.stop();
    return { ...figures, attempts: (await contestant.attempts()) / handled };
  }
  progress('idles at 50 events/s');
  const latencyMs = await latency(contestant, worked);
  progress('accepts one by one');
  await contestant.stop();
  const singles = eventsOf('s', SINGLES);
  const singleAcceptPerSecond = await perSecond(SINGLES, () =>
    atOnce(singles, SINGLES_AT_ONCE, (event) => contestant.accept([event])),
  );
  return { ...figures, latencyMs, singleAcceptPerSecond, outOfOrder: worked.outOfOrder() };
}

/** Begins to count; the answer divides by `count` events. */
export function cpuMeter(postmaster: number): (count: number) => Cpu {
  const node = process.cpuUsage();
  const server = serverCpuMs(postmaster);
  return (count) => {
    const used = process.cpuUsage(node);
    return {
      node: Math.round(((used.user + used.system) / count) * 10) / 10,
      server: Math.round(((serverCpuMs(postmaster) - server) * 10_000) / count) / 10,
    };
  };
}

interface Worked {
  readonly perSecond: number;
  readonly outOfOrder: () => number;
  /** Events handled so far; `onEvent` is told of each. */
  readonly handled: () => number;
  onEvent: (event: BenchEvent) => void;
}

/** Starts the workers and waits until all that was accepted has ended, committed. */
export async function work(contestant: Contestant, count: number, fanOut: boolean): Promise<Worked> {
  let events = 0;
  let deliveries = 0;
  let outOfOrder = 0;
  const last = new Map<string, number>();
  const inOrder = (chain: string, { place }: BenchEvent) => {
    if (place <= (last.get(chain) ?? Number.NEGATIVE_INFINITY)) outOfOrder++;
    last.set(chain, place);
  };
  const worked = {
    perSecond: 0,
    outOfOrder: () => outOfOrder,
    handled: () => events,
    onEvent: (_event: BenchEvent) => {},
  };
  const handlers: Handlers = {
    event: (event) => {
      events++;
      inOrder(event.key, event);
      worked.onEvent(event);
    },
    delivery: (target, event) => {
      deliveries++;
      inOrder(`${target} ${event.key}`, event);
    },
  };
  const wanted = fanOut ? count * 2 : 0;
  worked.perSecond = await perSecond(count, async () => {
    await contestant.start(handlers);
    await until(() => events >= count && deliveries >= wanted);
    await until(() => contestant.ended());
  });
  return worked;
}

/** From accept to handler, at 50 events a second. */
async function latency(contestant: Contestant, worked: Worked): Promise<{ p50: number; p99: number }> {
  const sentAt = new Map<string, number>();
  const took: number[] = [];
  const before = worked.handled();
  worked.onEvent = ({ id }) => took.push(performance.now() - (sentAt.get(id) ?? Number.NaN));
  const accepts: Promise<void>[] = [];
  // Behind all events of the job in its key's order.
  for (const event of eventsOf('l', LATENCY_EVENTS, AFTER_ALL)) {
    sentAt.set(event.id, performance.now());
    accepts.push(contestant.accept([event]));
    await new Promise((resolve) => setTimeout(resolve, LATENCY_INTERVAL_MS));
  }
  await Promise.all(accepts);
  await until(() => worked.handled() - before >= LATENCY_EVENTS);
  took.sort((a, b) => a - b);
  const at = (share: number) => Math.round((took[Math.floor(took.length * share)] ?? Number.NaN) * 10) / 10;
  return { p50: at(0.5), p99: at(0.99) };
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > deadline)
      throw new Error(`The job did not end within ${PATIENCE_MS / 1000} s; take fewer events (--events).`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export async function perSecond(count: number, run: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await run();
  return Math.round((count / (performance.now() - startedMs)) * 1000);
}
