/** Real: PostgreSQL and the journal's way in. Nothing is doubled. It runs the suite that every message store runs. */
import type { Message } from '@trunkline/messaging';
import { describeMessageStore } from '@trunkline/messaging/conformance';
import { afterAll, beforeAll } from 'vitest';
import { MessageIntake, migrate, openDatabase } from '../src/index.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';

interface MessageRow {
  readonly id: string;
  readonly key: string;
  readonly source: string;
  readonly source_id: string;
  readonly type: string;
  readonly payload: Message['payload'];
  readonly accepted_at: Date;
}

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describeMessageStore('the journal', async () => {
  const pool = openDatabase({ url: database.url });
  const partitions = await migrate(pool, 4);
  await pool.query('truncate message, message_dedupe, message_waiting, poll_cursor');
  return {
    store: new MessageIntake({ pool, partitions }),
    stored: async (key) => {
      const { rows } = await pool.query<MessageRow>('select * from message where key = $1 order by id', [
        key,
      ]);
      return rows.map(({ source_id: sourceId, accepted_at, ...row }) => ({
        ...row,
        sourceId,
        acceptedAt: accepted_at.toISOString(),
      }));
    },
    close: () => pool.end(),
  };
});
