import type { CanonicalEvent } from '@trunkline/canonical';
import {
  type Connector,
  type Finding,
  type Inspection,
  SystemRefusal,
  type SystemServer,
} from '@trunkline/messaging';
import { atOnce, type Errands, runErrand } from '../composition/errand.ts';
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

/**
 * Asks every system that can be, side by side. `stages` are the open orders by stage, for counting whom a finding would hit; without
 * `errands` it is a person who asks.
 */
export function inspectSystems(
  connectors: ReadonlyMap<string, Connector<CanonicalEvent>>,
  stages: ReadonlyMap<string, number>,
  signal: AbortSignal,
  errands: Errands = atOnce,
): Promise<readonly InspectedSystem[]> {
  const inspections = [...connectors].flatMap(([system, connector]) =>
    connector.inspect === undefined
      ? []
      : [inspectOne({ system, inspect: connector.inspect, errands }, stages, signal)],
  );
  return Promise.all(inspections);
}

interface Asked {
  readonly system: string;
  readonly inspect: NonNullable<Connector<CanonicalEvent>['inspect']>;
  readonly errands: Errands;
}

async function inspectOne(
  { system, inspect, errands }: Asked,
  stages: ReadonlyMap<string, number>,
  signal: AbortSignal,
): Promise<InspectedSystem> {
  try {
    const { asked, server, ...found } = await runErrand(
      errands,
      system,
      signal,
      () => inspect(AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])),
      (inspection) => refusedLogin(inspection) ?? 'well',
    );
    const findings = found.findings.map((finding) => ({
      ...finding,
      orders: ordersAtRisk(finding.flows, stages),
    }));
    return { system, ...(server === undefined ? {} : { server }), asked, findings };
  } catch (error) {
    return {
      system,
      asked: 0,
      findings: [],
      unasked: error instanceof Error ? error.message : String(error),
    };
  }
}

/** A finding to whoever reads it, and to every other call what it is to a poll. */
function refusedLogin({ findings }: Inspection): SystemRefusal | undefined {
  const found = findings.find(({ code }) => code === 'credentials_refused');
  return found === undefined ? undefined : new SystemRefusal('credentials_refused', found.message);
}
