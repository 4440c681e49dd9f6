/** One event of the job. `place` rises within a key, so that a handler can see an order that was broken. */
export interface BenchEvent {
  readonly id: string;
  readonly key: string;
  readonly place: number;
  /** What makes it 1 KB. */
  readonly pad: string;
}

/** The two targets of the full job. */
export const TARGETS = ['left', 'right'] as const;

export interface Handlers {
  event(event: BenchEvent): void;
  /** The full job alone: the event has reached one of its two targets. */
  delivery(target: string, event: BenchEvent): void;
}

/**
 * What is measured: something that keeps events durably and hands them on in order per key. Each runs in a process and on a
 * database server of its own.
 */
export interface Contestant {
  /** Resolves when the events are on disk. No call has two events of one key, so that nobody has to break a tie. */
  accept(events: readonly BenchEvent[]): Promise<void>;
  start(handlers: Handlers): Promise<void>;
  /** Whether all that was accepted has ended, committed. Asked only after the last handler has run. */
  ended(): Promise<boolean>;
  /** Attempts on record after the full job. */
  attempts(): Promise<number>;
  /** No more handlers; `accept` goes on. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

/**
 * What is to be done with an event. `bare`: nothing but to call the handler. `plain`: its key's state counts it, stored before the
 * event counts as done. `full`: besides, it goes to two targets in order per key, with the attempts on record.
 *
 * Always: one event that fails is no other key's concern. Where a contestant hands out batches, it settles them event by event.
 */
export type Kind = 'bare' | 'plain' | 'full';

export type Entry = (url: string, kind: Kind) => Promise<Contestant>;
