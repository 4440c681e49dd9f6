/**
 * The receiver: pure but for the HMAC. Signatures are made by the standardwebhooks package, which shares nothing with the
 * verification under test.
 */
import { fc, test as property } from '@fast-check/vitest';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { createWarehouseRestConnector } from '../src/index.ts';
import { adjusted, picked, shipped } from './events.ts';

const NOW = Date.parse('2026-03-01T10:00:00Z');
const secretOf = (byte: number) => `whsec_${Buffer.alloc(24, byte).toString('base64')}`;
const SECRET = secretOf(1);

function receiver(webhookSecret: string | string[] = SECRET) {
  const config = { url: 'http://127.0.0.1:9', site: 'DAL', token: 't', webhookSecret };
  const { webhook } = createWarehouseRestConnector(config, { system: 'dallas' });
  if (webhook === undefined) throw new Error('No webhook.');
  return webhook;
}

function signed(body: string, { secret = SECRET, id = 'evt_1', at = NOW } = {}) {
  return {
    body,
    headers: {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, new Date(at), body),
    },
  };
}
const sign = (event: unknown, options = {}) => signed(JSON.stringify(event), options);
const receive = (request: ReturnType<typeof signed>, now = NOW) => receiver().receive(request, now);

describe('authentication', () => {
  test('a signature of the secret is authentic, and the whole event is handed on', () => {
    expect(receive(sign(picked))).toEqual({
      kind: 'accepted',
      messages: [
        {
          source: 'dallas',
          sourceId: 'evt_1',
          key: 'so_006Sm0000000001IAA',
          type: 'release.picked',
          payload: picked,
        },
      ],
    });
  });

  test('text beyond ASCII is verified as it was signed', () => {
    const event = { ...picked, data: { ...picked.data, picker: 'Jürgen Ω 漢' } };
    expect(receive(sign(event)).kind).toBe('accepted');
  });

  test.each([
    ['another secret', sign(picked, { secret: secretOf(2) }), NOW, /No signature matches/],
    ['a changed body', { ...sign(picked), body: `${JSON.stringify(picked)} ` }, NOW, /No signature matches/],
    ['an old timestamp', sign(picked), NOW + 301_000, /301 s old.*Compare the clocks/],
    ['a timestamp in the future', sign(picked), NOW - 301_000, /301 s in the future/],
  ])('%s is refused', (_case, request, now, reason) => {
    expect(receive(request, now)).toEqual({
      kind: 'unauthenticated',
      reason: expect.stringMatching(reason),
    });
  });

  test.each([NOW + 299_000, NOW - 299_000])('five minutes of difference are tolerated', (now) => {
    expect(receive(sign(picked), now).kind).toBe('accepted');
  });

  test.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const)(
    'without %s it is refused',
    (name) => {
      const request = sign(picked);
      const headers = { ...request.headers, [name]: undefined };
      expect(receiver().receive({ ...request, headers }, NOW).kind).toBe('unauthenticated');
    },
  );

  test('another id, another timestamp or another version under the same signature is refused', () => {
    const request = sign(picked);
    const signature = request.headers['webhook-signature'];
    for (const change of [
      { 'webhook-id': 'evt_2' },
      { 'webhook-timestamp': String(NOW / 1000 + 1) },
      { 'webhook-timestamp': `${NOW / 1000}.0` },
      { 'webhook-signature': signature.replace('v1,', 'v2,') },
      { 'webhook-signature': 'v1,' },
      { 'webhook-signature': 'v1' },
    ]) {
      const headers = { ...request.headers, ...change };
      expect(receiver().receive({ ...request, headers }, NOW).kind).toBe('unauthenticated');
    }
  });

  test('while secrets are changed, either is accepted, and so is one of several signatures', () => {
    const [oldSecret, newSecret] = [secretOf(3), secretOf(4)];
    const both = receiver([newSecret, oldSecret]);
    expect(both.receive(sign(picked, { secret: oldSecret }), NOW).kind).toBe('accepted');
    expect(both.receive(sign(picked, { secret: newSecret }), NOW).kind).toBe('accepted');
    const request = sign(picked, { secret: newSecret });
    const other = sign(picked, { secret: oldSecret }).headers['webhook-signature'];
    const signature = `v1a,xyz ${other} ${request.headers['webhook-signature']}`;
    const headers = { ...request.headers, 'webhook-signature': signature };
    expect(receiver(newSecret).receive({ ...request, headers }, NOW).kind).toBe('accepted');
  });
});

describe('what is authentic and wrong', () => {
  const paths = (event: unknown) => {
    const verdict = receive(sign(event, { id: 'evt_bad' }));
    if (verdict.kind !== 'invalid') throw new Error(verdict.kind);
    expect(verdict.sourceId).toBe('evt_bad');
    return verdict.faults.map(({ path }) => path);
  };

  test('no JSON', () => {
    expect(receive(signed('{"type":'))).toMatchObject({ kind: 'invalid', faults: [{ path: '' }] });
  });

  test('an unknown type, or none', () => {
    expect(paths({ ...picked, type: 'release.eaten' })).toEqual(['/type']);
    expect(paths({ ...picked, type: 'toString' })).toEqual(['/type']);
    expect(paths([])).toEqual(['/type']);
    expect(paths(null)).toEqual(['/type']);
  });

  test('a quantity that is a number, zero or negative', () => {
    for (const quantity of [4, '0', '-1', '1e3', '']) {
      const lines = [{ line: '1', sku: 'P-1', quantity }];
      expect(paths({ ...picked, data: { ...picked.data, lines } })).toContain('/data/lines/0/quantity');
    }
  });

  test('a reference that is no order of ours', () => {
    const data = { ...shipped.data, reference: 'PO 4711' };
    expect(paths({ ...shipped, data })).toEqual(['/data/reference']);
  });
});

describe('the key', () => {
  const keyOf = (site: string, sku: string) => {
    const verdict = receive(sign({ ...adjusted, data: { ...adjusted.data, site, sku } }));
    return verdict.kind === 'accepted' ? verdict.messages[0]?.key : verdict.kind;
  };

  test('of an adjustment is its stock position', () => {
    expect(keyOf('DAL', 'P-1')).toBe('st_DAL_P_2d_1');
  });

  test('does not mistake a character’s code for the character', () => {
    expect(keyOf('DAL', '-')).not.toBe(keyOf('DAL', '_2d_'));
  });

  const sku = fc.string({
    minLength: 1,
    maxLength: 8,
    unit: fc.constantFrom('a', '2', 'd', '-', '_', '/', 'é'),
  });
  const site = fc.constantFrom('DAL', 'D-L', 'D_L', 'D');
  property.prop([site, sku, site, sku])('of two positions differs', (site1, sku1, site2, sku2) => {
    if (site1 === site2 && sku1 === sku2) return;
    expect(keyOf(site1, sku1)).not.toBe(keyOf(site2, sku2));
    expect(keyOf(site1, sku1)).toMatch(/^st_[A-Za-z0-9_]+$/);
  });
});

property.prop([fc.jsonValue()])('any authentic JSON gets a verdict without a throw', (event) => {
  expect(receive(sign(event)).kind).toBe('invalid');
});

property.prop([
  fc.string(),
  fc.dictionary(fc.constantFrom('webhook-id', 'webhook-timestamp', 'webhook-signature'), fc.string()),
])('any request gets a verdict without a throw', (body, headers) => {
  expect(receiver().receive({ body, headers }, NOW).kind).toBe('unauthenticated');
});
