/** One request that a connector made of its system, and what came back. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  /** What was sent: JSON values or the text itself. Headers are not told, credentials live there. */
  readonly request?: unknown;
  /** Absent: no answer came. */
  readonly status?: number;
  readonly response?: unknown;
  /** Why no answer came. */
  readonly failure?: string;
  readonly tookMs: number;
}

/** Where a connector's HTTP client reports each exchange, when there is somebody to tell. Must not throw, and is not waited for. */
export type ReportExchange = (exchange: Exchange) => void;
