/**
 * What a node does. A gateway accepts messages and serves the console and the API; a worker owns partitions: it reads the sources,
 * decides and delivers; a scheduler runs what happens by the clock.
 */
export const NODE_ROLES = ['gateway', 'worker', 'scheduler'] as const;
export type NodeRole = (typeof NODE_ROLES)[number];
