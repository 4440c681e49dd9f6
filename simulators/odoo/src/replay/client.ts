import { ADMIN_KEY, DEFAULTS, LIMITED_KEY } from '../index.ts';
import type { Exchange, Recording } from './recording.ts';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: unknown;
}

/** The secrets that the recordings leave out or carry, and the simulator's in their place. */
const SECRETS: Record<string, string> = {
  '<api-key-of-hub>': DEFAULTS.apiKey,
  '<api-key-of-admin>': ADMIN_KEY,
  '<api-key-of-limited>': LIMITED_KEY,
  'hub-pw': DEFAULTS.password,
  'admin-pw': 'admin',
  'limited-pw': 'limited',
};

function withSecrets(value: unknown): unknown {
  if (typeof value === 'string')
    return SECRETS[value] ?? value.replace(/<api-key-of-\w+>/, (key) => SECRETS[key] ?? key);
  if (Array.isArray(value)) return value.map(withSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withSecrets(each)]));
}

/** Sends a recorded request, with a translated body, over a real socket. */
export async function send(url: string, { request, note }: Exchange, body: unknown): Promise<Answer> {
  const headers = withSecrets(request.headers) as Record<string, string>;
  // The recorder did not keep the header that this exchange is about.
  if (note.includes('wrong content-type')) headers['Content-Type'] = 'text/plain';
  const secret = withSecrets(body);
  const payload = typeof secret === 'string' ? secret : JSON.stringify(secret);
  const answer = await fetch(url + request.path, {
    method: request.method,
    headers,
    redirect: request.path.startsWith('/json/') ? 'follow' : 'manual',
    ...(request.method === 'GET' ? {} : { body: payload }),
  });
  const type = answer.headers.get('content-type') ?? '';
  const text = await answer.text();
  return { status: answer.status, type, body: type.startsWith('application/json') ? JSON.parse(text) : text };
}

/** A call of the set-up, in the transport of the recording. */
export async function callModel(
  url: string,
  recording: Recording,
  model: string,
  method: string,
  ids: number[] | undefined,
  args: Record<string, unknown>,
  context: Record<string, unknown> = {},
): Promise<unknown> {
  const keywords = { ...args, context };
  if (recording.transport === 'json2') {
    const answer = await post(`${url}/json/2/${model}/${method}`, { ...keywords, ...(ids ? { ids } : {}) });
    if (answer.status !== 200)
      throw new Error(`set-up ${model}.${method}: ${JSON.stringify(answer.body).slice(0, 300)}`);
    return answer.body;
  }
  const uid = recording.series === '18.0' ? 8 : 7;
  const database = databaseOf(recording.series);
  const params = {
    service: 'object',
    method: 'execute_kw',
    args: [database, uid, DEFAULTS.password, model, method, ids ? [ids] : [], keywords],
  };
  const answer = await post(`${url}/jsonrpc`, { jsonrpc: '2.0', id: 1, method: 'call', params });
  const { result, error } = answer.body as { result?: unknown; error?: unknown };
  if (error) throw new Error(`set-up ${model}.${method}: ${JSON.stringify(error).slice(0, 300)}`);
  return result;
}

async function post(url: string, body: unknown) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `bearer ${DEFAULTS.apiKey}` },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

/** The recorded databases are named after their series. */
export const databaseOf = (series: Recording['series']) => `odoo${series.slice(0, 2)}`;
