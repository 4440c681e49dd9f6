import { readFileSync } from 'node:fs';
import type { Recording } from './recording.ts';

/** An exchange, or a run of them (`"18-26"`), that is not compared in full, and why. */
export interface Exception {
  readonly at: string;
  readonly skip?: string;
  readonly shape?: string;
  readonly series?: string;
  readonly transport?: string;
}

/** What the recorded session did between its recorded calls, and the ids that its later calls use for it. */
export interface SetUp {
  readonly before: number;
  readonly series?: string;
  readonly transport?: string;
  readonly order?: {
    readonly lines: readonly (readonly [code: string, quantity: number])[];
    readonly confirm?: boolean;
  };
  readonly call?: {
    readonly model: string;
    readonly method: string;
    readonly find?: unknown[];
    readonly args?: Record<string, unknown>;
    readonly context?: Record<string, unknown>;
  };
  /** Which of the made records stands for which recorded id: `picking`, `move.0`, `order`, `line.0`, or `found.0`. */
  readonly bind?: Record<string, string>;
}

export interface RecordingPlan {
  /** Why nothing of it is replayed. */
  readonly notCovered?: string;
  readonly exceptions?: readonly Exception[];
  readonly setUps?: readonly SetUp[];
}

const plans = JSON.parse(readFileSync(new URL('coverage.json', import.meta.url), 'utf8')) as Record<
  string,
  RecordingPlan
>;

/** Every recording has an entry, so that a new one can't be passed over in silence. */
export function planFor(recording: Recording): RecordingPlan {
  const exact = plans[recording.name];
  if (exact) return exact;
  const families = Object.keys(plans).filter(
    (name) => name.endsWith('*') && recording.name.startsWith(name.slice(0, -1)),
  );
  const [closest] = families.sort((a, b) => b.length - a.length);
  const family = plans[closest ?? ''];
  if (family) return family;
  throw new Error(
    `recording ${recording.name} has no entry in coverage.json: say there what the replay covers of it, or why nothing`,
  );
}

/** What the recorded session did unrecorded before an exchange, on this server. */
export const setUpsBefore = (plan: RecordingPlan, recording: Recording, at: number): SetUp[] =>
  (plan.setUps ?? []).filter((setUp) => setUp.before === at && isFor(setUp, recording));

const isFor = (entry: { series?: string; transport?: string }, recording: Recording) =>
  (entry.series ?? recording.series) === recording.series &&
  (entry.transport ?? recording.transport) === recording.transport;

export function exceptionFor(plan: RecordingPlan, recording: Recording, at: number): Exception | undefined {
  return plan.exceptions?.find((exception) => {
    if (!isFor(exception, recording)) return false;
    const [from = 0, to = from] = exception.at.split('-').map(Number);
    return at >= from && at <= to;
  });
}
