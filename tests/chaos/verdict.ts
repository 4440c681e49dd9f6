import { setTimeout as pause } from 'node:timers/promises';
import { problemsText } from './report.ts';
import type { Account } from '../../apps/hub/src/demo/accounting/account.ts';
import { passed } from '../../apps/hub/src/demo/accounting/report.ts';
import { accountNow, standingNow } from '../../apps/hub/src/demo/run/books.ts';
import { fetchJson } from '../../apps/hub/src/demo/systems/http.ts';
import { openDatabase } from '../../packages/journal/src/index.ts';
import type { ChaosLandscape } from './chaos-landscape.ts';

/** What has not moved for so long, while nothing fails any more, is stuck. */
const STUCK_AFTER_MS = 15_000;

/** What a run must have none of, counted from what the simulated systems hold, and from what the journal has left. */
export interface Verdict {
  readonly orders: number;
  /** accounting/account.ts says what these two mean. */
  readonly lost: number;
  readonly duplicated: number;
  readonly outOfOrder: number;
  /** Orders that somebody owes a move, messages and deliveries that have not ended, events that the hub has not taken. */
  readonly stuck: number;
  /** Ends that are no end of these: refused without cause, accepted against it, units that do not add up. */
  readonly wrong: number;
  /** The first of each, in words. */
  readonly problems: readonly string[];
}

export function isClean(verdict: Verdict): boolean {
  const { lost, duplicated, outOfOrder, stuck, wrong } = verdict;
  return lost + duplicated + outOfOrder + stuck + wrong === 0;
}

/** Nothing is on its way and every system agrees; cheap questions first, since the whole account costs the systems time. */
export async function isQuiet(chaos: ChaosLandscape, orders: number): Promise<boolean> {
  const { won, warehouse } = await standingNow(chaos.systems);
  if (won < orders || warehouse.busy > 0 || warehouse.untold > 0) return false;
  return isNothing(await leftIn(chaos)) && passed(await accountNow(chaos.systems));
}

export async function judge(chaos: ChaosLandscape): Promise<Verdict> {
  const account = await accountNow(chaos.systems);
  const left = await leftFor(chaos, STUCK_AFTER_MS);
  const owed = Object.values(left.deliveries);
  const { warehouse } = await standingNow(chaos.systems);
  const backwards = [...(await backwardsInCrm(chaos)), ...(await backwardsInJournal(chaos))];
  const conflicting = await conflictingPuts(chaos);
  const of = (kind: Account['problems'][number]['kind']) =>
    account.problems.filter((one) => one.kind === kind);
  const leftOver = [
    ...(left.messages.length > 0 ? [`${left.messages.length} messages are not processed`] : []),
    ...(owed.length > 0 ? [`${owed.length} deliveries have not ended: ${owed.slice(0, 3).join('; ')}`] : []),
    ...(warehouse.untold > 0 ? [`${warehouse.untold} events of warehouses were not taken`] : []),
  ];
  return {
    orders: account.orders,
    lost: account.lost,
    duplicated: account.duplicated + conflicting,
    outOfOrder: backwards.length,
    stuck: of('open').length + left.messages.length + owed.length + warehouse.untold,
    wrong: of('wrong').length,
    problems: [...problemsText(account.problems), ...backwards, ...leftOver].slice(0, 20),
  };
}

interface Left {
  /** Ids. */
  readonly messages: readonly string[];
  /** By id, in words. */
  readonly deliveries: Readonly<Record<string, string>>;
}

async function leftIn(chaos: ChaosLandscape): Promise<Left> {
  const sql = `select array(select id::text from message_waiting) as messages,
    coalesce((select json_object_agg(id, format('%s to %s for %s is %s', type, target, key, state)) from delivery), '{}') as deliveries`;
  const [row] = await query<Left>(chaos, sql);
  if (row === undefined) throw new Error('An aggregate gave no row.');
  return row;
}

function isNothing({ messages, deliveries }: Left): boolean {
  return messages.length === 0 && Object.keys(deliveries).length === 0;
}

/**
 * What is left now and does not go within the time. Polls read what they have read before once more, so that something passes through at
 * any moment; what passes is not stuck.
 */
async function leftFor(chaos: ChaosLandscape, withinMs: number): Promise<Left> {
  const deadline = performance.now() + withinMs;
  let left = await leftIn(chaos);
  while (!isNothing(left) && performance.now() < deadline) {
    await pause(250);
    const now = await leftIn(chaos);
    left = {
      messages: left.messages.filter((id) => now.messages.includes(id)),
      deliveries: Object.fromEntries(Object.entries(now.deliveries).filter(([id]) => id in left.deliveries)),
    };
  }
  return left;
}

async function query<T extends object>({ databaseUrl }: ChaosLandscape, sql: string): Promise<readonly T[]> {
  const pool = openDatabase({ url: databaseUrl, poolSize: 1 });
  try {
    return (await pool.query<T>(sql)).rows;
  } finally {
    await pool.end();
  }
}

interface Version {
  readonly Trunkline_Id__c: string;
  readonly Status__c: string;
  readonly Units_Shipped__c: number;
  readonly Units_Cancelled__c: number;
  readonly Updated_At__c: string;
}

/**
 * What the CRM was told of one order never goes back: no state with an earlier stamp after one with a later, no unit that had shipped
 * or was given up and is not any more, and no first status after any other.
 */
async function backwardsInCrm({ landscape }: ChaosLandscape): Promise<readonly string[]> {
  const url = `${landscape.addresses.crm}/_sim/order-versions?limit=100000`;
  const { records } = await fetchJson<{ records: Version[] }>({ method: 'GET', url });
  const last = new Map<string, Version>();
  const found: string[] = [];
  for (const version of records) {
    const before = last.get(version.Trunkline_Id__c);
    last.set(version.Trunkline_Id__c, version);
    if (before === undefined) continue;
    const back =
      Date.parse(version.Updated_At__c) < Date.parse(before.Updated_At__c) ||
      version.Units_Shipped__c < before.Units_Shipped__c ||
      version.Units_Cancelled__c < before.Units_Cancelled__c ||
      (version.Status__c === 'Received' && before.Status__c !== 'Received');
    if (back)
      found.push(
        `${version.Trunkline_Id__c} went back in the CRM from ${before.Status__c} (${before.Units_Shipped__c} shipped, ${before.Updated_At__c}) to ${version.Status__c} (${version.Units_Shipped__c}, ${version.Updated_At__c})`,
      );
  }
  return found;
}

/** D1, by the journal's own record: of one (target, key) what succeeded later was caused later. */
async function backwardsInJournal(chaos: ChaosLandscape): Promise<readonly string[]> {
  const rows = await query<{ key: string; target: string; id: string }>(
    chaos,
    `select key, target, id from (
       select key, target, id, ended_at, lag(ended_at) over (partition by part, target, key order by id) as before
       from delivery_done where state = 'succeeded') d
     where ended_at < before`,
  );
  return rows.map(
    ({ key, target, id }) => `delivery ${id} of ${key} to ${target} ended before the one before it`,
  );
}

async function conflictingPuts({ landscape }: ChaosLandscape): Promise<number> {
  const sites = await Promise.all(
    Object.values(landscape.addresses.warehouses).map((url) =>
      fetchJson<{ conflictingPuts: number }>({ method: 'GET', url: `${url}/_sim/summary` }),
    ),
  );
  return sites.reduce((sum, site) => sum + site.conflictingPuts, 0);
}
