/**
 * Two hub processes on one database, of which one is killed in the middle of a run and stays dead. Real: the processes, SIGKILL,
 * PostgreSQL, HTTP; the wall clock of the one that is killed is seven minutes slow. Doubled: Salesforce, Odoo and two warehouses, by the
 * simulators as processes. Observed: who owns the partitions, and the systems' own books.
 */
import { expect, test } from 'vitest';
import { standingNow } from '../../apps/hub/src/demo/run/books.ts';
import { listNodes, openDatabase } from '../../packages/journal/src/index.ts';
import { until } from '../landscape/until.ts';
import { ChaosLandscape } from './chaos-landscape.ts';
import { chaosDemand, seedMasters } from './demand.ts';
import { isQuiet, judge } from './verdict.ts';

const SEED = Number(process.env['TRUNKLINE_TEST_SEED'] ?? 12);
const ORDERS = 80;

test('a worker killed in mid-work is replaced, and the other node completes the run', async () => {
  console.log(`seed ${SEED}`);
  const said: string[] = [];
  const say = (sentence: string) => said.push(sentence);
  const chaos = await ChaosLandscape.start({ seed: SEED, nodes: 2, clockShiftMs: -7 * 60_000, say });
  const pool = openDatabase({ url: chaos.databaseUrl, poolSize: 1 });
  let passed = false;
  try {
    const demand = chaosDemand(ORDERS, SEED);
    await Promise.all([seedMasters(chaos.systems, demand, SEED), chaos.startNodes()]);
    const held = async () => {
      const { nodes } = await listNodes(pool);
      return nodes.filter(({ alive }) => alive).map(({ partitions }) => partitions.length);
    };
    await until('each has half of the partitions', async () => String(await held()) === '4,4', {
      seen: held,
    });
    const [, worker] = chaos.nodes;
    await chaos.systems.crm.winDeals(demand.orders);
    const seen = () => standingNow(chaos.systems);
    await until(
      'some orders have a release and none is done with',
      async () => (await seen()).warehouse.releases > 4,
      {
        withinMs: 60_000,
        seen,
      },
    );
    await worker?.killForGood();
    const { won, byStatus } = await seen();
    expect(won - (byStatus['Shipped'] ?? 0), 'it was killed while there was work').toBeGreaterThan(10);
    await until('the other has all partitions', async () => (await held())[0] === 8, { seen: held });
    await until('all is done', () => isQuiet(chaos, ORDERS), { withinMs: 120_000, seen });
    expect(await judge(chaos)).toEqual({
      orders: ORDERS,
      lost: 0,
      duplicated: 0,
      outOfOrder: 0,
      stuck: 0,
      wrong: 0,
      problems: [],
    });
    passed = true;
  } finally {
    await pool.end();
    await chaos.stop(!passed);
  }
}, 300_000);
