import type { Finding } from '@trunkline/messaging';
import { createOdooClient, type OdooClient, type OdooClientOptions, type OdooServer } from '../client.ts';
import { classifyOdooError } from '../error-classification.ts';
import { OdooError } from '../errors.ts';
import { openWebSession } from '../transport/web-session.ts';
import { type CallAs, generateKey, listKeys, makeKey, removeKey } from './account-keys.ts';
import { expiring } from './expiring.ts';
import type { KeyRing } from './key-ring.ts';
import { daysLeftWhenDue, isPressing, keyForSure, keyInUse } from './plan.ts';

export interface RotationOptions {
  readonly system: string;
  /** Without anybody to report exchanges to: keys and the password stand in them. */
  readonly connection: OdooClientOptions;
  readonly ring: KeyRing;
  /** Calls with the ring's key, and reports to nobody either. */
  readonly client: OdooClient;
  /** The account's. Without it only an Odoo that has `generate` and `revoke` renews keys. */
  readonly password?: string;
  readonly nowMs: () => number;
}

/**
 * Renews the API key before it ends: a new one is made, tried, kept, and only then is the old one revoked. A stop at any moment
 * leaves a key that works; one that was made and not kept dies by its own date.
 *
 * @returns a finding when the key nears its end and could not be renewed; what may pass is tried again for half of the time, and then told.
 * @throws OdooError when Odoo cannot be asked now
 */
export async function rotateKey(options: RotationOptions, signal: AbortSignal): Promise<readonly Finding[]> {
  const { ring, client, nowMs } = options;
  const server = await client.server({ signal });
  // Keys have an end since 18.
  if (server.major < 18) return [];
  const leftOver = await revokeLeftOver(options, server, signal).catch((error: unknown) => ({ error }));
  const listed = await listKeys(client, server.major, signal);
  const key = keyInUse(listed, (await ring.kept())?.name, nowMs());
  const daysLeft = daysLeftWhenDue(key, nowMs());
  if (daysLeft === null) {
    if (leftOver !== undefined) throw leftOver.error;
    return [];
  }
  try {
    await renewKey(options, signal);
    return [];
  } catch (error) {
    const failure = classifyOdooError(error);
    if (failure.kind === 'cancelled') throw error;
    if (failure.kind !== 'rejected' && !isPressing(key, nowMs())) throw error;
    return [expiring(daysLeft, failure, server.major, options.password !== undefined)];
  }
}

/** Renews it whatever its end. @throws OdooError */
export async function renewKey(options: RotationOptions, signal: AbortSignal): Promise<void> {
  const { system, connection, ring, client, nowMs } = options;
  const server = await client.server({ signal });
  const kept = await ring.kept();
  const old = kept?.key ?? (await ring.current());
  const listed = await listKeys(client, server.major, signal);
  const oldId = keyForSure(listed, kept?.name, nowMs())?.id;
  const name = `Trunkline ${system} ${new Date(nowMs()).toISOString().slice(0, 19)}`;
  const key = await newKey(options, name, signal);
  const trial = createOdooClient({ ...connection, apiKey: key });
  try {
    await trial.call('res.users', 'context_get', {}, { signal });
  } finally {
    await trial.close();
  }
  const revoke = { revoke: old, ...(oldId === undefined ? {} : { revokeId: oldId }) };
  await ring.keep({ key, name, bootstrap: ring.bootstrap, ...revoke });
  await revokeLeftOver(options, server, signal);
}

/** Makes one, by the key alone where Odoo lets it. @throws OdooError */
export async function newKey(options: RotationOptions, name: string, signal: AbortSignal): Promise<string> {
  const { client, ring, password, nowMs } = options;
  const server = await client.server({ signal });
  try {
    return await generateKey(callsOf(client, signal), await ring.current(), name, nowMs());
  } catch (error) {
    const failure = classifyOdooError(error);
    if (failure.kind !== 'rejected') throw error;
    if (password === undefined && failure.code !== 'odoo-method-missing') throw error;
  }
  if (password === undefined)
    throw new OdooError({
      kind: 'setup',
      message: `Odoo ${server.version} makes keys only for somebody who gives the account’s password, and the configuration has none`,
    });
  return asThePerson(options, server, password, signal, (call) =>
    makeKey(call, server.major, password, name, nowMs()),
  );
}

/**
 * Revokes the key before this one, once; what cannot be revoked ends by its own date. Over JSON-2 it is refused at once. Over /jsonrpc a worker that
 * knows it goes on taking it until the server starts again, and only a new login is refused (live 16 to 19, 2026-11-25).
 */
async function revokeLeftOver(
  options: RotationOptions,
  server: OdooServer,
  signal: AbortSignal,
): Promise<void> {
  const { ring, client, password } = options;
  const kept = await ring.kept();
  if (kept === undefined || kept.revoke === null) return;
  const { revoke, revokeId, ...rest } = kept;
  try {
    const gone = await revokedByKey(client, revoke, signal);
    if (!gone && password !== undefined && revokeId !== undefined)
      await asThePerson(options, server, password, signal, (call) =>
        removeKey(call, server.major, password, revokeId),
      );
  } catch (error) {
    if (classifyOdooError(error).kind !== 'rejected') throw error;
  }
  await ring.keep({ ...rest, revoke: null });
}

/** False: this Odoo cannot, or does not let it be. A key that is gone already is what was wanted. */
async function revokedByKey(client: OdooClient, key: string, signal: AbortSignal): Promise<boolean> {
  try {
    await client.call('res.users.apikeys', 'revoke', { key }, { signal });
    return true;
  } catch (error) {
    const failure = classifyOdooError(error);
    if (failure.kind !== 'rejected') throw error;
    return failure.code === 'odoo-key-refused';
  }
}

/** Over JSON-2 the key calls and the password is asked for; /jsonrpc has no such way, so that the account logs in as in the browser. */
export async function asThePerson<T>(
  { client, connection }: RotationOptions,
  server: OdooServer,
  password: string,
  signal: AbortSignal,
  work: (call: CallAs) => Promise<T>,
): Promise<T> {
  if (server.transport === 'json2') return work(callsOf(client, signal));
  const { url, database, login = '', timeoutMs } = connection;
  const given = { url, database, login, password, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
  const session = await openWebSession(given, signal);
  try {
    return await work((model, method, args) => session.call(model, method, args));
  } finally {
    await session.close();
  }
}

function callsOf(client: OdooClient, signal: AbortSignal): CallAs {
  return (model, method, args) => client.call(model, method, args, { signal });
}
