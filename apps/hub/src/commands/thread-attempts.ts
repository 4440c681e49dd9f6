import type { ThreadAttempts } from '@trunkline/gateway';
import pc from 'picocolors';
import { callOf, duration, type Printable, words, wrap } from '../terminal/output.ts';

/** Of a body, in a terminal; `--json` has all that is kept. */
const SHOWN = 600;

type Attempt = ThreadAttempts['attempts'][number];

/** Each attempt with what was said in it, and between them what people did. */
export function attemptsText(title: string, { attempts, actions }: ThreadAttempts): Printable['text'] {
  if (attempts.length === 0 && actions.length === 0) return `Nothing was sent for ${title} yet.`;
  const told = [
    ...attempts.map((attempt) => ({ at: attempt.at, text: attemptText(attempt) })),
    ...actions.map((action) => ({ at: action.at, text: actionText(action) })),
  ];
  return [
    pc.bold(`${title}: ${attempts.length} attempts`),
    ...told.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).map(({ text }) => text),
    pc.dim(
      `Bodies are cut here; --json has what is kept. The thread itself: ${callOf('thread')} without --attempts`,
    ),
  ].join('\n\n');
}

function attemptText(attempt: Attempt): string {
  const outcome = attempt.outcome === 'succeeded' ? pc.green('succeeded') : pc.red(words(attempt.outcome));
  const head = `${time(attempt.at)}  ${attempt.system}  ${attempt.what}  try ${attempt.attempt}: ${outcome} in ${duration(attempt.tookMs)}`;
  const why = [attempt.code, attempt.detail].filter((word) => word !== undefined).join(': ');
  const by = `by ${attempt.node}${attempt.software === undefined ? '' : ` (${attempt.software})`}, delivery ${attempt.delivery}`;
  return [
    head,
    ...(why === '' ? [] : [wrap(why, 2)]),
    pc.dim(wrap(by, 2)),
    ...attempt.exchanges.flatMap((exchange) => [
      `  ${exchange.method} ${exchange.url}  ${exchange.status ?? exchange.failure ?? 'no answer'}  ${duration(exchange.tookMs)}`,
      ...bodyLines('>', exchange.request, exchange.requestBytes),
      ...bodyLines('<', exchange.response, exchange.responseBytes),
    ]),
  ].join('\n');
}

function bodyLines(mark: string, body: string | undefined, size: number): readonly string[] {
  if (body === undefined)
    return size === 0 ? [] : [pc.dim(`    ${mark} (${size} characters, no longer kept)`)];
  const line = body.replaceAll(/\s+/g, ' ');
  const more = line.length > SHOWN ? `… (${size} characters)` : '';
  return [pc.dim(`    ${mark} ${line.slice(0, SHOWN)}${more}`)];
}

function actionText(action: ThreadAttempts['actions'][number]): string {
  const reason = action.reason === undefined ? '' : `: ${action.reason}`;
  const on = action.system === undefined ? '' : ` on ${action.system}`;
  return `${time(action.at)}  ${pc.yellow(`${words(action.action)}${on} by ${action.actor}${reason}`)}`;
}

function time(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 23)}`;
}
