import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { DemoFailure, messageOf } from '../failure.ts';

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
}

export interface HttpAnswer {
  readonly status: number;
  /** Parsed when it is JSON, else the text. */
  readonly body: unknown;
}

const ATTEMPTS = 6;
const TIMEOUT_MS = 120_000;
const agent = new Agent({ connections: 8, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });

/**
 * One call to a system of the landscape, repeated when it can pass: no connection, 429, 5xx. The demo only repeats what is safe to
 * repeat (reads, upserts), because a system under scripted faults drops answers after it has committed.
 * @throws DemoFailure (exit 1) that names the address and what was answered last.
 */
export async function call(what: HttpCall): Promise<HttpAnswer> {
  let last = 'no answer';
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    if (attempt > 1) await pause(100 * 2 ** attempt);
    try {
      const answer = await once(what);
      if (answer.status !== 429 && answer.status < 500) return answer;
      last = `HTTP ${answer.status} ${excerpt(answer.body)}`;
    } catch (error) {
      last = messageOf(error);
    }
  }
  throw new DemoFailure(
    `${what.method} ${what.url} failed ${ATTEMPTS} times, lastly with: ${last}. Is the system up?`,
    1,
  );
}

async function once({ method, url, headers = {}, json, form }: HttpCall): Promise<HttpAnswer> {
  const body = json !== undefined ? JSON.stringify(json) : form && new URLSearchParams(form).toString();
  const type = json !== undefined ? 'application/json' : 'application/x-www-form-urlencoded';
  const answer = await request(url, {
    method,
    dispatcher: agent,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': type }) },
    ...(body === undefined ? {} : { body }),
  });
  const text = await answer.body.text();
  return { status: answer.statusCode, body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Enough of an answer to recognise it. */
export function excerpt(body: unknown): string {
  return (typeof body === 'string' ? body : JSON.stringify(body)).slice(0, 300);
}

/** The answer's body; a DemoFailure when the status is not one of 200-299. */
export async function fetchJson<T>(what: HttpCall): Promise<T> {
  const { status, body } = await call(what);
  if (status < 200 || status > 299) {
    throw new DemoFailure(`${what.method} ${what.url} was refused: HTTP ${status} ${excerpt(body)}`, 1);
  }
  return body as T;
}
