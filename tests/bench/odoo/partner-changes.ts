import type { JsonValue } from '@trunkline/messaging';
import { inBatches, type World } from './world.ts';

/** As many as the stream reads at once. */
const PAGE = 1000;
/** What the stream asks for, so that both read the same. */
const FIELDS =
  'name ref email phone street street2 city zip vat type parent_id country_id state_id is_company active write_date'.split(
    ' ',
  );

/** So many customers of the hub, changed just now. */
export async function changePartners({ raw, run }: World, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, at) => [
    `trunkline.cu_${run}p${at}`,
    `Bench customer ${run} ${at}`,
    `${at} Bench Street`,
    'Dallas',
  ]);
  for (const data of inBatches(rows, 1000))
    await raw.call('res.partner', 'load', { fields: ['id', 'name', 'street', 'city'], data });
}

/**
 * All changes by the connector's stream, as the hub's poller asks it, until the last of them has been handed out. A cursor of before
 * lets it begin anew: it forgets what it read, because this is not the page that it expects to be stored.
 */
export async function byStream(world: World, count: number): Promise<number> {
  let cursor: JsonValue = { since: world.since, seen: [] };
  let read = 0;
  for (let more = true; more && read < count; ) {
    const polled = await world.partnerStream.poll(cursor, AbortSignal.timeout(300_000));
    read += polled.messages.filter(({ key }) => key.startsWith(`cu_${world.run}p`)).length;
    ({ cursor, more } = polled);
  }
  return read;
}

/** The same rows by `search_read` alone, page after page. */
export async function bySearchRead({ raw, run }: World): Promise<number> {
  let read = 0;
  for (let after = 0; ; ) {
    const rows = await raw.call<{ id: number }[]>('res.partner', 'search_read', {
      domain: [
        ['name', '=like', `Bench customer ${run} %`],
        ['id', '>', after],
      ],
      fields: FIELDS,
      order: 'id',
      limit: PAGE,
      context: { active_test: false },
    });
    read += rows.length;
    if (rows.length < PAGE) return read;
    after = rows.at(-1)?.id ?? 0;
  }
}
