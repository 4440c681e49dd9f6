import type { Finding } from '@trunkline/messaging';
import { classifyOdooError } from '../error-classification.ts';
import type { OdooClient } from '../client.ts';
import { datetimeFromOdoo, datetimeToOdoo } from '../values.ts';
import type { KeyRing } from './key-ring.ts';
import { daysLeftWhenDue, endAfter, endOf, LIFETIMES_DAYS, type ListedKey } from './plan.ts';

export interface RotationOptions {
  readonly system: string;
  readonly ring: KeyRing;
  /** Calls with the ring's key and reports its exchanges to nobody: keys stand in them. */
  readonly client: OdooClient;
  /** A client that calls with this very key. */
  readonly clientWith: (key: string) => OdooClient;
  readonly nowMs: () => number;
}

/**
 * Renews the API key before it ends: a new one is generated, tried, kept, and only then is the old one revoked. A stop at any moment
 * leaves a key that works; one that was made and not kept dies by its own date.
 *
 * @returns a finding when the key nears its end and could not be renewed. @throws OdooError when Odoo cannot be asked now
 */
export async function rotateKey(options: RotationOptions, signal: AbortSignal): Promise<readonly Finding[]> {
  const { ring, client, nowMs } = options;
  const server = await client.server({ signal });
  // Keys have an end since 18.
  if (server.major < 18) return [];
  await revokeLeftOver(options, signal);
  const kept = await ring.kept();
  const listed = await liveKeys(client, signal);
  const daysLeft = daysLeftWhenDue(endOf(listed, kept?.name), nowMs());
  if (daysLeft === null) return [];
  if (server.transport !== 'json2')
    return [expiring(daysLeft, `Odoo ${server.major} cannot renew keys by program`)];
  try {
    await renew(options, kept?.key ?? (await ring.current()), signal);
    return [];
  } catch (error) {
    const failure = classifyOdooError(error);
    if (failure.kind !== 'rejected') throw error;
    const words =
      failure.code === 'odoo-method-missing'
        ? 'this Odoo is too old to renew keys by program'
        : failure.message;
    return [expiring(daysLeft, words)];
  }
}

async function renew(
  { system, ring, client, clientWith, nowMs }: RotationOptions,
  old: string,
  signal: AbortSignal,
): Promise<void> {
  const name = `Trunkline ${system} ${new Date(nowMs()).toISOString().slice(0, 19)}`;
  const key = await generate(client, old, name, nowMs(), signal);
  const trial = clientWith(key);
  try {
    await trial.call('res.users', 'context_get', {}, { signal });
  } finally {
    await trial.close();
  }
  await ring.keep({ key, name, bootstrap: ring.bootstrap, revoke: old });
  await revokeLeftOver({ ring, client }, signal);
}

/** The longest life that the account's groups allow. */
async function generate(
  client: OdooClient,
  key: string,
  name: string,
  nowMs: number,
  signal: AbortSignal,
): Promise<string> {
  for (const days of LIFETIMES_DAYS) {
    const expiration = datetimeToOdoo(endAfter(days, nowMs));
    try {
      const args = { key, scope: 'rpc', name, expiration_date: expiration };
      return await client.call<string>('res.users.apikeys', 'generate', args, { signal });
    } catch (error) {
      const failure = classifyOdooError(error);
      const tooLong = failure.kind === 'rejected' && /\bdays?\b/.test(failure.message);
      if (!tooLong || days === LIFETIMES_DAYS.at(-1)) throw error;
    }
  }
  throw new RangeError('There are no lifetimes to ask for.');
}

/** A key that is gone already is what was wanted. */
async function revokeLeftOver(
  { ring, client }: Pick<RotationOptions, 'ring' | 'client'>,
  signal: AbortSignal,
): Promise<void> {
  const kept = await ring.kept();
  if (kept === undefined || kept.revoke === null) return;
  try {
    await client.call('res.users.apikeys', 'revoke', { key: kept.revoke }, { signal });
  } catch (error) {
    if (classifyOdooError(error).kind !== 'rejected') throw error;
  }
  await ring.keep({ ...kept, revoke: null });
}

async function liveKeys(client: OdooClient, signal: AbortSignal): Promise<readonly ListedKey[]> {
  const { uid } = await client.call<{ uid: number }>('res.users', 'context_get', {}, { signal });
  const rows = await client.call<{ name: string; expiration_date: string | false }[]>(
    'res.users.apikeys',
    'search_read',
    {
      domain: [
        ['user_id', '=', uid],
        ['scope', 'in', [false, 'rpc']],
      ],
      fields: ['name', 'expiration_date'],
    },
    { signal },
  );
  return rows.map(({ name, expiration_date }) => ({
    name,
    expiresAt: expiration_date === false ? null : datetimeFromOdoo(expiration_date),
  }));
}

function expiring(daysLeft: number, why: string): Finding {
  return {
    code: 'target_key_expiring',
    path: 'res.users.apikeys',
    message: `The API key of this Odoo system ends in ${daysLeft} ${daysLeft === 1 ? 'day' : 'days'} and could not be renewed: ${why.replace(/\.$/, '')}.`,
    remedy:
      'Let keys be renewed (Settings > Technical > System Parameters: base.enable_programmatic_api_keys = True, on an Odoo 19 that has it), or make a new key as the service account (Preferences > Security > New API Key) and put it where the configuration’s apiKey points.',
    flows: [
      'customer-sync',
      'order-acceptance',
      'order-release',
      'fulfilment-events',
      'inventory-adjustments',
    ],
  };
}
