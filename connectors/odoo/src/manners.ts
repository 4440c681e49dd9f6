import type { OdooConfig } from './config.ts';

/** How much of a server the connector takes. */
export interface Manners {
  /** Absent: as many as the concurrency and the answers allow. */
  readonly callsPerSecond?: number;
  readonly concurrency: number;
  readonly batch: number;
  /** How long a command may wait for company. Milliseconds. */
  readonly lingerMs: number;
  readonly pollIntervalMs: number;
}

/**
 * A call costs a second with Odoo Online, whether it moves one record or fifty: so commands wait longer for company there, and looks
 * for changes are rare enough to leave the calls to orders. Pure.
 */
export function mannersOf({ profile, limits, pollIntervalMs }: OdooConfig): Manners {
  const online = profile === 'online';
  const callsPerSecond = limits?.callsPerSecond ?? (online ? 1 : undefined);
  return {
    ...(callsPerSecond === undefined ? {} : { callsPerSecond }),
    concurrency: limits?.concurrency ?? (online ? 1 : 2),
    batch: limits?.batch ?? 50,
    lingerMs: online ? 3000 : 20,
    pollIntervalMs: pollIntervalMs ?? (online ? 15_000 : 1000),
  };
}
