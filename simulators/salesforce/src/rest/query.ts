import { RefusedCall } from '../fault-answer.ts';
import { type QueryResult, runQuery } from '../soql/run.ts';
import type { Resource, RestAnswer, RestCall } from './call.ts';

const LARGEST_BATCH = 2000;
const SMALLEST_BATCH = 200;

export const queryResources: readonly Resource[] = [
  { method: 'GET', path: '/query', run: firstPage },
  { method: 'GET', path: '/query/:locator', run: nextPage },
];

function firstPage(call: RestCall): RestAnswer {
  const soql = call.query['q'];
  if (soql === undefined)
    throw new RefusedCall(400, 'MALFORMED_QUERY', 'SOQL statements cannot be empty or null');
  const result = runQuery(call.org, soql);
  const more = result.ids.length > batchSize(call);
  return page(call, result, { from: 0, locator: more ? call.cursors.open(result) : '' });
}

function nextPage(call: RestCall): RestAnswer {
  const [locator = '', from = ''] = (call.params['locator'] ?? '').split('-');
  const result = call.cursors.find(locator);
  if (!result || !/^\d+$/.test(from)) {
    throw new RefusedCall(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
  }
  return page(call, result, { from: Number(from), locator });
}

function page(
  call: RestCall,
  result: QueryResult,
  { from, locator }: { from: number; locator: string },
): RestAnswer {
  const to = from + batchSize(call);
  const done = to >= result.ids.length;
  const records = result.ids.slice(from, to).flatMap((id) => result.render(id, call.version) ?? []);
  const next = done ? {} : { nextRecordsUrl: `/services/data/${call.version}/query/${locator}-${to}` };
  return { status: 200, body: { totalSize: result.totalSize, done, ...next, records } };
}

/** `Sforce-Query-Options: batchSize=N`; the platform keeps it between 200 and 2000. */
function batchSize({ headers }: RestCall): number {
  const asked = /batchSize\s*=\s*(\d+)/i.exec(String(headers['sforce-query-options'] ?? ''))?.[1];
  return Math.min(LARGEST_BATCH, Math.max(SMALLEST_BATCH, Number(asked ?? LARGEST_BATCH)));
}
