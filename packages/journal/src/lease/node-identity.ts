import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isAlive } from '../embedded/process-identity.ts';

export interface NodeIdentity {
  /** `host/pid/uuid`: unique per start, and readable where it is recorded. */
  readonly name: string;
  /** Within one of these a pid means one process: a boot of a machine and a pid namespace. */
  readonly processSpace: string;
  readonly pid: number;
}

export function nodeIdentity(): NodeIdentity {
  return {
    name: `${hostname()}/${process.pid}/${randomUUID()}`,
    processSpace: processSpace(),
    pid: process.pid,
  };
}

/**
 * A host's name would not do: containers on one host share it with `network_mode: host`, machines of one image share it too, and
 * each would take the other's nodes for dead. Where the system does not say, no other node is ever in this space.
 */
function processSpace(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return randomUUID();
  }
}

/** Dead for certain: its process is gone from this node's own process space. Anything else is left to its lease. */
export function isDeadHere(other: Omit<NodeIdentity, 'name'>, self: NodeIdentity): boolean {
  return other.processSpace === self.processSpace && other.pid !== self.pid && !isAlive(other.pid);
}
