import { RefusedCall } from '../fault-answer.ts';
import { asText } from '../values.ts';
import { recordBody, refusedAnswer, type Resource, type RestAnswer, type RestCall } from './call.ts';

const MOST_SUBREQUESTS = 25;

interface Subrequest {
  method: string;
  url: string;
  referenceId: string;
  body?: unknown;
}

interface Subresult extends RestAnswer {
  referenceId: string;
}

class RolledBack extends Error {}

/** POST /composite over the given resources: subrequests in order, later ones may name results of earlier ones. */
export function compositeResource(resources: readonly Resource[]): Resource {
  return { method: 'POST', path: '/composite', run: (call) => runComposite(resources, call) };
}

function runComposite(resources: readonly Resource[], call: RestCall): RestAnswer {
  const { allOrNone, compositeRequest } = recordBody(call) as {
    allOrNone?: unknown;
    compositeRequest?: unknown;
  };
  if (!Array.isArray(compositeRequest))
    throw new RefusedCall(400, 'MISSING_ARGUMENT', 'compositeRequest must be a list');
  if (compositeRequest.length > MOST_SUBREQUESTS) {
    throw new RefusedCall(
      400,
      'LIMIT_EXCEEDED',
      `A composite takes at most ${MOST_SUBREQUESTS} subrequests; ${compositeRequest.length} were sent.`,
    );
  }
  const subrequests = compositeRequest as Subrequest[];
  const results: Subresult[] = [];
  try {
    call.org.transaction(() => {
      for (const subrequest of subrequests) {
        const result = {
          ...runOne(resources, call, subrequest, results),
          referenceId: subrequest.referenceId,
        };
        results.push(result);
        if (allOrNone === true && failed(result)) throw new RolledBack();
      }
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
    return rendered(rolledBack(subrequests, results));
  }
  return rendered(results);
}

function runOne(
  resources: readonly Resource[],
  call: RestCall,
  { method, url, body }: Subrequest,
  results: Subresult[],
): RestAnswer {
  try {
    const target = new URL(String(fill(url, results)), 'http://composite');
    for (const resource of resources) {
      const params = resource.method === method ? pathParams(resource.path, target.pathname) : undefined;
      if (!params) continue;
      const query = Object.fromEntries(target.searchParams);
      return resource.run({ ...call, params, query, body: fill(body, results) });
    }
    throw new RefusedCall(404, 'NOT_FOUND', 'The requested resource does not exist');
  } catch (error) {
    return refusedAnswer(error);
  }
}

function pathParams(path: string, pathname: string): Record<string, string> | undefined {
  const pattern = path.replaceAll(/:([A-Za-z]+)/g, '(?<$1>[^/]+)');
  const match = new RegExp(`^/services/data/v[0-9.]+${pattern}/?$`).exec(pathname);
  if (!match) return undefined;
  return Object.fromEntries(
    Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
  );
}

/** Puts results in the place of `@{referenceId.path[0].to}`. */
function fill(value: unknown, results: Subresult[]): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(/@\{([A-Za-z0-9_]+)\.([^}]+)\}/g, (_all, name: string, path: string) =>
      resultAt(results, name, path),
    );
  }
  if (Array.isArray(value)) return value.map((item) => fill(item, results));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fill(item, results)]));
}

function resultAt(results: Subresult[], name: string, path: string): string {
  const source = results.find(({ referenceId }) => referenceId === name);
  let found: unknown = source && !failed(source) ? source.body : undefined;
  for (const step of path.split(/[.[\]]+/).filter((word) => word !== '')) {
    found = (found as Record<string, unknown> | undefined)?.[step];
  }
  if (found === undefined) {
    throw new RefusedCall(
      400,
      'PROCESSING_HALTED',
      `Invalid reference specified. No value for ${name}.${path} found in ${name}`,
    );
  }
  return asText(found);
}

function failed({ status, body }: RestAnswer): boolean {
  const refusedRecord =
    Array.isArray(body) && body.some((record: { success?: boolean } | null) => record?.success === false);
  return status >= 300 || refusedRecord;
}

const HALTED = [
  {
    errorCode: 'PROCESSING_HALTED',
    message: 'The transaction was rolled back since another operation in the same transaction failed.',
  },
];

/** The one that failed keeps its error; all others, run or not, show that they were undone. */
function rolledBack(subrequests: Subrequest[], results: Subresult[]): Subresult[] {
  return subrequests.map(({ referenceId }, at) => {
    const result = results[at];
    return result && failed(result) ? result : { referenceId, status: 400, body: HALTED };
  });
}

function rendered(results: Subresult[]): RestAnswer {
  const compositeResponse = results.map(({ referenceId, status, body }) => ({
    body: body ?? null,
    httpHeaders: {},
    httpStatusCode: status,
    referenceId,
  }));
  return { status: 200, body: { compositeResponse } };
}
