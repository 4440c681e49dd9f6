import { setTimeout as pause } from 'node:timers/promises';
import type { Overview } from '@trunkline/gateway';
import { listNodes, type NodeList } from '@trunkline/journal';
import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import { nodesJson, partitionsText, rolesText, shortName } from '../operations/nodes.ts';
import type { HubInReach } from '../terminal/hub-in-reach.ts';
import { callOf, type Printable, serverText, table, words } from '../terminal/output.ts';

const WATCH_EVERY_MS = 1000;

/** Where everything stands. */
export async function status(hub: HubInReach): Promise<Printable> {
  const [overview, nodes] = await Promise.all([hub.operations.overview(), listNodes(hub.pool)]);
  // Rates and breakers are the running node's own; this process only reads the journal.
  const { rate: _rate, ...json } = overview;
  return { json: { ...json, ...nodesJson(nodes) }, text: describe(overview, nodes) };
}

/** The same again every second, in place, until Ctrl-C; for programs one JSON line each time. Never resolves. */
export async function watchStatus(hub: HubInReach, asJson: boolean): Promise<never> {
  const draw = createLogUpdate(process.stdout, { showCursor: true });
  for (;;) {
    const [overview, nodes] = await Promise.all([hub.operations.overview(), listNodes(hub.pool)]);
    if (asJson) {
      const { rate, ...json } = overview;
      process.stdout.write(
        `${JSON.stringify({ ...json, ...nodesJson(nodes), ordersPerSecond: rate.ordersPerSecond })}\n`,
      );
    } else {
      const pace = `${overview.rate.ordersPerSecond.toFixed(1)} orders/s shipped`;
      draw(`${describe(overview, nodes)}\n\n${pc.dim(`${pace}; Ctrl-C ends the watch.`)}`);
    }
    await pause(WATCH_EVERY_MS);
  }
}

function describe(overview: Overview, nodes: NodeList): string {
  const orders = overview.orders.filter((row) => row.count > 0);
  const total = orders.reduce((sum, row) => sum + row.count, 0);
  return [
    headline(overview),
    total === 0
      ? 'No orders yet.'
      : table(
          ['orders', ''],
          [...orders.map((row) => [words(row.stage), String(row.count)]), ['all', String(total)]],
        ),
    overview.targets.length === 0
      ? 'Nothing is on its way to a system.'
      : table(
          ['to system', 'is', 'on the way', 'parked', ''],
          overview.targets.map((row) => [
            row.system,
            row.server === undefined ? '' : serverText(row.server),
            String(row.waiting),
            String(row.parked),
            holdText(row.hold),
          ]),
        ),
    overview.streams.length === 0
      ? 'Nothing is polled.'
      : table(
          ['from system', 'stream', 'behind'],
          overview.streams.map((row) => [row.system, row.stream, behindText(row)]),
        ),
    describeNodes(nodes),
  ].join('\n\n');
}

/** Polls come every second and say so every five: what is younger is up to date. */
const UP_TO_DATE_SECONDS = 10;

function behindText({ behindSeconds, failure }: Overview['streams'][number]): string {
  const age = behindSeconds === null ? 'never read whole' : `${Math.round(behindSeconds)} s`;
  if (failure !== undefined) return pc.red(`${age}: ${failure}`);
  return behindSeconds !== null && behindSeconds <= UP_TO_DATE_SECONDS ? 'up to date' : pc.yellow(age);
}

function describeNodes({ nodes, unowned }: NodeList): string {
  const living = nodes.filter(({ alive }) => alive);
  if (living.length === 0) return 'No node is running: nothing is read, decided or delivered.';
  const shown = table(
    ['node', 'roles', 'partitions', 'address'],
    living.map((node) => [
      shortName(node),
      rolesText(node),
      partitionsText(node.partitions) || 'none',
      node.address ?? 'none',
    ]),
  );
  return unowned.length === 0
    ? shown
    : `${shown}\n${pc.yellow(`No node owns partitions ${partitionsText(unowned)} now.`)}`;
}

function holdText(hold: Overview['targets'][number]['hold']): string {
  if (hold === undefined) return '';
  const who = hold.who === undefined ? '' : ` (${hold.who})`;
  return pc.yellow(`${hold.by === 'person' ? 'paused' : 'waits'}: ${hold.reason}${who}`);
}

function headline({ hub, at, backlog, countedAt, openExceptions }: Overview): string {
  const seconds = countedAt === undefined ? 0 : Math.round((Date.parse(at) - Date.parse(countedAt)) / 1000);
  const age = seconds === 0 ? '' : ` (what waits was counted ${seconds} s ago)`;
  const waiting = `${backlog === 0 ? 'no' : backlog} ${backlog === 1 ? 'message' : 'messages'} to process${age}`;
  const people =
    openExceptions === 0
      ? 'nothing needs a person'
      : pc.red(
          `${openExceptions} open ${openExceptions === 1 ? 'exception' : 'exceptions'} (${callOf('exceptions')})`,
        );
  return `${pc.bold(hub)}: ${waiting}, ${people}`;
}
