import type { OdooServer } from './client.ts';
import type { Odoo } from './external-ids.ts';

/** The payment terms that a database has. */
export interface PaymentTerms {
  /** By name, and by external id with its module: `account.account_payment_term_30days`. */
  readonly ids: ReadonlyMap<string, number>;
  readonly names: ReadonlyMap<number, string>;
}

interface Wanted {
  /** Names or external ids. */
  readonly words?: readonly string[];
  readonly ids?: readonly number[];
}

const NONE: PaymentTerms = { ids: new Map(), names: new Map() };
const known = new WeakMap<Odoo, { readonly server: OdooServer; readonly terms: PaymentTerms }>();

/**
 * Kept until the server is asked anew what it is, and read anew when something is asked for that is not among them: two calls. A name is that in the account's language; of two
 * terms with one name it is the first in Odoo's own order. Archived ones have names and cannot be chosen.
 *
 * @throws OdooError
 */
export async function paymentTermsOf(
  odoo: Odoo,
  { words = [], ids = [] }: Wanted,
  signal?: AbortSignal,
): Promise<PaymentTerms> {
  const server = await odoo.client.server({ signal });
  const last = known.get(odoo);
  const kept = last?.server === server ? last.terms : NONE;
  if (words.every((word) => kept.ids.has(word)) && ids.every((id) => kept.names.has(id))) return kept;
  const terms = await odoo.client.call<{ id: number; name: string; active: boolean }[]>(
    'account.payment.term',
    'search_read',
    { domain: [], fields: ['name', 'active'], context: { active_test: false } },
    { signal },
  );
  const all = terms.map(({ id }) => id);
  const external =
    all.length === 0
      ? {}
      : await odoo.client.call<Record<string, string>>(
          'account.payment.term',
          'get_external_id',
          { ids: all },
          { signal },
        );
  const chosen = terms.filter(({ active }) => active).toReversed();
  const read = {
    ids: new Map(
      chosen.flatMap(({ id, name }): [string, number][] => [
        [external[String(id)] ?? '', id],
        [name, id],
      ]),
    ),
    names: new Map(terms.map(({ id, name }) => [id, name])),
  };
  read.ids.delete('');
  known.set(odoo, { server, terms: read });
  return read;
}
