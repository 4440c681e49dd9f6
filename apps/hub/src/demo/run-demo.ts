import { passed, reportJson, reportText } from './accounting/report.ts';
import { type Demand, type DemandOrder, orderAt } from './demand/demand.ts';
import { demandGenerator } from './demand/generate-demand.ts';
import { planStock, withPrefix } from './demand/prepare.ts';
import { readDemand } from './demand/read-demand.ts';
import { DemoFailure, systemCode } from './failure.ts';
import { Landscape } from './landscape/landscape.ts';
import { type Identity, MASTERS, type Outliving, StateFolder } from './landscape/state-folder.ts';
import { stateFilesOf } from './landscape/simulators.ts';
import { runBatch } from './run/batch.ts';
import { calm, connectSystems, disturb, type Systems } from './run/books.ts';
import { INTERRUPTED, interruption } from './run/interruption.ts';
import type { DemoOptions } from './run/options.ts';
import { batchPlan, demandOf } from './run/plan.ts';
import { type Progress, progressOn } from './run/progress.ts';
import { runStream } from './run/stream.ts';
import { connectOdoo, type OdooAddress } from './systems/odoo-rpc.ts';

export type { DemoOptions } from './run/options.ts';

/** Runs the demo to its end and resolves with the exit code: 0, 1 (the run failed), 2 (what was asked for is wrong), 130 (interrupted). */
export async function runDemo(options: DemoOptions): Promise<number> {
  try {
    return options.headless ? await batch(options) : await stream(options);
  } catch (error) {
    if (error instanceof DemoFailure) {
      process.stderr.write(`${error.message}\n`);
      return error.exitCode;
    }
    if (systemCode(error) === 'ENOSPC') {
      process.stderr.write(
        'The disk is full. Free some space and start again; a batch goes on with --resume.\n',
      );
      return 1;
    }
    throw error;
  }
}

async function batch(options: DemoOptions): Promise<number> {
  if (options.odoo !== undefined) await greet(options.odoo);
  // Read before anything starts: a wrong --input should cost no minute and no earlier batch.
  if (!options.resume && options.input.length > 0) await readDemand(options.input);
  const folder = await StateFolder.open('batch', !options.resume, process.env);
  try {
    await mendTorn(options, folder);
    const identity = await folder.identity(outliving(options));
    const plan = await batchPlan(options, folder);
    const demand = await demandOf(plan, identity.prefix);
    const progress = progressOn(process.stdout);
    const begun = { ...options, seed: plan.seed };
    return await withLandscape(begun, folder, identity, progress, async (landscape, signal) => {
      const systems = await connectSystems(landscape, identity);
      await Promise.all([landscape.startHub(), seedMasters(systems, demand, plan.seed, folder)]);
      const live = options.odoo !== undefined;
      if (options.faults === 'some') await disturb(landscape, plan.seed, live);
      const { account, seconds, stalled } = await runBatch(systems, demand.orders, progress, signal);
      if (options.faults === 'some') await calm(landscape, live);
      progress.done();
      const facts = {
        seconds,
        readerRejections: demand.rejections,
        threadTimes: await systems.crm.threadTimes(),
      };
      process.stdout.write(`${reportText(account, facts)}\n`);
      if (stalled) process.stdout.write('Nothing moved for a minute, so the run was given up.\n');
      process.stdout.write(`${JSON.stringify(reportJson(account, facts))}\n`);
      return passed(account) ? 0 : 1;
    });
  } finally {
    await folder.release();
  }
}

/** A stream's masters are those of a company with so many orders. */
const STREAM_HORIZON = 2000;

