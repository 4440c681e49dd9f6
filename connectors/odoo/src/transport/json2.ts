import { isServerException, OdooError } from '../errors.ts';
import type { HttpAnswer, HttpChannel } from './http.ts';
import { parseRetryAfter, unexpectedAnswer } from './http.ts';
import type { Transport } from './transport.ts';

/** Where the key of each call comes from. */
export interface KeySource {
  current(): Promise<string>;
  /** The key to try in place of one that Odoo refused; undefined when there is none. */
  instead(refused: string): Promise<string | undefined>;
}

export function fixedKey(key: string): KeySource {
  return { current: () => Promise.resolve(key), instead: () => Promise.resolve(undefined) };
}

/**
 * JSON-2, Odoo 19 and later: `POST /json/2/<model>/<method>`, the body holds the named arguments, `ids` and
 * `context`, the answer is the bare result (recording 01). `X-Odoo-Database` is always sent: without it a
 * server of several databases answers 404.
 */
export function createJson2Transport(http: HttpChannel, database: string, keys: KeySource): Transport {
  return {
    name: 'json2',
    async call(model, method, args, signal) {
      const send = (key: string): Promise<HttpAnswer> =>
        http.send({
          method: 'POST',
          path: `/json/2/${model}/${method}`,
          headers: {
            'content-type': 'application/json',
            authorization: `bearer ${key}`,
            'x-odoo-database': database,
          },
          body: JSON.stringify(args),
          signal,
        });
      const key = await keys.current();
      let answer = await send(key);
      // Refused before anything was done, so that sending again with a key that was renewed meanwhile is safe.
      const other = answer.status === 401 ? await keys.instead(key) : undefined;
      if (other !== undefined) answer = await send(other);
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
