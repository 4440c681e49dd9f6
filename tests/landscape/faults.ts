import { fetchJson } from '../../apps/hub/src/demo/systems/http.ts';
import type { RunningLandscape } from './running-landscape.ts';

export type SystemName = 'crm' | 'erp' | 'DAL' | 'RNO';

export function addressOf({ landscape: { addresses } }: RunningLandscape, system: SystemName): string {
  if (system === 'crm') return addresses.crm;
  if (system === 'erp') return addresses.erp.url;
  return addresses.warehouses[system] ?? '';
}

/** Sets the simulator's fault rule; the simulators' READMEs say what each member does. */
export async function disturb(
  running: RunningLandscape,
  system: SystemName,
  rule: Readonly<Record<string, unknown>>,
): Promise<void> {
  await fetchJson({ method: 'POST', url: `${addressOf(running, system)}/_sim/faults`, json: rule });
}

export async function calm(running: RunningLandscape, ...systems: readonly SystemName[]): Promise<void> {
  for (const system of systems)
    await fetchJson({ method: 'DELETE', url: `${addressOf(running, system)}/_sim/faults` });
}

/** How many faults of a kind a simulator has injected since it started. */
export async function injected(running: RunningLandscape, system: SystemName, kind: string): Promise<number> {
  const url = `${addressOf(running, system)}/_sim/calls`;
  const calls = await fetchJson<{ injected: Record<string, number> }>({ method: 'GET', url });
  return calls.injected[kind] ?? 0;
}

/** How warehouses treat releases from now on. */
export async function setFloors(
  { landscape }: RunningLandscape,
  rates: { readonly shortRate?: number; readonly splitRate?: number },
): Promise<void> {
  for (const url of Object.values(landscape.addresses.warehouses)) {
    const response = await fetch(`${url}/_sim/floor`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(rates),
    });
    if (response.status !== 204) throw new Error(`The floor's rates were refused: ${await response.text()}`);
  }
}
