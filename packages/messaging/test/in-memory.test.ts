/** Real: the in-memory implementations. Nothing is doubled. They run the suites that every implementation of the ports runs. */
import { expect, test } from 'vitest';
import { describeMessageStore, describeTarget } from '../src/conformance/index.ts';
import { InMemoryMessageStore, InMemoryTarget } from '../src/in-memory/index.ts';
import type { Delivery } from '../src/index.ts';

describeMessageStore('the in-memory store', async () => {
  const store = new InMemoryMessageStore();
  return {
    store,
    stored: async (key) => store.messages.filter((message) => message.key === key),
    close: async () => undefined,
  };
});

function delivery(key: string): Delivery {
  const attempt = { attempt: 1, ambiguous: false };
  return {
    id: key,
    key,
    target: 'erp',
    type: 'order.place',
    flow: 'test',
    payload: { order: key },
    ...attempt,
  };
}

describeTarget('the in-memory target', async () => {
  const target = new InMemoryTarget(({ key }) => (key === 'refused' ? 'No such product.' : undefined));
  return {
    target,
    deliveries: (count) => Array.from({ length: count }, (_, at) => delivery(`so_${at}`)),
    refused: () => delivery('refused'),
    malformed: () => [{ ...delivery('so_empty'), payload: {} }],
    effects: async () => target.effects,
    close: async () => undefined,
  };
});

test('the in-memory store keeps what could not be understood', async () => {
  const store = new InMemoryMessageStore();
  const faults = [{ code: 'payload_invalid', path: '/lines', message: 'Missing.' }];
  await store.keep('dallas', 'w1', '{"lines":', faults);
  expect(store.invalid).toEqual([{ source: 'dallas', sourceId: 'w1', payload: '{"lines":', faults }]);
});
