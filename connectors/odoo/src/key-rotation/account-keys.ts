import type { OdooClient } from '../client.ts';
import { classifyOdooError } from '../error-classification.ts';
import { OdooError } from '../errors.ts';
import type { CallArguments } from '../transport/transport.ts';
import { datetimeFromOdoo, datetimeToOdoo } from '../values.ts';
import { PASSWORD_OF_IDENTITY_CHECK } from '../versions/differences.ts';
import { fieldName, valueAt } from '../versions/lookup.ts';
import { endAfter, LIFETIMES_DAYS, type ListedKey } from './plan.ts';

/** One call as the account. */
export type CallAs = (model: string, method: string, args: CallArguments) => Promise<unknown>;

/** The account's keys that calls can be made with. 16 and 17 know no end. */
export async function listKeys(
  client: OdooClient,
  major: number,
  signal: AbortSignal,
): Promise<readonly ListedKey[]> {
  const { uid } = await client.call<{ uid: number }>('res.users', 'context_get', {}, { signal });
  const rows = await client.call<
    { id: number; name: string; create_date: string; expiration_date?: string | false }[]
  >(
    'res.users.apikeys',
    'search_read',
    {
      domain: [
        ['user_id', '=', uid],
        ['scope', 'in', [false, 'rpc']],
      ],
      fields: ['name', 'create_date', ...[fieldName(major, 'res.users.apikeys', 'end') ?? []].flat()],
    },
    { signal },
  );
  return rows.map(({ id, name, create_date, expiration_date: end = false }) => ({
    id,
    name,
    createdAt: datetimeFromOdoo(create_date),
    expiresAt: end === false ? null : datetimeFromOdoo(end),
  }));
}

/**
 * With the key alone: `generate`, which later releases of 19 have, for administrators, and for others where a system parameter lets them. Seen
 * on a live 19.0 that was given `generate` and `revoke` of a later release, over JSON-2 and /jsonrpc, 2026-11-25.
 */
export function generateKey(call: CallAs, key: string, name: string, nowMs: number): Promise<string> {
  return forAsLongAsAllowed(
    nowMs,
    async (end) =>
      (await call('res.users.apikeys', 'generate', {
        key,
        scope: 'rpc',
        name,
        expiration_date: end,
      })) as string,
  );
}

/** By the dialog in which people make keys, which asks for the account's password. */
export function makeKey(
  call: CallAs,
  major: number,
  password: string,
  name: string,
  nowMs: number,
): Promise<string> {
  return forAsLongAsAllowed(nowMs, async (end) => {
    const vals = major < 18 ? { name } : { name, duration: '-1', expiration_date: end };
    const [dialog] = (await call('res.users.apikeys.description', 'create', {
      vals_list: [vals],
    })) as number[];
    if (dialog === undefined) throw unexpected('opened no dialog for a new key');
    const shown = await identified(call, major, password, 'res.users.apikeys.description', 'make_key', [
      dialog,
    ]);
    const key = shown.context?.['default_key'];
    if (typeof key !== 'string') throw unexpected(`shows ${String(shown.res_model)} in place of a new key`);
    return key;
  });
}

export async function removeKey(call: CallAs, major: number, password: string, id: number): Promise<void> {
  await identified(call, major, password, 'res.users.apikeys', 'remove', [id]);
}

interface Shown {
  readonly res_model?: string;
  readonly res_id?: number;
  readonly context?: Readonly<Record<string, unknown>>;
}

/**
 * A call that Odoo makes only for somebody who has just given the account's password: it answers with a dialog, and the dialog makes the call.
 * Seen on live 16.0, 17.0, 18.0-20250702 and 19.0 servers, 2026-11-25:
 * - over /jsonrpc neither the key nor the password leads through ("This method can only be accessed over HTTP"), on any of them;
 * - over JSON-2 (19) the key makes the call and the dialog takes the password, also of an account with two-factor authentication; the key in
 *   its place is refused;
 * - a web session does on all four, and has no dialog for ten minutes after the first.
 */
async function identified(
  call: CallAs,
  major: number,
  password: string,
  model: string,
  method: string,
  ids: readonly number[],
): Promise<Shown> {
  const shown = (await call(model, method, { ids })) as Shown;
  if (shown.res_model !== 'res.users.identitycheck' || shown.res_id === undefined) return shown;
  const dialog = { ids: [shown.res_id] };
  const inContext = valueAt(PASSWORD_OF_IDENTITY_CHECK, major) === 'context';
  if (!inContext) await call('res.users.identitycheck', 'write', { ...dialog, vals: { password } });
  try {
    const context = inContext ? { context: { password } } : {};
    return (await call('res.users.identitycheck', 'run_check', { ...dialog, ...context })) as Shown;
  } catch (error) {
    const failure = classifyOdooError(error);
    if (failure.kind !== 'rejected' || failure.code !== 'odoo-refused') throw error;
    throw new OdooError({
      kind: 'setup',
      message: `Odoo refuses the account’s password that the configuration gives (“${failure.message}”)`,
      cause: error,
    });
  }
}

/** The longest life that the account's groups allow. Odoo says so in the account's language, so any refusal leads to the next. */
async function forAsLongAsAllowed(nowMs: number, make: (end: string) => Promise<string>): Promise<string> {
  for (const days of LIFETIMES_DAYS) {
    try {
      return await make(datetimeToOdoo(endAfter(days, nowMs)));
    } catch (error) {
      const failure = classifyOdooError(error);
      const refused = failure.kind === 'rejected' && failure.code === 'odoo-refused';
      if (!refused || days === LIFETIMES_DAYS.at(-1)) throw error;
    }
  }
  throw new RangeError('There are no lifetimes to ask for.');
}

function unexpected(what: string): OdooError {
  return new OdooError({ kind: 'setup', message: `Odoo ${what}` });
}
