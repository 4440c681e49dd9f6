import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseArgs } from 'node:util';
import { bySearchRead, byStream, changePartners } from './partner-changes.ts';
import { type Comparison, goalsOf, type OdooFigures, showTable } from './report.ts';
import { type OdooServer, startSimulated } from './server.ts';
import {
  type Count,
  counting,
  placing,
  type Shipped,
  validating,
  type Way,
  WAYS,
  type Work,
} from './ways.ts';
import { nextOrder, prepare, type World } from './world.ts';

interface Options {
  readonly url: string | undefined;
  readonly database: string;
  readonly key: string;
  readonly login: string | undefined;
  readonly scale: number;
  readonly rounds: number;
  /** Records of a round for the ways that batch, and for the one that does not. */
  readonly many: number;
  readonly few: number;
  readonly partners: number;
}

/** A run that would last longer than this was given too much. */
const MOST = { orders: 500, partners: 50_000, rounds: 9 };

const USAGE = `npm run bench -- odoo [--scale 0.5] [--rounds 3] [--orders 200] [--partners 10000]
npm run bench -- odoo --url URL --database DB --key KEY [--login LOGIN] [--rounds 3] [--orders 50] [--partners 2000]`;

/**
 * How much of an Odoo the connector gets out of it, beside the most that there is (the same calls written by hand, in perfect batches)
 * and beside one call per record. Rates per second, medians over rounds in which the three take turns. On the simulator calls last as
 * on a measured server, times `--scale` (reading partners: in full); on a live one it makes records of its own and leaves them there.
 */
export async function odooBench(args: readonly string[]): Promise<OdooFigures> {
  const options = readOptions(args);
  const server = options.url === undefined ? await startSimulated(options.scale) : live(options);
  try {
    const world = await server.untimed(() => prepare(server, options.many));
    try {
      return await measure(world, options);
    } finally {
      await world.close();
    }
  } finally {
    await server.close();
  }
}

async function measure(world: World, options: Options): Promise<OdooFigures> {
  const { rounds, partners, url, scale } = options;
  const rates = new Map<string, number[]>();
  const note = (what: string, perSecond: number) => rates.set(what, [...(rates.get(what) ?? []), perSecond]);
  const memory = [memoryNow()];
  await world.server.untimed(() => changePartners(world, partners));
  for (let round = 0; round < rounds; round++) {
    for (const way of turned(round)) {
      process.stderr.write(`round ${round + 1} of ${rounds}: ${way}\n`);
      await measureWay(world, way, way === 'single' ? options.few : options.many, note);
    }
    await world.server.unscaled(async () => {
      const read = async (how: string, work: () => Promise<number>) =>
        note(`partners ${how}`, await perSecond(partners, async () => expectCount(await work(), partners)));
      await read('connector', () => byStream(world, partners));
      await read('limit', () => bySearchRead(world));
    });
    memory.push(memoryNow());
  }
  const comparison = (job: string): Comparison => {
    const of = (way: Way) => median(rates.get(`${job} ${way}`) ?? []);
    const [connector, limit, single] = [of('connector'), of('limit'), of('single')];
    return { job, connector, limit, ...(Number.isNaN(single) ? {} : { single }) };
  };
  const comparisons = ['orders', 'transfers', 'counts', 'partners'].map(comparison);
  const figures = {
    job: url === undefined ? `simulated Odoo, measured service times x ${scale}, two workers` : url,
    rounds,
    comparisons,
    memory,
    goals: goalsOf(comparisons, memory),
  };
  process.stderr.write(showTable(figures));
  return figures;
}

async function measureWay(
  world: World,
  way: Way,
  count: number,
  note: (what: string, perSecond: number) => void,
): Promise<void> {
  const time = async <T>(job: string, work: Work<T>, items: readonly T[]) =>
    note(`${job} ${way}`, await perSecond(items.length, () => work(world, items)));
  const orders = Array.from({ length: count }, () => nextOrder(world));
  await time('orders', placing[way], orders);
  const shipments = await world.server.untimed(() => shipmentsOf(world, orders));
  expectCount(shipments.length, count);
  await time('transfers', validating[way], shipments);
  await time('counts', counting[way], countsOf(world, count));
}

/** The transfers of the orders, to be shipped in full. */
async function shipmentsOf({ raw }: World, orders: ReturnType<typeof nextOrder>[]): Promise<Shipped[]> {
  const byReference = new Map(orders.map((order) => [order.customerPo, order]));
  const found = await raw.call<{ id: number; client_order_ref: string; picking_ids: number[] }[]>(
    'sale.order',
    'search_read',
    {
      domain: [['client_order_ref', 'in', [...byReference.keys()]]],
      fields: ['client_order_ref', 'picking_ids'],
    },
  );
  return found.flatMap(({ client_order_ref: reference, picking_ids: [pickingId] }) => {
    const order = byReference.get(reference);
    return order === undefined || pickingId === undefined
      ? []
      : [{ pickingId, orderId: order.id, lines: order.lines }];
  });
}

let counted = 1_000_000;
function countsOf({ products, run }: World, count: number): Count[] {
  // Each count differs from what is there, so that each one moves stock.
  const quantity = String(++counted);
  return products
    .slice(0, count)
    .map((productId, at) => ({ productId, quantity, reference: `${run}-count-${counted}-${at}` }));
}

function expectCount(found: number, wanted: number): void {
  if (found !== wanted)
    throw new Error(`${found} of ${wanted} records came: the figures would be of another job.`);
}

async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return (count / (performance.now() - startedMs)) * 1000;
}

const turned = (round: number): readonly Way[] =>
  WAYS.map((_, at) => WAYS[(at + round) % WAYS.length] ?? 'limit');

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** What lives, after a collection: what only waits for one says nothing. */
function memoryNow() {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, rss } = process.memoryUsage();
  const megabytes = (bytes: number) => Math.round(bytes / 1e5) / 10;
  return { heapMegabytes: megabytes(heapUsed), rssMegabytes: megabytes(rss) };
}

function live({ url = '', database, key, login }: Options): OdooServer {
  return {
    url,
    database,
    apiKey: key,
    ...(login === undefined ? {} : { login }),
    untimed: (work) => work(),
    unscaled: (work) => work(),
    close: () => Promise.resolve(),
  };
}

function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      url: { type: 'string' },
      database: { type: 'string', default: '' },
      key: { type: 'string', default: '' },
      login: { type: 'string' },
      scale: { type: 'string', default: '0.5' },
      rounds: { type: 'string', default: '3' },
      orders: { type: 'string' },
      partners: { type: 'string' },
    },
  });
  const number = (text: string, least: number, most: number) => {
    const value = Number(text);
    if (value >= least && value <= most) return value;
    throw new Error(`${text} is no number from ${least} to ${most}.\n${USAGE}`);
  };
  const many = number(values.orders ?? (values.url === undefined ? '200' : '50'), 10, MOST.orders);
  if (values.url !== undefined && (values.database === '' || values.key === ''))
    throw new Error(`A live server needs --database and --key.\n${USAGE}`);
  return {
    url: values.url,
    database: values.database,
    key: values.key,
    login: values.login,
    scale: number(values.scale, 0.02, 2),
    rounds: number(values.rounds, 1, MOST.rounds),
    many,
    few: Math.max(5, Math.round(many / 10)),
    partners: number(values.partners ?? (values.url === undefined ? '10000' : '2000'), 100, MOST.partners),
  };
}
