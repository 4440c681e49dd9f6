/** Real: the redactor. Observed: what of a request or response would be kept. */
import { describe, expect, test } from 'vitest';
import { Redactor } from '../src/index.ts';

const SECRET = 'key-of-the-service-account';
const redactor = new Redactor({
  fields: ['email', 'shipTo.phone', 'customer_number'],
  secrets: [SECRET],
  maxBody: 10_000,
});
const kept = (body: unknown) => JSON.parse(redactor.body(body).text ?? 'null') as unknown;

describe('what is hidden', () => {
  test('credentials by the name of their field, at any depth, however it is written', () => {
    expect(
      kept({
        Password: 'x',
        nested: [{ access_token: 'x', 'api-key': 1, APIKEY: { a: 1 }, kept: 1 }],
        token: null,
      }),
    ).toEqual({
      Password: '[redacted]',
      nested: [{ access_token: '[redacted]', 'api-key': '[redacted]', APIKEY: '[redacted]', kept: 1 }],
      token: null,
    });
  });

  test('fields that the configuration names, by name or by the end of their path, also in lists', () => {
    expect(
      kept({
        orders: [
          { shipTo: { phone: '555', city: 'Reno' }, phone: '556', Email: 'a@b.c', customerNumber: '7' },
        ],
      }),
    ).toEqual({
      orders: [
        {
          shipTo: { phone: '[redacted]', city: 'Reno' },
          phone: '556',
          Email: '[redacted]',
          customerNumber: '[redacted]',
        },
      ],
    });
  });

  test('a credential of the configuration wherever it stands alone, as in the arguments of a remote call', () => {
    const call = JSON.stringify({
      params: { args: ['db', 2, SECRET, 'sale.order', 'create', [[{ name: 'a' }]]] },
    });
    expect(redactor.body(call).text).not.toContain(SECRET);
    expect(kept(call)).toMatchObject({
      params: { args: ['db', 2, '[redacted]', 'sale.order', 'create', [[{ name: 'a' }]]] },
    });
  });

  test('parameters of an address', () => {
    expect(redactor.url('https://x/a?q=1&access_token=abc&b=2#top')).toBe(
      'https://x/a?q=1&access_token=[redacted]&b=2#top',
    );
    expect(redactor.url('https://x/a?%E0%A4%A=1')).toBe('https://x/a?%E0%A4%A=1');
  });
});

describe('what is kept', () => {
  test('text that is no JSON as it is, without what a database refuses', () => {
    expect(redactor.body('<html>\u0000busy\ud800</html>')).toMatchObject({ text: '<html>busy\ufffd</html>' });
    expect(redactor.body(undefined)).toEqual({ text: null, size: 0, digest: null });
  });

  test('a long body is cut, and its size told; the same body has the same digest', () => {
    const long = 'x'.repeat(30_000);
    const body = redactor.body(long);
    expect(body.size).toBe(30_000);
    expect(body.text?.length).toBeLessThan(10_100);
    expect(body.text).toContain('30000 characters in all');
    expect(body.digest).toEqual(redactor.body(long).digest);
    expect(redactor.body('short').digest).toBeNull();
  });

  test('what is too long to be looked into is not kept: it could hold anything', () => {
    const body = `{"password":"hunter22","pad":"${'x'.repeat(5_000_000)}"}`;
    expect(redactor.body(body).text).toMatch(/^\(not kept: \d+ characters\)$/);
  });
});
