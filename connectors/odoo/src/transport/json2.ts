import { isServerException, OdooError } from '../errors.ts';
import type { HttpChannel } from './http.ts';
import { parseRetryAfter, unexpectedAnswer } from './http.ts';
import type { Transport } from './transport.ts';

/**
 * JSON-2, Odoo 19 and later: `POST /json/2/<model>/<method>`, the body holds the named arguments, `ids` and
 * `context`, the answer is the bare result (recording 01). `X-Odoo-Database` is always sent: without it a
 * server of several databases answers 404.
 */
export function createJson2Transport(http: HttpChannel, database: string, apiKey: string): Transport {
  const headers = {
    'content-type': 'application/json',
    authorization: `bearer ${apiKey}`,
    'x-odoo-database': database,
  };
  return {
    name: 'json2',
    async call(model, method, args, signal) {
      const answer = await http.send({
        method: 'POST',
        path: `/json/2/${model}/${method}`,
        headers,
        body: JSON.stringify(args),
        signal,
      });
      if (answer.status === 200 && answer.json !== undefined) return answer.json;
      if (!isServerException(answer.json)) throw unexpectedAnswer(answer);
      const retryAfterMs = parseRetryAfter(answer.headers['retry-after'], Date.now());
      throw new OdooError({
        kind: 'refused',
        name: answer.json.name,
        message: answer.json.message,
        status: answer.status,
        ...(retryAfterMs === null ? {} : { retryAfterMs }),
      });
    },
  };
}
