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
  readonly breaker: string;
  readonly waiting: number;
  readonly parked: number;
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
