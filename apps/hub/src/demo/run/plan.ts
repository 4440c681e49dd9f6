import { resolve } from 'node:path';
import { type Demand, takeOrders } from '../demand/demand.ts';
import { generateDemand } from '../demand/generate-demand.ts';
import { withPrefix } from '../demand/prepare.ts';
import { readDemand } from '../demand/read-demand.ts';
import { DemoFailure } from '../failure.ts';
import type { StateFolder } from '../landscape/state-folder.ts';
import type { BatchPlan, DemoOptions } from './options.ts';

const PLAN = 'batch.json';
const DEFAULT_ORDERS = 300;

/** The plan of the batch in the folder when it is resumed, else a new one. */
export async function batchPlan(options: DemoOptions, folder: StateFolder): Promise<BatchPlan> {
  if (options.resume) {
    const begun = await folder.read<BatchPlan>(PLAN);
    if (begun !== undefined) return begun;
    throw new DemoFailure(`There is no batch to resume in ${folder.path}. Start one without --resume.`, 2);
  }
  const plan: BatchPlan = {
    ...(options.orders === undefined ? {} : { orders: options.orders }),
    input: options.input.map((path) => resolve(path)),
    seed: options.seed,
  };
  await folder.write(PLAN, JSON.stringify(plan));
  return plan;
}

/** The same plan always gives the same demand. */
export async function demandOf(plan: BatchPlan, prefix?: string): Promise<Demand> {
  const demand = await unprefixed(plan);
  if (demand.orders.length > 0) return prefix === undefined ? demand : withPrefix(demand, prefix);
  throw new DemoFailure('The input holds no order that a CRM can hold. Check what --input names.', 2);
}

async function unprefixed({ input, orders, seed }: BatchPlan): Promise<Demand> {
  if (input.length === 0) return generateDemand({ orders: orders ?? DEFAULT_ORDERS, seed });
  const demand = await readDemand(input);
  return orders === undefined ? demand : takeOrders(demand, orders);
}
