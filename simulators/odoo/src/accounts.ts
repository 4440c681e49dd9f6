import type { Database } from './orm/database.ts';
import type { Identity } from './orm/env.ts';

export interface Account {
  readonly login: string;
  readonly password: string;
  readonly apiKey: string;
  readonly role: Identity['role'];
}

/** Who may call: users of the database with the secrets that the server was started with. */
export class Accounts {
  readonly #db: Database;
  readonly #accounts: readonly Account[];

  constructor(db: Database, accounts: readonly Account[]) {
    this.#db = db;
    this.#accounts = accounts;
  }

  byKey(key: string): Identity | undefined {
    return this.#identify(this.#accounts.find((account) => account.apiKey === key));
  }

  /** An API key stands in for the password. */
  byLogin(login: unknown, secret: unknown): Identity | undefined {
    return this.#identify(
      this.#accounts.find(
        (account) => account.login === login && (account.password === secret || account.apiKey === secret),
      ),
    );
  }

  exists(uid: unknown): boolean {
    return typeof uid === 'number' && this.#db.table('res.users').rows.has(uid);
  }

  byUid(uid: unknown, secret: unknown): Identity | undefined {
    const login = this.#db.table('res.users').rows.get(uid as number)?.['login'];
    return this.byLogin(login, secret);
  }

  #identify(account: Account | undefined): Identity | undefined {
    if (!account) return undefined;
    for (const user of this.#db.table('res.users').rows.values())
      if (user['login'] === account.login)
        return {
          uid: user.id,
          name: String(user['name']),
          tz: String(user['tz'] || ''),
          partnerId: user['partner_id'] as number,
          role: account.role,
        };
    return undefined;
  }
}
