import { datetimeToOdoo } from '@trunkline/connector-odoo';
import type { JsonValue } from '@trunkline/messaging';
import type { RawOdoo } from './server.ts';
import { inBatches, type World } from './world.ts';

/** As many as the stream reads at once. */
const PAGE = 1000;
/** What the stream asks for, so that both read the same. */
const FIELDS =
  'name ref email phone street street2 city zip vat type parent_id country_id state_id is_company active property_payment_term_id write_date'.split(
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

/** The same rows by `search_read` alone, one page after the other, in the order that costs the server least. */
export async function bySearchRead({ raw, run, since }: World): Promise<number> {
  const fields = await availableOf(raw);
  let read = 0;
  for (let after = 0; ; ) {
    const rows = await raw.call<{ id: number; name: string }[]>('res.partner', 'search_read', {
      domain: [
        ['write_date', '>=', datetimeToOdoo(since)],
        ['id', '>', after],
      ],
      fields,
      order: 'id',
      limit: PAGE,
      load: '_classic_write',
      context: { active_test: false },
    });
    read += rows.filter(({ name }) => name.startsWith(`Bench customer ${run} `)).length;
    if (rows.length < PAGE) return read;
    after = rows.at(-1)?.id ?? 0;
  }
}

const available = new WeakMap<RawOdoo, Promise<readonly string[]>>();

/** Payment terms come with the app *Invoicing*. Asked once, as the stream does. */
function availableOf(raw: RawOdoo): Promise<readonly string[]> {
  const asked =
    available.get(raw) ??
    raw
      .call<Record<string, unknown>>('res.partner', 'fields_get', { attributes: ['type'] })
      .then((known) => FIELDS.filter((field) => field in known));
  available.set(raw, asked);
  return asked;
}
