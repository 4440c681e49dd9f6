import type { Odoo } from '../external-ids.ts';
import {
  PRICE_LIST_DOCUMENT,
  type PriceListDocument,
  type PriceListGoneDocument,
} from '../translators/price-list-document.ts';
import { datetimeFromOdoo } from '../values.ts';
import type { ChangeSource } from './change-stream.ts';
import {
  priceListOf,
  type PriceListRow,
  readPriceListRows,
  readPresence,
  readRules,
} from './price-list-rows.ts';

type Row = PriceListRow & { readonly changedAt: string };

/** Each is a question of its own, and masters change seldom. */
const LOOK_BEHIND_EVERY_MS = 15_000;
/** The ids of 10,000 rules took a 19.0 64 ms. */
const SWEEP_EVERY_MS = 60_000;

const keyOf = (id: number) => `pl_${id}`;

/**
 * Price lists with their rules, archived ones too. No change of a rule bumps its list (seen on 16 to 19), so rules are followed by their own
 * stamps, and deletions of rules and lists are found by looking through the ids.
 */
export function priceLists(odoo: Odoo): ChangeSource<Row> {
  return {
    stream: 'price-lists',
    model: 'product.pricelist',
    document: PRICE_LIST_DOCUMENT,
    domain: [],
    children: [{ model: 'product.pricelist.item', parent: 'pricelist_id', domain: [] }],
    lookBehindEveryMs: LOOK_BEHIND_EVERY_MS,
    presence: {
      everyMs: SWEEP_EVERY_MS,
      read: (signal) => readPresence(odoo, signal),
      gone(id) {
        const payload: PriceListGoneDocument = { id, gone: true };
        return { key: keyOf(id), payload };
      },
    },
    page: 20,
    async rows(query, signal) {
      const rows = await readPriceListRows(odoo, query, signal);
      return rows.map((row) => ({ ...row, changedAt: datetimeFromOdoo(row.write_date) }));
    },
    async complete(rows, signal) {
      const ids = rows.map(({ id }) => id);
      const rulesOf = await readRules(odoo, ids, signal);
      return rows.map((row) => {
        const { id, changedAt } = row;
        const rules = rulesOf.get(id) ?? [];
        const children = rules.map((rule) => ({
          model: 'product.pricelist.item',
          id: rule.id,
          changedAt: datetimeFromOdoo(rule.write_date),
        }));
        const payload = { ...priceListOf(row, rules), id } as unknown as PriceListDocument;
        return { id, changedAt, children, message: { key: keyOf(id), payload } };
      });
    },
  };
}
