import type { Case } from '@trunkline/gateway';
import type { CaseRow } from '@trunkline/journal';
import { explainError } from '@trunkline/messaging';

/** What the configuration says of a flow's exceptions. */
export interface FlowCare {
  readonly queue?: string;
  readonly runbook?: string;
  /** An exception that is open for longer has missed it. Milliseconds. */
  readonly serviceLevelMs?: number;
}

/** A case as people see it, with its age against the service level of its flow. */
export function caseView(row: CaseRow, care: FlowCare | undefined, nowMs: number): Case {
  const dueMs =
    row.oldestOpenAt === null || care?.serviceLevelMs === undefined
      ? undefined
      : row.oldestOpenAt.getTime() + care.serviceLevelMs;
  return {
    id: row.id,
    status: row.status,
    code: row.code,
    meaning: explainError(row.code).meaning,
    flow: row.flow,
    ...(row.target === null ? {} : { system: row.target }),
    message: row.message,
    owner: row.owner,
    queue: row.queue ?? care?.queue ?? row.owner,
    ...(row.assignee === null ? {} : { assignee: row.assignee }),
    ...(row.status !== 'acknowledged' || row.acknowledgedAt === null
      ? {}
      : { acknowledged: { by: row.acknowledgedBy ?? '', at: row.acknowledgedAt.toISOString() } }),
    open: row.open,
    units: row.units,
    amounts: { ...row.amounts },
    seen: row.seen,
    firstSeenAt: row.firstSeenAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    ...(row.oldestOpenAt === null ? {} : { oldestOpenAt: row.oldestOpenAt.toISOString() }),
    ...(row.promisedOn === null ? {} : { promisedOn: row.promisedOn }),
    ...(dueMs === undefined ? {} : { dueAt: new Date(dueMs).toISOString() }),
    overdue: dueMs !== undefined && dueMs < nowMs && row.status !== 'ignored',
    ...(care?.runbook === undefined ? {} : { runbook: care.runbook }),
    missing: [...row.missing],
    next: nextOf(row),
  };
}

function wordsFor(kind: string, system: string, value: string): string {
  if (kind === 'site') return `which site fulfils ${value}`;
  if (system === 'hub') return `which ${kind} ${value} is`;
  return `what the ${kind.replace('_', ' ')} ${value} is called in ${system}`;
}

const NOTHING = { act: 'none' } as const;

/** The one next move: what mends most with least comes first. */
function nextOf(row: CaseRow): Case['next'] {
  if (row.status === 'ignored') return { ...NOTHING, what: 'Nothing: nobody is asked about it.' };
  if (row.open === 0) return { ...NOTHING, what: 'Nothing: all of it was mended.' };
  const [word] = row.missing;
  if (word !== undefined) {
    const { kind, system, value, waiting } = word;
    const goOn = waiting === 1 ? 'the order goes on by itself' : `${waiting} orders go on by themselves`;
    const say = wordsFor(kind, system, value);
    return { act: 'map', what: `Say ${say}; ${goOn}.` };
  }
  return { act: row.target === null && row.code !== 'poison_message' ? 'mend' : 'retry', what: row.remedy };
}
