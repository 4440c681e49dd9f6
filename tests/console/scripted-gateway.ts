import { createFirstCredentials, createGateway, storedCredentials } from '@trunkline/gateway';
import type { CredentialRecord, CredentialRows, NewCredentials } from '@trunkline/gateway';
import { Registry } from 'prom-client';
import { ScriptedCases } from './scripted-cases.ts';
import { ScriptedHub } from './scripted-hub.ts';

function memoryRows(): CredentialRows {
  const records = new Map<string, CredentialRecord>();
  return {
    get: async (kind, name) => records.get(`${kind}/${name}`),
    save: async (added) => {
      for (const record of added) records.set(`${record.kind}/${record.name}`, record);
      return true;
    },
  };
}

/** The real gateway with the built console, in front of the scripted hub. */
export async function startScriptedGateway(consoleDir: string, port = 0) {
  const now = Date.now();
  const hub = new ScriptedHub(now);
  const cases = new ScriptedCases(hub, now);
  const rows = memoryRows();
  const first = (await createFirstCredentials(rows)) as NewCredentials;
  const gateway = await createGateway({
    hubName: 'acme-distribution',
    operations: hub,
    cases,
    webhooks: new Map(),
    store: { accept: async () => [] },
    invalid: { keep: async () => undefined },
    credentials: storedCredentials({ rows }),
    metrics: new Registry(),
    log: false,
    consoleDir,
  });
  const url = await gateway.listen({ host: '127.0.0.1', port });
  return { hub, cases, gateway, url, first };
}