async function stream(options: DemoOptions): Promise<number> {
  const live = options.odoo !== undefined;
  if (options.odoo !== undefined) await greet(options.odoo);
  const folder = await StateFolder.open(live ? 'demo-live' : 'demo', false, process.env);
  try {
    await mendTorn(options, folder);
    const identity = await folder.identity(outliving(options));
    const source = await streamSource(options, identity.prefix);
    const footer: string[] = [];
    const progress = progressOn(process.stdout, () => footer);
    const code = await withLandscape(options, folder, identity, progress, async (landscape, signal) => {
      const systems = await connectSystems(landscape, identity);
      const seeding = seedMasters(systems, source.masters, options.seed, folder, true);
      const [ready] = await Promise.all([landscape.startHub(), seeding]);
      if (options.faults === 'some') await disturb(landscape, options.seed, live);
      progress.say(`The console is on ${ready.listening}`);
      if (ready.login !== undefined) {
        progress.say(`First login, shown once: user ${ready.login.user}, password ${ready.login.password}`);
      }
      footer.push('', `  Console: ${ready.listening}   Ctrl-C stops everything`);
      await runStream(systems, source.orderAt, options.rate, progress, signal);
      return 0;
    });
    // A stream has no other end than being told to stop.
    return code === INTERRUPTED ? 0 : code;
  } finally {
    await folder.release();
  }
}

async function mendTorn({ odoo }: DemoOptions, folder: StateFolder): Promise<void> {
  if (!(await folder.dropTorn(stateFilesOf(odoo !== undefined)))) return;
  process.stdout.write(
    'The last run ended before its simulated systems had written down what they held, so this one begins anew.\n',
  );
}

/** A wrong address or key of a live server should be said before anything starts. */
async function greet(odoo: OdooAddress): Promise<void> {
  await (await connectOdoo(odoo)).call('res.users', 'context_get');
}

function outliving({ odoo }: DemoOptions): Outliving {
  return { erp: odoo !== undefined, database: (process.env['DATABASE_URL'] ?? '') !== '' };
}

interface StreamSource {
  readonly masters: Demand;
  readonly orderAt: (index: number) => DemandOrder | undefined;
}

async function streamSource(options: DemoOptions, prefix: string | undefined): Promise<StreamSource> {
  const { input, seed, orders = Number.POSITIVE_INFINITY } = options;
  const own = (demand: Demand) => (prefix === undefined ? demand : withPrefix(demand, prefix));
  if (input.length > 0) {
    const masters = own(await readDemand(input));
    return { masters, orderAt: (index) => (index < orders ? orderAt(masters, index) : undefined) };
  }
  const { customers, products, order } = demandGenerator(seed, STREAM_HORIZON);
  const only = (made: readonly DemandOrder[]) => own({ customers, products, orders: made, rejections: [] });
  return {
    masters: only([]),
    orderAt: (index) => (index < orders ? only([order(index + 1)]).orders[0] : undefined),
  };
}

/** Runs the work between the landscape's start and its end, whatever ends it: the work, Ctrl-C, or a system that died. */
async function withLandscape(
  options: DemoOptions,
  folder: StateFolder,
  identity: Identity,
  progress: Progress,
  work: (landscape: Landscape, signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const interrupted = interruption();
  const landscape = await Landscape.start({
    folder,
    identity,
    seed: options.seed,
    say: (sentence) => progress.say(sentence),
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.odoo === undefined ? {} : { odoo: options.odoo }),
  }).catch((error: unknown) => {
    interrupted.release();
    throw error;
  });
  interrupted.onSecond(() => landscape.kill());
  try {
    const ended = work(landscape, interrupted.signal);
    ended.catch(() => undefined);
    return await Promise.race([ended, landscape.broken, interrupted.first]);
  } finally {
    interrupted.stopWork();
    progress.done();
    if (interrupted.asked) {
      progress.say(
        'Stopping: the hub finishes what is under way, then the systems end. Ctrl-C again ends them at once.',
      );
    }
    await landscape.stop();
    interrupted.release();
  }
}

async function seedMasters(
  systems: Systems,
  demand: Demand,
  seed: number,
  folder: StateFolder,
  endless = false,
): Promise<void> {
  if ((await folder.read(MASTERS)) !== undefined) return;
  // Once only: a second count of the stock would put back what has been sold since.
  const stock = planStock(demand, seed, endless).filter(({ quantity }) => quantity > 0);
  await Promise.all([
    systems.crm.seedMasters(demand.customers, demand.products),
    systems.seeder.seed(demand.products, stock),
  ]);
  await folder.write(
    MASTERS,
    JSON.stringify({ products: demand.products.length, customers: demand.customers.length }),
  );
}
