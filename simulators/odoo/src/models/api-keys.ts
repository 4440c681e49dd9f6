import { randomBytes } from 'node:crypto';
import type { Env } from '../orm/env.ts';
import { accessError, userError, validationError } from '../orm/errors.ts';
import { char, datetime, many2one, selection } from '../orm/field.ts';
import type { Row, Values } from '../orm/field.ts';
import type { Method, ModelDefinition } from '../orm/model.ts';

const KEYS = 'res.users.apikeys';
const DIALOG = 'res.users.apikeys.description';
const CHECK = 'res.users.identitycheck';

const DAY_MS = 86_400_000;
/** What the group of internal users may have. */
const LONGEST_DAYS = 90;
/** For so long after somebody gave the password a session is not asked again. */
const TRUSTED_MS = 600_000;
const CLOSED = { type: 'ir.actions.act_window_close' };

/** What lies behind the password, by model and method. */
const GUARDED: Readonly<Record<string, (env: Env, ids: readonly number[]) => unknown>> = {
  [`${DIALOG}.make_key`]: makeKey,
  [`${KEYS}.remove`]: removeKeys,
};

/**
 * A method that asks for the account's password first, by a dialog. Over /jsonrpc it is refused whoever calls; a call of JSON-2 is
 * always asked, a web session once in ten minutes (live 16.0 to 19.0, 2026-11-25).
 */
const guarded = (model: string, method: string): Method => ({
  on: 'records',
  run: (env, ids) => {
    const { door } = env.user;
    if (door === undefined) throw userError('This method can only be accessed over HTTP');
    if (Date.parse(iso(env.now)) - door.identifiedAtMs < TRUSTED_MS)
      return GUARDED[`${model}.${method}`]?.(env, ids);
    const { id } = env.insert(CHECK, { password: false, _call: `${model}.${method}`, _ids: [...ids] });
    const v18 = env.major < 19;
    return {
      type: 'ir.actions.act_window',
      res_model: CHECK,
      res_id: id,
      name: v18 ? 'Security Control' : 'Access Control',
      target: 'new',
      views: [[false, 'form']],
      ...(v18 ? {} : { context: { dialog_size: 'medium' } }),
    };
  },
});

const keys: ModelDefinition = {
  name: KEYS,
  label: 'Users API Keys',
  ownIndexes: ['_secret'],
  fields: {
    name: char('Description', { required: true, readonly: true }),
    user_id: many2one('User', 'res.users', { required: true, readonly: true }),
    scope: char('Scope', { readonly: true }),
    expiration_date: datetime('Expiration Date', { readonly: true, since: 18 }),
  },
  methods: { remove: guarded(KEYS, 'remove') },
};

const dialog: ModelDefinition = {
  name: DIALOG,
  label: 'API Key Description',
  fields: {
    name: char('Description', { required: true }),
    duration: selection(
      'Duration',
      ['1', '7', '30', '90', '-1'].map((days) => [days, days] as const),
      { required: true, default: '1', since: 18 },
    ),
    expiration_date: datetime('Expiration Date', { since: 18 }),
  },
  prepare: (env, values) => {
    if (env.major < 18) return;
    const days = Number(values['duration']);
    if (days >= 0) values['expiration_date'] = days === 0 ? false : midnightAfter(env, days);
    checkEnd(env, values);
  },
  methods: { make_key: guarded(DIALOG, 'make_key') },
};

const check: ModelDefinition = {
  name: CHECK,
  label: 'Password Check Wizard',
  fields: { password: char('Password') },
  methods: {
    run_check: {
      on: 'records',
      run: (env, ids) => {
        const [row] = env.browse(CHECK, ids);
        const { door, password } = env.user;
        if (row === undefined || door === undefined)
          throw userError('This method can only be accessed over HTTP');
        const given = env.major < 19 ? row['password'] : env.context['password'];
        if (given !== password)
          throw userError(
            'Incorrect Password, try again or click on Forgot Password to reset your password.',
          );
        env.patch(CHECK, row, { password: false });
        door.identifiedAtMs = Date.parse(iso(env.now));
        return GUARDED[String(row['_call'])]?.(env, row['_ids'] as number[]);
      },
    },
  },
};

function makeKey(env: Env, ids: readonly number[]): unknown {
  const [row] = env.browse(DIALOG, ids);
  if (row === undefined) throw userError('Expected singleton');
  const key = randomBytes(20).toString('hex');
  addKey(env, env.user.uid, key, String(row['name']), row['expiration_date'] || false);
  env.remove(DIALOG, row);
  return {
    type: 'ir.actions.act_window',
    res_model: 'res.users.apikeys.show',
    name: 'API Key Ready',
    views: [[false, 'form']],
    target: 'new',
    context: { default_key: key },
  };
}

function removeKeys(env: Env, ids: readonly number[]): unknown {
  const rows = env.browse(KEYS, ids);
  if (env.user.role !== 'admin' && rows.some((row) => row['user_id'] !== env.user.uid))
    throw accessError("You can not remove API keys unless they're yours or you are a system user");
  for (const row of rows) env.remove(KEYS, row);
  return CLOSED;
}

/** `end`: false for a key that never ends. */
export function addKey(env: Env, uid: number, secret: string, name: string, end: Row[string]): void {
  env.insert(KEYS, { name, user_id: uid, scope: false, expiration_date: end, _secret: secret });
}

/** An administrator may have keys for ever. */
function checkEnd(env: Env, { expiration_date: end }: Values): void {
  if (env.user.role === 'admin') return;
  if (typeof end !== 'string') throw validationError('The API key must have an expiration date');
  if (Date.parse(iso(end)) > Date.parse(iso(env.now)) + LONGEST_DAYS * DAY_MS)
    throw validationError(`You cannot exceed ${LONGEST_DAYS}.0 days.`);
}

function midnightAfter(env: Env, days: number): string {
  const at = Date.parse(`${env.now.slice(0, 10)}T00:00:00Z`) + days * DAY_MS;
  return `${new Date(at).toISOString().slice(0, 10)} 00:00:00`;
}

const iso = (datetime: string) => `${datetime.replace(' ', 'T')}Z`;

export const apiKeyModels = [keys, dialog, check];
