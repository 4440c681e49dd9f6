import { start } from '../index.ts';
import { buildModels } from '../models/index.ts';
import type { Model } from '../orm/model.ts';
import { databaseOf, send } from './client.ts';
import { Comparison } from './compare.ts';
import { Correspondence } from './correspondence.ts';
import { exceptionFor, planFor, setUpsBefore } from './plan.ts';
import type { RecordingPlan } from './plan.ts';
import { readRecordings } from './recording.ts';
import type { Exchange, Recording } from './recording.ts';
import { modelRequest, withModelRequest } from './request.ts';
import { resultOf, runSetUp } from './set-up.ts';
import { StampTrail } from './stamps.ts';
import { Translator } from './translate.ts';

export type Outcome =
  | { readonly kind: 'matched' }
  | { readonly kind: 'shape'; readonly reason: string }
  | { readonly kind: 'notCovered'; readonly reason: string }
  | { readonly kind: 'differs'; readonly differences: readonly string[] };

export interface RecordingResult {
  readonly recording: string;
  readonly series: string;
  readonly transport: string;
  readonly outcomes: readonly { readonly at: number; readonly note: string; readonly outcome: Outcome }[];
}

/** Records that every database has under the same id. */
const SEEDED = [
  ['res.country', 233],
  ['res.partner', 1],
  ['res.users', 2],
  ['res.company', 1],
  ['delivery.carrier', 1],
] as const;

const FIRST_RECORDED_SECOND = Date.parse('2026-11-23T02:40:00Z');

/** Replays one server's recordings, in their order, against one fresh simulator on a real socket. */
export async function replayServer(
  folder: string,
  series: Recording['series'],
  transport: Recording['transport'],
): Promise<RecordingResult[]> {
  let now = FIRST_RECORDED_SECOND;
  const running = await start({ series, database: databaseOf(series), now: () => now });
  const session = new Session(running.url, series, () => {
    now += 1000;
  });
  try {
    const results: RecordingResult[] = [];
    for (const recording of readRecordings(folder, series, transport))
      results.push(await session.replay(recording));
    return results;
  } finally {
    await running.close();
  }
}

class Session {
  readonly #url: string;
  readonly #tick: () => void;
  readonly #models: ReadonlyMap<string, Model>;
  readonly #known = new Correspondence();
  readonly #translator: Translator;

  constructor(url: string, series: Recording['series'], tick: () => void) {
    this.#url = url;
    this.#tick = tick;
    this.#models = new Map(buildModels(series).map((model) => [model.name, model]));
    for (const [model, id] of SEEDED) this.#known.sameId(model, id, id);
    this.#translator = new Translator(this.#models, this.#known);
  }

  async replay(recording: Recording): Promise<RecordingResult> {
    const plan = planFor(recording);
    const outcomes = [];
    const trail = new StampTrail();
    for (const [at, exchange] of recording.exchanges.entries())
      outcomes.push({
        at,
        note: exchange.note,
        outcome: await this.#exchange(recording, plan, trail, at, exchange),
      });
    return { recording: recording.name, series: recording.series, transport: recording.transport, outcomes };
  }

  async #exchange(
    recording: Recording,
    plan: RecordingPlan,
    trail: StampTrail,
    at: number,
    exchange: Exchange,
  ): Promise<Outcome> {
    if (plan.notCovered) return { kind: 'notCovered', reason: plan.notCovered };
    try {
      for (const setUp of setUpsBefore(plan, recording, at)) {
        this.#tick();
        await runSetUp(this.#url, recording, setUp, this.#known);
      }
    } catch (error) {
      return { kind: 'differs', differences: [`set-up: ${(error as Error).message}`] };
    }
    const exception = exceptionFor(plan, recording, at);
    if (exception?.skip) return { kind: 'notCovered', reason: exception.skip };
    this.#tick();
    let differences: readonly string[];
    try {
      differences = await this.#compare(exchange, trail, exception?.shape ? 'shape' : 'values');
    } catch (error) {
      differences = [(error as Error).message];
    }
    if (differences.length > 0) return { kind: 'differs', differences };
    return exception?.shape ? { kind: 'shape', reason: exception.shape } : { kind: 'matched' };
  }

  async #compare(
    exchange: Exchange,
    trail: StampTrail,
    strictness: 'values' | 'shape',
  ): Promise<readonly string[]> {
    const recorded = modelRequest(exchange);
    const body = recorded
      ? withModelRequest(exchange, this.#translator.request(recorded))
      : exchange.request.body;
    const answer = await send(this.#url, exchange, body);
    const { status, body: theirs, headers } = exchange.response;
    if (answer.status !== status)
      return [
        `status: recorded ${status}, simulated ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`,
      ];
    const type = (headers['Content-Type'] ?? '').split(';')[0];
    if (type !== answer.type.split(';')[0])
      return [`content type: recorded ${type}, simulated ${answer.type}`];
    const comparison = new Comparison(this.#models, this.#known, strictness);
    const failed = status !== 200 || isRpcError(theirs) || isRpcError(answer.body);
    if (!recorded || failed || typeof theirs === 'string') comparison.plain('body', theirs, answer.body);
    else {
      if (isEnvelope(theirs) && 'result' in theirs !== 'result' in (answer.body as object))
        return ['result: present in one answer only'];
      comparison.result(recorded, resultOf(theirs), resultOf(answer.body));
      trail.follow(recorded, resultOf(theirs), resultOf(answer.body), comparison.differences);
    }
    return comparison.differences;
  }
}

const isEnvelope = (body: unknown): body is object =>
  typeof body === 'object' && body !== null && 'jsonrpc' in body;

const isRpcError = (body: unknown) => isEnvelope(body) && 'error' in body;
