import type { SystemServer } from '@trunkline/messaging';
import type { Pool } from 'pg';

const PREFIX = 'server of ';

/** What a system's server was found to be, for processes that do not talk to it. */
export async function noteServer(
  pool: Pool,
  system: string,
  { product, version, transport }: SystemServer,
): Promise<void> {
  await pool.query(
    `insert into journal_setting (name, value) values ($1, $2)
     on conflict (name) do update set value = excluded.value where journal_setting.value <> excluded.value`,
    [PREFIX + system, JSON.stringify({ product, version, transport })],
  );
}

/** By system; as it was found last. */
export async function readServers(pool: Pool): Promise<ReadonlyMap<string, SystemServer>> {
  const { rows } = await pool.query<{ name: string; value: string }>(
    'select name, value from journal_setting where starts_with(name, $1)',
    [PREFIX],
  );
  return new Map(
    rows.map(({ name, value }) => [name.slice(PREFIX.length), JSON.parse(value) as SystemServer]),
  );
}
