/** What the hub's operations API answers, version 1 (see /openapi.json). Times are RFC 3339 UTC, quantities decimal text. */

export interface Session {
  readonly user: string;
  readonly hub: string;
  readonly expiresAt: string;
}

export interface StageCount {
  readonly stage: string;
  readonly count: number;
}

export interface TargetHealth {
  readonly system: string;
  /** What answered at its address at the last inspection. */
  readonly server?: { readonly product: string; readonly version: string; readonly transport: string };
  readonly breaker: string;
  readonly waiting: number;
  readonly parked: number;
  /** Why nothing is sent to it now, although it may be well. */
  readonly hold?: {
    readonly by: string;
    readonly who?: string;
    readonly reason: string;
    readonly since?: string;
    readonly until?: string;
  };
}

export interface Target extends TargetHealth {
  /** When what waits was counted; absent: now. */
  readonly countedAt?: string;
  readonly limits: {
    readonly concurrency?: number;
    readonly rate?: string;
    readonly burst?: number;
    readonly dailyBudget?: { readonly calls: number; readonly used: number };
  };
  readonly nodes: readonly { readonly node: string; readonly calls: number; readonly breaker: string }[];
}

export interface HubNode {
  readonly name: string;
  readonly alive: boolean;
  readonly roles: readonly string[];
  readonly address?: string;
  readonly partitions: readonly number[];
  readonly startedAt: string;
  readonly seenAt: string;
}

export interface NodePage {
  readonly items: readonly HubNode[];
  readonly partitions: number;
  readonly unowned: readonly number[];
}

export interface StreamLag {
  readonly system: string;
  readonly stream: string;
  readonly behindSeconds: number | null;
  readonly failure?: string;
}

export interface Overview {
  readonly hub: string;
  readonly at: string;
  readonly orders: readonly StageCount[];
  readonly openExceptions: number;
  readonly backlog: number;
  /** When the backlog and what waits for the targets were counted; absent: now. */
  readonly countedAt?: string;
  readonly targets: readonly TargetHealth[];
  readonly streams: readonly StreamLag[];
  readonly rate: { readonly messagesPerSecond: number; readonly ordersPerSecond: number };
}

export interface Identifier {
  readonly kind: string;
  readonly value: string;
  readonly system: string;
}

export interface ThreadSummary {
  readonly id: string;
  readonly kind: string;
  readonly stage: string;
  readonly title: string;
  readonly updatedAt: string;
  readonly matchedBy?: Identifier;
}

export interface ThreadStep {
  readonly at: string;
  readonly system: string;
  readonly kind: string;
  readonly what: string;
  readonly state: string;
  readonly detail?: string;
  readonly attempts?: number;
  readonly waitMs: number;
  readonly tookMs?: number;
}

export interface ThreadLine {
  readonly line: string;
  readonly sku: string;
  readonly description?: string;
  readonly ordered: string;
  readonly released: string;
  readonly picked: string;
  readonly shipped: string;
  readonly backordered: string;
  readonly cancelled: string;
}

export interface Thread {
  readonly id: string;
  readonly kind: string;
  readonly stage: string;
  readonly title: string;
  readonly customer?: string;
  readonly identifiers: readonly Identifier[];
  readonly lines: readonly ThreadLine[];
  readonly steps: readonly ThreadStep[];
  readonly nextMove: { readonly owner: string; readonly what: string; readonly since: string };
}

export interface Fault {
  readonly code: string;
  readonly path: string;
  readonly message: string;
}

export type ExceptionStatus = 'open' | 'resolved';

export interface ExceptionCase {
  readonly id: string;
  readonly thread: string;
  readonly title: string;
  readonly code: string;
  readonly status: ExceptionStatus;
  readonly flow: string;
  readonly system?: string;
  readonly summary: string;
  readonly faults: readonly Fault[];
  readonly owner: string;
  readonly remedy: string;
  readonly openedAt: string;
  readonly resolvedAt?: string;
  readonly retryable: boolean;
  readonly case: string;
  readonly seen: number;
  readonly reopened: number;
  /** Let go again, with nothing come of it yet. */
  readonly goingAgainSince?: string;
  readonly units?: string;
  readonly amount?: string;
  readonly currency?: string;
  readonly promisedOn?: string;
}

export interface Deed {
  readonly at: string;
  readonly by: string;
  readonly act: string;
  readonly note?: string;
}

