import { userInfo } from 'node:os';
import type { TargetState } from '@trunkline/gateway';
import pc from 'picocolors';
import { CommandError } from '../terminal/command-error.ts';
import type { HubInReach } from '../terminal/hub-in-reach.ts';
import { callOf, type Printable, table } from '../terminal/output.ts';

/** The systems that commands go to: state, what waits, limits. */
export async function listTargets(hub: HubInReach): Promise<Printable> {
  const items = await hub.operations.targets();
  if (items.length === 0)
    return { json: { items }, text: 'No system takes commands yet: none was started with this journal.' };
  const rows = items.map((one) => [
    one.system,
    stateOf(one),
    String(one.waiting),
    String(one.parked),
    limitsOf(one),
    String(one.nodes.length),
  ]);
  const reasons = items.flatMap(({ system, hold }) =>
    hold === undefined ? [] : [`  ${system}: ${reasonOf(hold)}${whenTried(system, hold)}`],
  );
  const text = table(['system', 'state', 'waiting', 'parked', 'limits', 'nodes'], rows);
  return { json: { items }, text: reasons.length === 0 ? text : `${text}\n\n${reasons.join('\n')}` };
}

export async function pauseTarget(hub: HubInReach, system: string, reason: string): Promise<Printable> {
  const target = await theTarget(hub, system);
  if (target.hold?.by === 'person')
    throw new CommandError(
      `${system} is paused already: ${reasonOf(target.hold)}. Let it go on: ${callOf(`targets resume ${system}`)}`,
    );
  await hub.operations.pauseTarget(system, userInfo().username, reason);
  return {
    json: { system, paused: true },
    text: `${system}: nothing new is sent to it, within a second on every node; what is to go there waits. Let it go on: ${callOf(`targets resume ${system}`)}`,
  };
}

export async function resumeTarget(hub: HubInReach, system: string): Promise<Printable> {
  const target = await theTarget(hub, system);
  if (!(await hub.operations.resumeTarget(system, userInfo().username))) {
    if (target.hold?.by === 'budget')
      throw new CommandError(
        `${system} is not paused. ${target.hold.reason} For more calls raise limits.${system}.dailyBudget in the configuration and start the hub again.`,
      );
    // What was asked for is so already: a script that makes sure of it has not failed.
    return {
      json: { system, resumed: false },
      text: `${system} is not paused, and its calls do not fail; nothing is left to do.`,
    };
  }
  const waits = target.waiting === 0 ? 'nothing waits for it' : `${target.waiting} waiting for it go`;
  return { json: { system, resumed: true }, text: `${system}: goes on; ${waits}.` };
}

async function theTarget(hub: HubInReach, system: string): Promise<TargetState> {
  const items = await hub.operations.targets();
  const found = items.find((one) => one.system === system);
  if (found !== undefined) return found;
  const known = items.map((one) => one.system).join(', ');
  throw new CommandError(
    `No system ${system} takes commands. There are: ${known === '' ? 'none yet' : known}.`,
  );
}

function stateOf({ hold, breaker }: TargetState): string {
  if (hold?.by === 'person') return pc.yellow('paused');
  if (hold?.by === 'login') return pc.red('login refused');
  if (hold?.by === 'target') return pc.yellow(`asked to wait until ${hold.until?.slice(11, 19) ?? '?'} UTC`);
  if (hold?.by === 'budget') return pc.yellow('day’s calls used');
  return breaker === 'closed'
    ? 'flowing'
    : pc.red(breaker === 'open' ? 'failing, left alone' : 'failing, probing');
}

function whenTried(system: string, { by, until }: NonNullable<TargetState['hold']>): string {
  if (by !== 'login' || until === undefined) return '';
  return ` The login is tried again at ${until.slice(11, 19)} UTC; at once: ${callOf(`targets resume ${system}`)}`;
}

function reasonOf({ who, reason }: NonNullable<TargetState['hold']>): string {
  return who === undefined ? reason : `${reason} (${who})`;
}

function limitsOf({ limits }: TargetState): string {
  const { concurrency, rate, burst, dailyBudget } = limits;
  return [
    concurrency === undefined ? '' : `${concurrency} at once`,
    rate === undefined ? '' : `${rate}, burst ${burst}`,
    dailyBudget === undefined ? '' : `${dailyBudget.used} of ${dailyBudget.calls} today`,
  ]
    .filter((text) => text !== '')
    .join('; ');
}
