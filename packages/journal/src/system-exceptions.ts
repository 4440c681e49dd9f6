import type { ExceptionReport } from '@trunkline/messaging';
import type { Pool } from 'pg';
import { inTransaction, openExceptions, resolveExceptions } from './exceptions.ts';
import { partitionOf } from './partition.ts';
import { storableText } from './storable-text.ts';

/** The key of what concerns a whole system: no message has it. */
export function systemKey(system: string): string {
  return `sy_${system}`;
}

/**
 * Exceptions about systems themselves, found by looking and not by a message. They need no lease: whichever node looked last is right,
 * and two that look at once say the same.
 */
export class SystemExceptions {
  readonly #pool: Pool;
  readonly #partitions: number;

  constructor(pool: Pool, partitions: number) {
    this.#pool = pool;
    this.#partitions = partitions;
  }

  /** Opens or renews what was found, but for what is open in the same words already; of the codes that were looked for, ends the open ones that were not found any more. */
  async replace(
    system: string,
    lookedFor: readonly string[],
    found: readonly ExceptionReport[],
    resolution: string,
  ): Promise<void> {
    const key = systemKey(system);
    const part = partitionOf(key, this.#partitions);
    const codes = new Set(found.map((report) => report.code));
    await inTransaction(this.#pool, async (client) => {
      const open = await client.query<{ code: string; summary: string }>(
        'select code, summary from exception_case where part = $1 and key = $2 and resolved_at is null',
        [part, key],
      );
      const told = new Map(open.rows.map((row) => [row.code, row.summary]));
      const news = found.filter(({ code, summary }) => told.get(code) !== storableText(summary));
      await openExceptions(
        client,
        part,
        'inspect',
        news.map((report) => ({ ...report, key, messageId: null, deliveryId: null, target: system })),
        // A system has no units at stake; its orders have.
        () => undefined,
      );
      const over = lookedFor.filter((code) => !codes.has(code)).map((code) => ({ key, code }));
      await resolveExceptions(client, part, 'inspect', over, resolution);
    });
  }
}
