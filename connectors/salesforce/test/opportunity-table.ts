import type { Exchange, ScriptedAnswer } from './scripted-org.ts';

export interface OpportunityRow {
  readonly Id: string;
  /** Milliseconds; whole seconds, as the platform stamps. */
  readonly stampMs: number;
  readonly fields?: Record<string, unknown>;
}

/**
 * Just enough of an org to answer the poller's own queries: it filters, orders and cuts by what the SOQL says, written against
 * the platform's documented meaning and not against the poller's code. Anything that it cannot read is an error.
 */
export class OpportunityTable {
  readonly rows: OpportunityRow[] = [];
  /** Largest page that the org gives, whatever LIMIT says. */
  maxPage = 2000;

  answer({ path }: Exchange): ScriptedAnswer {
    if (path === '/services/oauth2/token') return {};
    if (path.endsWith('/describe')) {
      const names = ['CurrencyIsoCode', 'ShippingCountryCode', 'BillingCountryCode'];
      return { body: { fields: names.map((name) => ({ name })) } };
    }
    const soql = /\/query\?q=(.*)$/s.exec(path)?.[1];
    if (soql === undefined) return { status: 404, body: [{ errorCode: 'NOT_FOUND', message: path }] };
    const limit = Number(/ LIMIT (\d+)$/.exec(soql)?.[1] ?? this.maxPage);
    const found = this.rows
      .filter(filterOf(soql))
      .sort((a, b) => a.stampMs - b.stampMs || (a.Id < b.Id ? -1 : 1))
      .slice(0, limit);
    const page = found.slice(0, this.maxPage);
    const body = {
      totalSize: found.length,
      done: page.length === found.length,
      ...(page.length === found.length ? {} : { nextRecordsUrl: '/services/data/v66.0/query/x-2000' }),
      records: page.map((row) => ({
        attributes: { type: 'Opportunity', url: '' },
        Id: row.Id,
        SystemModstamp: restStamp(row.stampMs),
        ...row.fields,
      })),
    };
    return { body };
  }
}

/** `2026-03-01T10:00:00.000+0000` */
export function restStamp(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '+0000');
}

function filterOf(soql: string): (row: OpportunityRow) => boolean {
  if (!soql.includes('WHERE IsWon = true AND ')) throw new Error(`No won filter: ${soql}`);
  const ids = /Id IN \(([^)]*)\)/.exec(soql)?.[1];
  if (ids !== undefined) {
    const wanted = new Set(ids.split(', ').map((id) => id.slice(1, -1)));
    return (row) => wanted.has(row.Id);
  }
  const time = '([0-9T:.-]+Z)';
  const keyset = new RegExp(
    `\\(SystemModstamp > ${time} OR \\(SystemModstamp = ${time} AND Id > '(\\w+)'\\)\\)`,
  ).exec(soql);
  const from = new RegExp(`SystemModstamp >= ${time}`).exec(soql)?.[1];
  const through = new RegExp(`SystemModstamp <= ${time}`).exec(soql)?.[1];
  const upTo = through === undefined ? Number.POSITIVE_INFINITY : Date.parse(through);
  if (keyset !== null) {
    const [, after, at, id] = keyset as unknown as [string, string, string, string];
    return (row) =>
      (row.stampMs > Date.parse(after) || (row.stampMs === Date.parse(at) && row.Id > id)) &&
      row.stampMs <= upTo;
  }
  if (from === undefined) throw new Error(`Neither keyset nor start: ${soql}`);
  return (row) => row.stampMs >= Date.parse(from) && row.stampMs <= upTo;
}
