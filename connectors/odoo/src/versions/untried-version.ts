import type { HealthCheck } from '@trunkline/messaging';
import type { OdooClient, OdooServer } from '../client.ts';
import { probeNames } from './probe.ts';
import { treatedAs } from './treated-as.ts';

/** Says what of our table a version that nobody tried has; nothing of one that was. @throws OdooError */
export async function checkUntriedVersion(
  client: OdooClient,
  server: OdooServer,
  signal: AbortSignal,
): Promise<readonly HealthCheck[]> {
  const taken = treatedAs(server);
  if (taken === null) return [];
  const { asked, lost } = await probeNames(client, taken.major, signal);
  const why = taken.newer
    ? `is newer than ${taken.major}.0, the newest version that this connector was tried on, and`
    : `lies between two versions that this connector was tried on, and`;
  const detail = `Odoo ${server.version} ${why} is treated as ${taken.major}.0; ${asked - lost.length} of ${asked} names were found.`;
  const name = taken.newer ? 'newer version' : 'version between';
  if (lost.length === 0) return [{ name, ok: true, detail }];
  const names = lost.map(
    ({ model, expected, found }) => `${model}.${expected}${found === null ? '' : ` (it has ${found})`}`,
  );
  const remedy = taken.newer
    ? 'Update Trunkline before orders go to this server.'
    : 'Bring the database to the next release (.0) before orders go to this server.';
  return [{ name, ok: false, detail: `${detail} Missing: ${names.join(', ')}.`, remedy }];
}
