import type { PriceQuestion } from '@trunkline/canonical';
import { Decimal } from 'decimal.js';
import type { Odoo } from '../external-ids.ts';
import { datetimeToOdoo, decimalFromOdoo } from '../values.ts';

/**
 * What Odoo converts prices by at a moment, for `priceFor`. Undefined for a currency that is not active there, and for one without any
 * rate, which Odoo itself would take for 1; two calls.
 *
 * @param at RFC 3339 @throws OdooError
 */
export async function readRates(
  { client }: Odoo,
  at: string,
  signal?: AbortSignal,
): Promise<NonNullable<PriceQuestion['rateOf']>> {
  const [currencies, { currency_id: own }] = await Promise.all([
    client.call<{ id: number; name: string; rate: number; date: string | false }[]>(
      'res.currency',
      'search_read',
      {
        domain: [],
        fields: ['name', 'rate', 'date'],
        context: { date: datetimeToOdoo(at).slice(0, 10) },
      },
      { signal },
    ),
    // A new list's currency is that of the company that is worked in, which rates are told in.
    client.call<{ currency_id?: number }>(
      'product.pricelist',
      'default_get',
      { fields: ['currency_id'] },
      { signal },
    ),
  ]);
  const rates = new Map(
    currencies
      .filter(({ id, date }) => id === own || date !== false)
      .map(({ name, rate }) => [name, new Decimal(decimalFromOdoo(rate))]),
  );
  return (from, to) => {
    const [given, wanted] = [rates.get(from), rates.get(to)];
    return given === undefined || wanted === undefined ? undefined : wanted.div(given).toFixed();
  };
}
