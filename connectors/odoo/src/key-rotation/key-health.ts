import type { HealthCheck } from '@trunkline/messaging';
import type { OdooClient } from '../client.ts';
import { MAKE_A_KEY } from '../needs/menus.ts';
import { valueAt } from '../versions/lookup.ts';
import { listKeys } from './account-keys.ts';
import type { KeyRing } from './key-ring.ts';
import { daysLeftWhenDue, keyInUse } from './plan.ts';

/** When the key in use ends, and who renews it. @throws OdooError */
export async function checkKey(
  client: OdooClient,
  ring: KeyRing,
  hasPassword: boolean,
  signal: AbortSignal,
): Promise<HealthCheck> {
  const name = 'API key';
  const { major } = await client.server({ signal });
  const key = keyInUse(await listKeys(client, major, signal), (await ring.kept())?.name, Date.now());
  if (key === undefined || key.expiresAt === null) return { name, ok: true, detail: 'has no end' };
  const end = `ends ${key.expiresAt.slice(0, 10)}`;
  if (hasPassword) return { name, ok: true, detail: `${end}; the hub renews it before` };
  const detail = `${end}; a person renews it, unless this Odoo lets the key alone do it`;
  if (daysLeftWhenDue(key, Date.now()) === null) return { name, ok: true, detail };
  const remedy = `Make a new one as the service account (its name, top right > ${valueAt(MAKE_A_KEY, major)}) and put it where the configuration’s apiKey points; setup.md says how the hub can do it.`;
  return { name, ok: false, detail, remedy };
}
