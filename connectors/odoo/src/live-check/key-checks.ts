import { createOdooClient } from '../client.ts';
import { classifyOdooError } from '../error-classification.ts';
import { listKeys, removeKey } from '../key-rotation/account-keys.ts';
import { createKeyRing, type KeptKey } from '../key-rotation/key-ring.ts';
import {
  asThePerson,
  newKey,
  renewKey,
  rotateKey,
  type RotationOptions,
} from '../key-rotation/rotate-key.ts';
import type { Check, CheckContext } from './check.ts';
import { expectEqual, expectRejection } from './check.ts';

const DAY_MS = 86_400_000;
const signal = () => AbortSignal.timeout(60_000);

/** What can be seen of the account's keys with the key alone. Nothing is left behind. */
export const keyChecks: readonly Check[] = [
  {
    name: 'the ends of the account’s API keys can be read',
    async run({ odoo }) {
      const { major } = await odoo.client.server();
      const keys = await listKeys(odoo.client, major, signal());
      if (keys.length === 0) throw new Error('The account lists no key, although one was taken.');
      const ends = keys.flatMap(({ expiresAt }) => expiresAt ?? []).toSorted();
      return `${keys.length} of them, ${ends[0] === undefined ? 'none ends' : `the first ends ${ends[0]}`}`;
    },
  },
  {
    name: 'without the account’s password a key is made where Odoo lets the key alone do it, else the reason is told',
    run: (context) =>
      rotating(context, undefined, async (rotation) => {
        const before = await idsOf(context);
        const made = await newKey(withoutPassword(rotation), `${context.prefix} unwanted`, signal()).catch(
          (error: unknown) => classifyOdooError(error),
        );
        if (typeof made !== 'string') {
          expectEqual(await idsOf(context), before, 'keys');
          // Either none is made without the password, or an administrator has not let the key alone do it.
          const code = made.kind === 'rejected' && made.code === 'odoo-refused' ? made.code : 'odoo-setup';
          return expectRejection(made, code, 'making a key');
        }
        await context.odoo.client.call('res.users.apikeys', 'revoke', { key: made });
        expectEqual(await idsOf(context), before, 'keys');
        return 'this Odoo lets the key alone do it';
      }),
  },
];

/** With the account's password: a key of the run's own is renewed, and in the end the account has the keys that it had. */
export const keyRenewalChecks: readonly Check[] = [
  {
    name: 'an API key that nears its end is told, renewed, switched to and revoked',
    async run(context) {
      const before = await idsOf(context);
      try {
        return await renewOwnKey(context, before.length);
      } finally {
        await removeAllBut(context, before);
        expectEqual(await idsOf(context), before, 'keys in the end');
      }
    },
  },
];

async function renewOwnKey(context: CheckContext, others: number): Promise<string> {
  const { major } = await context.odoo.client.server();
  const name = `${context.prefix} first`;
  const first = await rotating(context, undefined, (rotation) => newKey(rotation, name, signal()));
  const { bootstrap } = createKeyRing(context.connection.apiKey);
  const kept: KeptKey = { key: first, name, bootstrap, revoke: null };
  return rotating(context, kept, async (rotation, store) => {
    const { client } = rotation;
    await client.call('res.users', 'context_get');
    const told = major < 18 ? 'keys have no end here' : await tellNearItsEnd(context, rotation, name);
    await renewKey(rotation, signal());
    expectEqual(store.kept?.revoke, null, 'what is still to be revoked');
    if (store.kept?.key === first) throw new Error('The key is still the first one.');
    expectEqual((await idsOf(context)).length, others + 1, 'keys of the account with that of the run');
    await client.call('res.users', 'context_get');
    await expectRefused(context, first);
    return told;
  });
}

/** A hub without the password: silent while there is time, and five days before the end it tells. */
async function tellNearItsEnd(
  { odoo }: CheckContext,
  rotation: RotationOptions,
  name: string,
): Promise<string> {
  const { major } = await odoo.client.server();
  const keys = await listKeys(odoo.client, major, signal());
  const end = keys.find((key) => key.name === name)?.expiresAt;
  if (typeof end !== 'string') throw new Error(`The key ${name} has no end.`);
  const told = (days: number) =>
    rotateKey({ ...withoutPassword(rotation), nowMs: () => Date.parse(end) - days * DAY_MS }, signal());
  expectEqual(await told(40), [], '40 days before the end');
  const [finding] = await told(5.5);
  if (finding === undefined) return 'renewed with the key alone';
  expectEqual(finding.code, 'target_key_expiring', 'five days before the end');
  return finding.message;
}

function withoutPassword({ system, connection, ring, client, nowMs }: RotationOptions): RotationOptions {
  return { system, connection, ring, client, nowMs };
}

async function expectRefused({ connection }: CheckContext, key: string): Promise<void> {
  const client = createOdooClient({ ...connection, apiKey: key });
  try {
    const failure = await client.call('res.users', 'context_get').then(
      () => undefined,
      (error: unknown) => classifyOdooError(error),
    );
    expectRejection(failure, 'odoo-key-refused', 'a new login with the revoked key');
  } finally {
    await client.close();
  }
}

async function removeAllBut(context: CheckContext, kept: readonly number[]): Promise<void> {
  const { password } = context;
  const extra = (await idsOf(context)).filter((id) => !kept.includes(id));
  if (password === undefined || extra.length === 0) return;
  const server = await context.odoo.client.server();
  await rotating(context, undefined, (rotation) =>
    asThePerson(rotation, server, password, signal(), async (call) => {
      for (const id of extra) await removeKey(call, server.major, password, id);
    }),
  );
}

/** As a hub that keeps this key and was configured with the run's. */
async function rotating<T>(
  { connection, prefix, password }: CheckContext,
  kept: KeptKey | undefined,
  work: (rotation: RotationOptions, store: { readonly kept: KeptKey | undefined }) => Promise<T>,
): Promise<T> {
  const store = {
    kept,
    read: () => Promise.resolve(store.kept),
    write: (next: KeptKey) => {
      store.kept = next;
      return Promise.resolve();
    },
  };
  const ring = createKeyRing(connection.apiKey, store);
  const client = createOdooClient({ ...connection, keys: ring });
  const known = password === undefined ? {} : { password };
  try {
    return await work({ system: prefix, connection, ring, client, ...known, nowMs: Date.now }, store);
  } finally {
    await client.close();
  }
}

async function idsOf({ odoo }: CheckContext): Promise<readonly number[]> {
  const { major } = await odoo.client.server();
  return (await listKeys(odoo.client, major, signal())).map(({ id }) => id).toSorted((a, b) => a - b);
}
