import type { CanonicalEvent } from '@trunkline/canonical';
import type { Connector, Finding, SystemServer } from '@trunkline/messaging';
import { ordersAtRisk } from './orders-at-risk.ts';

export interface InspectedSystem {
  readonly system: string;
  readonly server?: SystemServer;
  readonly asked: number;
  readonly findings: readonly (Finding & { readonly orders: number })[];
  /** Why it could not be asked now; then there are no findings, and nothing is known. */
  readonly unasked?: string;
}

const TIMEOUT_MS = 120_000;

/** Asks every system that can be, side by side. `stages` are the open orders by stage, for counting whom a finding would hit. */
export function inspectSystems(
  connectors: ReadonlyMap<string, Connector<CanonicalEvent>>,
  stages: ReadonlyMap<string, number>,
  signal: AbortSignal,
): Promise<readonly InspectedSystem[]> {
  const inspections = [...connectors].flatMap(([system, connector]) =>
    connector.inspect === undefined ? [] : [inspectOne(system, connector, stages, signal)],
  );
  return Promise.all(inspections);
}

async function inspectOne(
  system: string,
  connector: Connector<CanonicalEvent>,
  stages: ReadonlyMap<string, number>,
  signal: AbortSignal,
): Promise<InspectedSystem> {
  try {
    const inspection = await connector.inspect?.(AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]));
    const findings = (inspection?.findings ?? []).map((finding) => ({
      ...finding,
      orders: ordersAtRisk(finding.flows, stages),
    }));
    const server = inspection?.server;
    return { system, ...(server === undefined ? {} : { server }), asked: inspection?.asked ?? 0, findings };
  } catch (error) {
    return {
      system,
      asked: 0,
      findings: [],
      unasked: error instanceof Error ? error.message : String(error),
    };
  }
}
