import type { ThreadAttempts } from './attempts.ts';
import type { ExceptionCase, InvalidMessage, Overview, Thread, ThreadSummary } from './contract.ts';
import type { NodePage } from './nodes.ts';
import type { TargetState } from './targets.ts';

/** What the operations API asks of the hub. The journal answers it; tests answer it from memory. */
export interface Operations {
  overview(): Promise<Overview>;
  /** By any identifier; an empty query gives the newest threads. At most `limit`. */
  searchThreads(query: string, limit: number): Promise<readonly ThreadSummary[]>;
  thread(id: string): Promise<Thread | undefined>;
  /** Every attempt of the thread's deliveries with what was said in it, and what people did. Undefined when there is no such thread. */
  threadAttempts(id: string): Promise<ThreadAttempts | undefined>;
  exceptions(filter: {
    readonly status: 'open' | 'resolved' | 'all';
    readonly limit: number;
    readonly offset: number;
    /** A case's id. */
    readonly case?: string;
    /** A thread's id. */
    readonly thread?: string;
  }): Promise<{
    readonly items: readonly ExceptionCase[];
    readonly total: number;
  }>;
  /** Sends the parked delivery again; false when there is nothing to retry. */
  retryException(id: string, by: string): Promise<boolean>;
  /** Gives the parked delivery up with a reason; what waited behind it goes on. False when there is nothing to discard. */
  discardException(id: string, by: string, reason: string): Promise<boolean>;
  /** The systems that commands go to. */
  targets(): Promise<readonly TargetState[]>;
  /** False when it is paused already, or when there is no such target. */
  pauseTarget(system: string, by: string, reason: string): Promise<boolean>;
  /** False when nobody paused it and its calls do not fail. */
  resumeTarget(system: string, by: string): Promise<boolean>;
  /** The hub's processes: which are alive, and who owns what. */
  nodes(): Promise<NodePage>;
  invalidMessages(limit: number): Promise<readonly InvalidMessage[]>;
}
