import type { PriceList } from '@trunkline/canonical';
import type { Odoo } from '../external-ids.ts';
import { RULE_FIELDS, type RuleRow, ruleOf } from '../translators/price-list.ts';

/** Some 350 bytes each. */
const RULES_PER_CALL = 5000;

export interface PriceListRow {
  readonly id: number;
  readonly name: string;
  readonly active: boolean;
  readonly currency_id: [number, string];
  readonly write_date: string;
}

/** Price lists, archived ones too. @throws OdooError */
export function readPriceListRows(
  { client }: Odoo,
  query: { domain: readonly unknown[]; order: string; limit?: number; offset?: number },
  signal?: AbortSignal,
): Promise<PriceListRow[]> {
  const fields = ['name', 'active', 'currency_id', 'write_date'];
  const args = { ...query, fields, context: { active_test: false } };
  return client.call('product.pricelist', 'search_read', args, { signal });
}

/** The rules of lists, the newest first: of two that are alike that one decides. @throws OdooError */
export async function readRules(
  { client }: Odoo,
  lists: readonly number[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, readonly RuleRow[]>> {
  const found: RuleRow[] = [];
  for (let before: number | undefined; lists.length > 0; ) {
    const rows = await client.call<RuleRow[]>(
      'product.pricelist.item',
      'search_read',
      {
        domain: [['pricelist_id', 'in', lists], ...(before === undefined ? [] : [['id', '<', before]])],
        fields: RULE_FIELDS,
        order: 'id desc',
        limit: RULES_PER_CALL,
        // Ids of what is linked suffice: names cost Odoo a look-up each. On 16 the rules of an archived list are archived with it.
        load: '_classic_write',
        context: { active_test: false },
      },
      { signal },
    );
    found.push(...rows);
    if (rows.length < RULES_PER_CALL) break;
    before = rows.at(-1)?.id;
  }
  return Map.groupBy(found, ({ pricelist_id }) => pricelist_id || 0);
}

export function priceListOf(
  { id, name, active, currency_id }: PriceListRow,
  rules: readonly RuleRow[] = [],
): PriceList {
  return {
    id: String(id),
    name,
    active,
    currency: currency_id[1],
    rules: rules.flatMap((row) => ruleOf(row) ?? []),
  };
}

/** Ids of one call. */
const IDS_PER_CALL = 20_000;

/** The ids of all price lists, each with those of its rules. @throws OdooError */
export async function readPresence(
  { client }: Odoo,
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, readonly number[]>> {
  const context = { active_test: false };
  const lists = await client.call<number[]>(
    'product.pricelist',
    'search',
    { domain: [], context },
    { signal },
  );
  const found = new Map<number, number[]>(lists.map((id) => [id, []]));
  for (let after = 0; ; ) {
    const args = {
      domain: [['id', '>', after]],
      fields: ['pricelist_id'],
      order: 'id',
      limit: IDS_PER_CALL,
      load: '_classic_write',
      context,
    };
    const rules = await client.call<{ id: number; pricelist_id: number | false }[]>(
      'product.pricelist.item',
      'search_read',
      args,
      { signal },
    );
    for (const { id, pricelist_id } of rules) found.get(pricelist_id || 0)?.push(id);
    if (rules.length < IDS_PER_CALL) return found;
    after = rules.at(-1)?.id ?? 0;
  }
}
