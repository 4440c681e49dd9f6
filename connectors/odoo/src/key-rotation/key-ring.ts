import { createHash } from 'node:crypto';
import type { KeySource } from '../transport/json2.ts';

/** A key that this hub made, as it is kept. */
export interface KeptKey {
  readonly key: string;
  /** Its name in Odoo. */
  readonly name: string;
  /** Of the configured key that was in force when it was made; another configured key means that a person put a new one. */
  readonly bootstrap: string;
  /** The key before it, while it is not known to be revoked. */
  readonly revoke: string | null;
  /** Which of the account's keys that is, where it is known for sure. */
  readonly revokeId?: number;
}

/** Where keys are kept, for all nodes. */
export interface KeyStore {
  read(): Promise<KeptKey | undefined>;
  write(kept: KeptKey): Promise<void>;
}

/** The key to call with. A client asks again when Odoo refused the one that it used: another node may have renewed it. */
export interface KeyRing extends KeySource {
  kept(): Promise<KeptKey | undefined>;
  keep(kept: KeptKey): Promise<void>;
  readonly bootstrap: string;
}

export function createKeyRing(configured: string, store?: KeyStore): KeyRing {
  const bootstrap = createHash('sha256').update(configured).digest('hex');
  let known: Promise<KeptKey | undefined> | undefined;
  const read = async (): Promise<KeptKey | undefined> => {
    const kept = await store?.read();
    return kept?.bootstrap === bootstrap ? kept : undefined;
  };
  const kept = (): Promise<KeptKey | undefined> => {
    known ??= read().catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
  return {
    bootstrap,
    kept,
    current: async () => (await kept())?.key ?? configured,
    async instead(refused) {
      known = undefined;
      const now = (await kept())?.key ?? configured;
      if (now !== refused) return now;
      return refused === configured ? undefined : configured;
    },
    async keep(next) {
      await store?.write(next);
      known = Promise.resolve(next);
    },
  };
}
