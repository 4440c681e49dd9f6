import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { IncomingMessage, Message } from '../message.ts';
import type { CursorStore, MessageStore } from '../ports/journal.ts';

/** A store under test, empty, with a way to look into it that is not the port's own. */
export interface StoreUnderTest {
  readonly store: MessageStore & CursorStore;
  /** Everything stored under a key, in the order in which it would be processed. */
  stored(key: string): Promise<readonly Message[]>;
  close(): Promise<void>;
}

/** Registers what every MessageStore and CursorStore promises (docs/spec/lifecycle.md, L1, L2, L4). */
export function describeMessageStore(name: string, create: () => Promise<StoreUnderTest>): void {
  describe(`${name} is a message store`, () => {
    let under: StoreUnderTest;
    beforeEach(async () => {
      under = await create();
    });
    afterEach(() => under.close());

    acceptance(() => under);
    duplicates(() => under);
    order(() => under);
    cursors(() => under);
  });
}

function message(key: string, sourceId: string, more: Partial<IncomingMessage> = {}): IncomingMessage {
  return { source: 'crm', sourceId, key, type: 'opportunity.won', payload: { sourceId }, ...more };
}

/** No store can hold it: PostgreSQL's text has no NUL. */
const UNSTORABLE = message('k', 'bad\u0000id');

function acceptance(under: () => StoreUnderTest): void {
  test('L1: what it has answered for is stored, as it was sent', async () => {
    const payload = {
      text: 'Straße – “東京” \\u0000 \n',
      quantity: '0.10',
      deep: [{ a: [null, true, 1.5] }],
      empty: {},
    };
    const [answer] = await under().store.accept([message('k', 'm1', { payload })]);
    expect(answer).toEqual({ kind: 'stored' });
    const [stored] = await under().stored('k');
    expect(stored).toMatchObject({
      source: 'crm',
      sourceId: 'm1',
      key: 'k',
      type: 'opportunity.won',
      payload,
    });
    expect(stored?.acceptedAt).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/);
  });

  test('L1: one call is stored as a whole or not at all', async () => {
    await expect(under().store.accept([message('k', 'm1'), UNSTORABLE, message('k', 'm2')])).rejects.toThrow(
      /./,
    );
    expect(await under().stored('k')).toEqual([]);
    await expect(under().store.accept([message('k', 'm1')])).resolves.toEqual([{ kind: 'stored' }]);
  });

  test('an empty call is answered with nothing', async () => {
    expect(await under().store.accept([])).toEqual([]);
  });
}

function duplicates(under: () => StoreUnderTest): void {
  test('L2: a repeat is answered as a duplicate and stored once, also within one call', async () => {
    const first = await under().store.accept([message('k', 'm1'), message('k', 'm2'), message('k', 'm1')]);
    expect(first.map(({ kind }) => kind)).toEqual(['stored', 'stored', 'duplicate']);
    const again = await under().store.accept([
      message('k', 'm2', { payload: { other: 'content' } }),
      message('k', 'm3'),
    ]);
    expect(again.map(({ kind }) => kind)).toEqual(['duplicate', 'stored']);
    expect((await under().stored('k')).map(({ payload }) => payload)).toEqual([
      { sourceId: 'm1' },
      { sourceId: 'm2' },
      { sourceId: 'm3' },
    ]);
  });

  test('L2: the same id of another source is no repeat', async () => {
    const answers = await under().store.accept([message('k', 'm1'), message('k', 'm1', { source: 'shop' })]);
    expect(answers.map(({ kind }) => kind)).toEqual(['stored', 'stored']);
  });

  test('L2: of calls at the same time exactly one stores', async () => {
    const ids = Array.from({ length: 20 }, (_, n) => `m${n}`);
    const calls = Array.from({ length: 8 }, () => under().store.accept(ids.map((id) => message('k', id))));
    const stored = (await Promise.all(calls)).flat().filter(({ kind }) => kind === 'stored');
    expect(stored).toHaveLength(ids.length);
    expect(new Set((await under().stored('k')).map(({ sourceId }) => sourceId))).toEqual(new Set(ids));
  });
}

function order(under: () => StoreUnderTest): void {
  test('L4: a key’s messages keep the order of their acceptance, and their ids rise', async () => {
    const ids = Array.from({ length: 30 }, (_, n) => `m${n}`);
    for (let at = 0; at < ids.length; at += 7) {
      const batch = ids.slice(at, at + 7);
      await under().store.accept(batch.flatMap((id) => [message('k', id), message('other', `x${id}`)]));
    }
    const stored = await under().stored('k');
    expect(stored.map(({ sourceId }) => sourceId)).toEqual(ids);
    const numbers = stored.map(({ id }) => BigInt(id));
    expect(numbers.every((number, at) => at === 0 || number > (numbers[at - 1] ?? number))).toBe(true);
  });
}

function cursors(under: () => StoreUnderTest): void {
  test('a poller’s cursor is unknown at first, and its own afterwards', async () => {
    const { store } = under();
    expect(await store.read('erp', 'pickings')).toBeUndefined();
    await store.acceptAndMove('erp', 'pickings', { since: '2026-01-01', ids: [1, 2] }, [message('k', 'm1')]);
    expect(await store.read('erp', 'pickings')).toEqual({ since: '2026-01-01', ids: [1, 2] });
    expect(await store.read('erp', 'orders')).toBeUndefined();
    expect(await store.read('crm', 'pickings')).toBeUndefined();
  });

  test('L1: a cursor moves with its messages or not at all', async () => {
    const { store } = under();
    await store.acceptAndMove('erp', 'pickings', 'a', []);
    await expect(
      store.acceptAndMove('erp', 'pickings', 'b', [message('k', 'm1'), UNSTORABLE]),
    ).rejects.toThrow(/./);
    expect(await store.read('erp', 'pickings')).toBe('a');
    expect(await under().stored('k')).toEqual([]);
  });

  test('L1: a page that was read from where the cursor is no more is not stored', async () => {
    const { store } = under();
    const move = (cursor: string, id: string, from: string | undefined) =>
      store.acceptAndMove('erp', 'pickings', cursor, [message('k', id)], { cursor: from });
    await move('a', 'm1', undefined);
    await move('b', 'm2', 'a');
    await expect(move('older', 'm3', 'a'), 'another node was faster').rejects.toThrow(/another node/);
    await expect(move('older', 'm3', undefined)).rejects.toThrow(/another node/);
    expect(await store.read('erp', 'pickings')).toBe('b');
    expect((await under().stored('k')).map(({ sourceId }) => sourceId)).toEqual(['m1', 'm2']);
    await move('c', 'm3', 'b');
    expect(await store.read('erp', 'pickings')).toBe('c');
  });

  test('L2: a page that a crash repeats moves the cursor and stores nothing twice', async () => {
    const { store } = under();
    await store.acceptAndMove('erp', 'pickings', 'a', [message('k', 'm1')]);
    const again = await store.acceptAndMove('erp', 'pickings', 'b', [message('k', 'm1'), message('k', 'm2')]);
    expect(again.map(({ kind }) => kind)).toEqual(['duplicate', 'stored']);
    expect(await store.read('erp', 'pickings')).toBe('b');
    expect(await under().stored('k')).toHaveLength(2);
  });
}
