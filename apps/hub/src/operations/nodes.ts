import type { NodePage } from '@trunkline/gateway';
import type { NodeList, NodeRow } from '@trunkline/journal';
import { NODE_ROLES } from '@trunkline/journal';

/** A node as people tell it: `host/pid`; the rest of its name only tells starts apart. */
export function shortName({ name }: NodeRow): string {
  return name.split('/').slice(0, -1).join('/');
}

export function rolesText({ roles }: NodeRow): string {
  return roles.length === NODE_ROLES.length ? 'all' : roles.join(', ');
}

/** `0-3, 6`: neighbours together, since a node may own hundreds. */
export function partitionsText(partitions: readonly number[]): string {
  const runs: [from: number, to: number][] = [];
  for (const part of partitions) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === part - 1) last[1] = part;
    else runs.push([part, part]);
  }
  return runs.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(', ');
}

/** What befell its leases since it started; empty for a node to which nothing did. */
export function troublesText({ troubles, lastTrouble, lastTroubleAt }: NodeRow): string {
  if (troubles === 0) return '';
  const times = troubles === 1 ? 'once' : `${troubles} times`;
  return `lost leases or a write ${times} since it started, last at ${lastTroubleAt?.toISOString() ?? '?'}: ${lastTrouble ?? ''}`;
}

/** For programs. */
export function nodesJson({ nodes, unowned }: NodeList) {
  return {
    nodes: nodes.map((node) => ({
      name: node.name,
      alive: node.alive,
      roles: node.roles,
      address: node.address,
      partitions: node.partitions,
      startedAt: node.startedAt.toISOString(),
      seenAt: node.seenAt.toISOString(),
      troubles: node.troubles,
      lastTrouble:
        node.lastTrouble === null
          ? null
          : { at: node.lastTroubleAt?.toISOString() ?? null, cause: node.lastTrouble },
    })),
    unownedPartitions: unowned,
  };
}

/** For the operations API. */
export function nodePage({ nodes, unowned }: NodeList, partitions: number): NodePage {
  return {
    items: nodes.map(({ address, expiresAt, startedAt, seenAt, ...node }) => ({
      name: node.name,
      alive: node.alive,
      roles: [...node.roles],
      ...(address === null ? {} : { address }),
      partitions: [...node.partitions],
      startedAt: startedAt.toISOString(),
      seenAt: seenAt.toISOString(),
      leaseUntil: expiresAt.toISOString(),
      ...(node.lastTrouble === null || node.lastTroubleAt === null
        ? {}
        : {
            trouble: {
              times: node.troubles,
              lastAt: node.lastTroubleAt.toISOString(),
              cause: node.lastTrouble,
            },
          }),
    })),
    partitions,
    unowned: [...unowned],
  };
}
