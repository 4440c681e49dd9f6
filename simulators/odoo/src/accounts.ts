import { addKey } from './models/api-keys.ts';
import type { Database } from './orm/database.ts';
import { Env } from './orm/env.ts';
import type { Identity } from './orm/env.ts';
import { SYSTEM } from './seed/seed.ts';

export interface Account {
  readonly login: string;
  readonly password: string;
  readonly apiKey: string;
  readonly role: Identity['role'];
}

const KEYS = 'res.users.apikeys';

/** Who may call: users of the database, with the passwords that the server was started with and the keys that they have. */
export class Accounts {
  readonly #db: Database;
  readonly #accounts: readonly Account[];
  readonly #stamp: () => string;
  readonly #remembered = new Set<string>();

  constructor(db: Database, accounts: readonly Account[], stamp: () => string) {
    this.#db = db;
    this.#accounts = accounts;
    this.#stamp = stamp;
    const env = new Env(db, SYSTEM, stamp());
    for (const account of accounts) {
      const user = this.#identify(account);
      if (user !== undefined && env.having(KEYS, '_secret', account.apiKey).length === 0)
        addKey(env, user.uid, account.apiKey, 'given at the start', false);
    }
  }

  byKey(key: string): Identity | undefined {
    const now = this.#stamp();
    const { rows } = this.#db.table(KEYS);
    for (const id of this.#db.table(KEYS).withValue('_secret', key)) {
      const row = rows.get(id);
      const end = row?.['expiration_date'] || false;
      if (row !== undefined && (end === false || String(end) >= now.slice(0, 19)))
        return this.#user(row['user_id']);
    }
    return undefined;
  }

  byPassword(login: unknown, password: unknown): Identity | undefined {
    return this.#identify(
      this.#accounts.find((account) => account.login === login && account.password === password),
    );
  }

  /** An API key stands in for the password. */
  byLogin(login: unknown, secret: unknown): Identity | undefined {
    const keyed = typeof secret === 'string' ? this.byKey(secret) : undefined;
    return this.byPassword(login, secret) ?? (keyed?.login === login ? keyed : undefined);
  }

  exists(uid: unknown): boolean {
    return typeof uid === 'number' && this.#db.table('res.users').rows.has(uid);
  }

  /** What was taken once is taken for good: a real worker remembers it, so that a removed key goes on working (live 16.0 to 19.0, 2026-11-25). */
  byUid(uid: unknown, secret: unknown): Identity | undefined {
    const known = `${String(uid)} ${String(secret)}`;
    if (this.#remembered.has(known)) return this.#user(uid);
    const login = this.#db.table('res.users').rows.get(uid as number)?.['login'];
    const user = this.byLogin(login, secret);
    if (user !== undefined) this.#remembered.add(known);
    return user;
  }

  #user(uid: unknown): Identity | undefined {
    const login = this.#db.table('res.users').rows.get(uid as number)?.['login'];
    return this.#identify(this.#accounts.find((account) => account.login === login));
  }

  #identify(account: Account | undefined): Identity | undefined {
    if (!account) return undefined;
    for (const user of this.#db.table('res.users').rows.values())
      if (user['login'] === account.login)
        return {
          uid: user.id,
          login: account.login,
          password: account.password,
          name: String(user['name']),
          tz: String(user['tz'] || ''),
          partnerId: user['partner_id'] as number,
          role: account.role,
        };
    return undefined;
  }
}