export interface ExceptionDetail extends ExceptionCase {
  readonly command?: { readonly type: string; readonly payload: unknown };
  /** The payload as the flow wrote it, when a person edited it. */
  readonly original?: unknown;
  readonly history: readonly Deed[];
}

export interface MissingWord {
  readonly kind: string;
  readonly system: string;
  readonly value: string;
  readonly waiting: number;
}

/** What fails alike. */
export interface Case {
  readonly id: string;
  readonly status: 'open' | 'acknowledged' | 'ignored' | 'resolved';
  readonly code: string;
  readonly meaning: string;
  readonly flow: string;
  readonly system?: string;
  readonly message: string;
  readonly owner: string;
  readonly queue: string;
  readonly assignee?: string;
  readonly acknowledged?: { readonly by: string; readonly at: string };
  readonly open: number;
  readonly units: string;
  readonly amounts: Readonly<Record<string, string>>;
  readonly seen: number;
  readonly lastSeenAt: string;
  readonly oldestOpenAt?: string;
  readonly promisedOn?: string;
  readonly dueAt?: string;
  readonly overdue: boolean;
  readonly runbook?: string;
  readonly missing: readonly MissingWord[];
  readonly next: { readonly act: 'map' | 'retry' | 'mend' | 'none'; readonly what: string };
}

export interface CaseDetail extends Case {
  readonly history: readonly Deed[];
}

export interface Mapping {
  readonly revision: string;
  readonly kind: string;
  readonly system: string;
  readonly source: string;
  /** Absent: taken back. */
  readonly target?: string;
  readonly why?: string;
  readonly by: string;
  readonly at: string;
}

export interface MappingPage {
  readonly items: readonly Mapping[];
  readonly waiting: readonly MissingWord[];
}

/** One request and its response, redacted and cut at a size. */
export interface Exchange {
  readonly at: string;
  readonly method: string;
  readonly url: string;
  readonly status?: number;
  readonly request?: string;
  readonly requestBytes: number;
  readonly response?: string;
  readonly responseBytes: number;
  readonly failure?: string;
  readonly tookMs: number;
}

export interface Attempt {
  readonly at: string;
  readonly delivery: string;
  readonly system: string;
  readonly what: string;
  readonly attempt: number;
  readonly outcome: string;
  readonly code?: string;
  readonly detail?: string;
  readonly tookMs: number;
  readonly node: string;
  readonly software?: string;
  readonly exchanges: readonly Exchange[];
}

export interface HandAct {
  readonly at: string;
  readonly action: string;
  readonly actor: string;
  readonly reason?: string;
  readonly system?: string;
  readonly delivery?: string;
}

export interface ThreadAttempts {
  readonly attempts: readonly Attempt[];
  readonly actions: readonly HandAct[];
}

/** An act on many. */
export interface Bulk {
  readonly id: string;
  readonly act: 'retry' | 'discard' | 'edit' | 'replay';
  readonly state: 'previewed' | 'canary' | 'canary_passed' | 'running' | 'stopped' | 'cancelled' | 'finished';
  readonly total: number;
  readonly units: string;
  readonly amounts: Readonly<Record<string, string>>;
  readonly pending: number;
  readonly underWay: number;
  readonly mended: number;
  readonly failed: number;
  readonly skipped: number;
  /** Of an edit: it would break them, or finds nothing to change. */
  readonly refused: number;
  readonly secondsLeft: number;
  readonly stoppedBecause?: string;
  readonly by: string;
  readonly createdAt: string;
}

export interface BulkDetail extends Bulk {
  readonly items: readonly {
    readonly thread: string;
    readonly state: string;
    readonly detail?: string;
    readonly exception?: string;
  }[];
  /** What an edit does to the first few that have not gone yet. */
  readonly edits?: readonly {
    readonly thread: string;
    readonly differences: readonly Difference[];
  }[];
}

export interface Difference {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** One change of many commands; `*` in the path is each element of a list. */
export interface Change {
  readonly op: 'replace' | 'remove';
  readonly path: string;
  readonly value?: unknown;
  readonly was?: unknown;
}

export interface InvalidMessage {
  readonly id: string;
  readonly source: string;
  readonly receivedAt: string;
  readonly faults: readonly Fault[];
  readonly payload: string;
}

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly faults?: readonly Fault[];
}
