import { call } from '../api/client.ts';
import type { ThreadSummary } from '../api/contract.ts';

/** As people fill it in. Times are `YYYY-MM-DDThh:mm` of UTC. */
export interface Chosen {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly source: string | null;
  readonly status: string | null;
  readonly flow: string;
  readonly type: string;
  readonly patch: string;
}

export const NOTHING_CHOSEN: Chosen = {
  key: '',
  from: '',
  to: '',
  source: null,
  status: null,
  flow: '',
  type: '',
  patch: '',
};

const IN_ADDRESS = ['key', 'from', 'to', 'source', 'status', 'flow', 'type'] as const;
export type ChosenInAddress = { readonly [name in (typeof IN_ADDRESS)[number]]?: string };

/** What of it stands in the page's address, so that a selection can be sent to somebody; a change of payloads does not. */
export function chosenIn(search: { readonly [name: string]: unknown }): ChosenInAddress {
  const given = IN_ADDRESS.map((name) => [name, search[name]] as const).filter(
    ([, value]) => value !== undefined && value !== null && value !== '',
  );
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}

export interface ReplayRequest {
  readonly act: 'replay';
  readonly limit: number;
  readonly messages: Readonly<Record<string, string>>;
  readonly patch?: unknown;
}

/** The most that one replay takes. */
const LIMIT = 10_000;

/** What a replay without a bound would be: everything that was ever sent. */
export const isBounded = ({ key, from }: Chosen) => key.trim() !== '' || from !== '';

/**
 * The hub knows threads by their key; people by any identifier.
 * @throws Error when the words fit more than one thread, or the change is no JSON
 */
export async function requestOf(chosen: Chosen): Promise<ReplayRequest> {
  const key = chosen.key.trim() === '' ? undefined : await keyOf(chosen.key.trim());
  const messages = {
    key,
    from: timeOf(chosen.from),
    to: timeOf(chosen.to),
    source: chosen.source ?? undefined,
    status: chosen.status ?? undefined,
    flow: chosen.flow.trim() || undefined,
    type: chosen.type.trim() || undefined,
  };
  const given = Object.entries(messages).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    act: 'replay',
    limit: LIMIT,
    messages: Object.fromEntries(given),
    ...(chosen.patch.trim() === '' ? {} : { patch: JSON.parse(chosen.patch) as unknown }),
  };
}

function timeOf(local: string): string | undefined {
  return local === '' ? undefined : new Date(`${local}Z`).toISOString();
}

async function keyOf(identifier: string): Promise<string> {
  const { items } = await call<{ items: ThreadSummary[] }>(
    'GET',
    `/threads?limit=2&q=${encodeURIComponent(identifier)}`,
  );
  const [found, ...more] = items;
  if (found === undefined) return identifier;
  if (more.length === 0) return found.id;
  throw new Error(`More than one order is known by ${identifier}. Write the whole number, or the key.`);
}
