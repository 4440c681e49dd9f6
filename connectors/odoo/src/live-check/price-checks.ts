import { compare, multiply, priceFor, round } from '@trunkline/canonical';
import type { JsonValue } from '@trunkline/messaging';
import { readPriceLists, readProducts } from '../inbound/catalogue.ts';
import type { Odoo } from '../external-ids.ts';
import { createChangeStream } from '../inbound/change-stream.ts';
import { readRates } from '../inbound/currency-rates.ts';
import { priceLists } from '../inbound/price-lists.ts';
import type { PriceListDocument, PriceListGoneDocument } from '../translators/price-list-document.ts';
import { decimalFromOdoo } from '../values.ts';
import type { Check } from './check.ts';
import { expectEqual } from './check.ts';
import { nextSecond } from './follow-checks.ts';

export const priceChecks: readonly Check[] = [
  {
    name: 'price lists: breaks, categories, formulas, cost and lists on lists come to what Odoo puts on an order',
    async run({ odoo, prefix }) {
      const goods = await makeGoods(odoo, prefix);
      const lists: number[] = [];
      try {
        const abroad = await makeLists(odoo, prefix, goods, lists);
        const asked = [
          ...['0.5', '1', '9', '10', '99', '100', '250'].map((quantity) => ['broken', quantity] as const),
          ...['1', '20'].map((quantity) => ['inBelow', quantity] as const),
          ...['1', '5', '20'].map((quantity) => ['inTop', quantity] as const),
          ...['1', '30'].map((quantity) => ['outside', quantity] as const),
          ['marked', '1'] as const,
        ];
        const seen: string[] = [];
        for (const listId of lists) {
          const [ours, theirs] = await bothPrices(odoo, { prefix, goods, listId, asked });
          expectEqual(ours, theirs, 'prices, ours instead of those on the order');
          seen.push(...theirs);
        }
        const currencies = abroad === undefined ? 'one currency' : `also in ${abroad}`;
        return `${seen.length} prices alike, ${currencies}: ${[...new Set(seen)].join(', ')}`;
      } finally {
        // A list that stays would be offered to customers.
        for (const id of lists.toReversed()) await odoo.client.call(LIST, 'unlink', { ids: [id] });
      }
    },
  },
  {
    name: 'price lists: a rule changed, added or removed, a list archived or deleted, each is told once, as it then stands',
    async run(context) {
      const { odoo, prefix } = context;
      const rule = (percent_price: number, min_quantity: number) => ({
        applied_on: '3_global',
        compute_price: 'percentage',
        percent_price,
        min_quantity,
      });
      const item_ids = [rule(5, 0), rule(8, 10)].map((values) => [0, 0, values]);
      const [list = 0] = await create(odoo, LIST, [{ name: `${prefix} followed`, item_ids }]);
      const ids = { domain: [['pricelist_id', '=', list]], order: 'id' };
      const [first = 0, second = 0] = await odoo.client.call<number[]>(ITEM, 'search', ids);
      const told = follower(odoo, `pl_${list}`);
      expectEqual(await told(), ['0:5 10:8'], 'the new list');
      // A stamp is told in whole seconds, and the stream's clock runs ahead here.
      await nextSecond(context);
      const write = (model: string, id: number, vals: object) =>
        odoo.client.call(model, 'write', { ids: [id], vals });
      const acts: readonly (readonly [act: () => Promise<unknown>, expected: string, what: string])[] = [
        [() => write(ITEM, first, { percent_price: 6 }), '0:6 10:8', 'a rule changed'],
        [
          () => create(odoo, ITEM, [{ pricelist_id: list, ...rule(12, 100) }]),
          '0:6 10:8 100:12',
          'a rule added',
        ],
        [() => odoo.client.call(ITEM, 'unlink', { ids: [second] }), '0:6 100:12', 'a rule removed'],
        [() => write(LIST, list, { active: false }), 'archived 0:6 100:12', 'the list archived'],
        [() => odoo.client.call(LIST, 'unlink', { ids: [list] }), 'gone', 'the list deleted'],
      ];
      for (const [act, expected, what] of acts) {
        await act();
        expectEqual(await told(), [expected], what);
      }
      return acts.map(([, , what]) => what).join(', ');
    },
  },
];

const LIST = 'product.pricelist';
const ITEM = 'product.pricelist.item';

/** What the stream says of a list whenever it is asked, a minute after it happened. */
function follower(odoo: Odoo, key: string): () => Promise<readonly string[]> {
  let clockMs = 0;
  const options = { system: 'check', odoo, intervalMs: 1000, overlapSeconds: 30 };
  const stream = createChangeStream(priceLists(odoo), { ...options, nowMs: () => clockMs });
  let cursor: JsonValue | undefined;
  return async () => {
    const said: string[] = [];
    for (let idle = 0; idle < 3; clockMs += 60_000) {
      const polled = await stream.poll(cursor, AbortSignal.timeout(60_000));
      cursor = polled.cursor;
      for (const message of polled.messages)
        if (message.key === key)
          said.push(shown(message.payload as PriceListDocument | PriceListGoneDocument));
      if (!polled.more) idle += 1;
    }
    return said;
  };
}

function shown(document: PriceListDocument | PriceListGoneDocument): string {
  if ('gone' in document) return 'gone';
  const rules = document.rules
    .toSorted((a, b) => compare(a.minimum, b.minimum))
    .map(
      ({ minimum, price }) => `${minimum}:${price.kind === 'formula' ? price.discountPercent : price.kind}`,
    );
  return [...(document.active ? [] : ['archived']), ...rules].join(' ');
}

interface Goods {
  readonly top: number;
  readonly below: number;
  readonly products: Readonly<Record<'broken' | 'inBelow' | 'inTop' | 'outside' | 'marked', number>>;
}

const skuOf = (prefix: string, product: string) => `${prefix}-${product}`;

async function create(odoo: Odoo, model: string, values: readonly object[]): Promise<number[]> {
  return odoo.client.call<number[]>(model, 'create', { vals_list: values });
}

async function makeGoods(odoo: Odoo, prefix: string): Promise<Goods> {
  const [top = 0, other = 0] = await create(odoo, 'product.category', [
    { name: `${prefix} fasteners` },
    { name: `${prefix} tools` },
  ]);
  const [below = 0] = await create(odoo, 'product.category', [{ name: `${prefix} bolts`, parent_id: top }]);
  const product = (name: string, categ_id: number) => ({
    name: `${prefix} ${name}`,
    default_code: skuOf(prefix, name),
    categ_id,
    list_price: 9.8,
    standard_price: 4.35,
  });
  const names = ['broken', 'inBelow', 'inTop', 'outside', 'marked'] as const;
  const ids = await create(odoo, 'product.product', [
    product('broken', below),
    product('inBelow', below),
    product('inTop', top),
    product('outside', other),
    product('marked', other),
  ]);
  const products = Object.fromEntries(names.map((name, at) => [name, ids[at] ?? 0]));
  return { top, below, products: products as unknown as Goods['products'] };
}

/**
 * A list with rules of every kind, one that is the first with something off, and where Odoo has a second currency with a rate one in that.
 *
 * @param made takes up what is made @returns the second currency
 */
async function makeLists(
  odoo: Odoo,
  prefix: string,
  { top, below, products }: Goods,
  made: number[],
): Promise<string | undefined> {
  const item = (values: object) => [0, 0, { compute_price: 'fixed', ...values }];
  const variant = (values: object) =>
    item({ applied_on: '0_product_variant', product_id: products.broken, ...values });
  const category = (categ_id: number, values: object) =>
    item({ applied_on: '2_product_category', categ_id, ...values });
  const item_ids = [
    variant({ min_quantity: 10, fixed_price: 8.25 }),
    variant({ min_quantity: 100, fixed_price: 7.5 }),
    variant({ min_quantity: 1, fixed_price: 9 }),
    category(top, {
      compute_price: 'formula',
      base: 'list_price',
      price_discount: 7,
      price_round: 0.5,
      price_surcharge: -0.01,
    }),
    category(below, { compute_price: 'percentage', percent_price: 12.5 }),
    // A break of the wider category goes before the nearer one.
    category(top, { min_quantity: 20, compute_price: 'percentage', percent_price: 30 }),
    category(top, {
      min_quantity: 5,
      compute_price: 'formula',
      base: 'list_price',
      price_discount: 50,
      price_min_margin: -2,
      price_max_margin: 1,
    }),
    item({
      applied_on: '0_product_variant',
      product_id: products.marked,
      compute_price: 'formula',
      base: 'standard_price',
      price_discount: -20,
    }),
    item({ applied_on: '3_global', min_quantity: 30, compute_price: 'percentage', percent_price: 5 }),
    // Over since long.
    item({ applied_on: '3_global', fixed_price: 1, date_end: '2020-01-01 00:00:00' }),
  ];
  const [trade = 0] = await create(odoo, LIST, [{ name: `${prefix} trade`, item_ids }]);
  made.push(trade);
  const onTrade = item({
    applied_on: '3_global',
    compute_price: 'formula',
    base: 'pricelist',
    base_pricelist_id: trade,
    price_discount: 10,
  });
  made.push(...(await create(odoo, LIST, [{ name: `${prefix} on trade`, item_ids: [onTrade] }])));
  const currency = await secondCurrency(odoo);
  if (currency === undefined) return undefined;
  const off = { compute_price: 'formula', base: 'list_price', price_discount: 10, price_surcharge: 1 };
  const abroad = {
    name: `${prefix} abroad`,
    currency_id: currency.id,
    item_ids: [
      item({ applied_on: '3_global', ...off }),
      variant({ compute_price: 'percentage', base: 'pricelist', base_pricelist_id: trade, percent_price: 4 }),
    ],
  };
  made.push(...(await create(odoo, LIST, [abroad])));
  return currency.name;
}

/** Beside that of new lists. */
async function secondCurrency(
  odoo: Odoo,
): Promise<{ readonly id: number; readonly name: string } | undefined> {
  const [list] = await odoo.client.call<{ currency_id: [number, string] }[]>(LIST, 'search_read', {
    domain: [],
    fields: ['currency_id'],
    order: 'id desc',
    limit: 1,
  });
  const currencies = await odoo.client.call<{ id: number; name: string; date: string | false }[]>(
    'res.currency',
    'search_read',
    { domain: [['id', '!=', list?.currency_id[0] ?? 0]], fields: ['name', 'date'] },
  );
  return currencies.find(({ date }) => date !== false);
}

type Asked = readonly (readonly [product: keyof Goods['products'], quantity: string])[];

/** What `priceFor` says and what a quotation shows, which is removed again; in cents, to which 16 to 18 round a line's price. */
async function bothPrices(
  odoo: Odoo,
  {
    prefix,
    goods,
    listId,
    asked,
  }: { readonly prefix: string; readonly goods: Goods; readonly listId: number; readonly asked: Asked },
): Promise<readonly [ours: readonly string[], theirs: readonly string[]]> {
  const order = await quotation(odoo, prefix, {
    pricelist_id: listId,
    order_line: asked.map(([name, quantity]) => [
      0,
      0,
      { product_id: goods.products[name], product_uom_qty: Number(quantity) },
    ]),
  });
  try {
    const lines = await odoo.client.call<{ price_unit: number; discount: number }[]>(
      'sale.order.line',
      'search_read',
      { domain: [['order_id', '=', order]], fields: ['price_unit', 'discount'], order: 'id' },
    );
    const lists = await readPriceLists(odoo);
    const list = lists.find(({ id }) => id === String(listId));
    const products = await readProducts(
      odoo,
      asked.map(([name]) => skuOf(prefix, name)),
    );
    const at = new Date().toISOString();
    const rateOf = await readRates(odoo, at);
    const ours = asked.map(([name, quantity]) => {
      const product = products.find(({ sku }) => sku === skuOf(prefix, name));
      if (list === undefined || product === undefined) throw new Error(`${name}: not read back`);
      const price = priceFor(list, { product, quantity, at, lists, rateOf });
      return price.kind === 'known' ? round(price.amount, 2) : `${price.reason}: ${price.detail}`;
    });
    // Where a discount is shown as such, the line has both.
    const theirs = lines.map(({ price_unit, discount }) =>
      round(multiply(decimalFromOdoo(price_unit), decimalFromOdoo(1 - discount / 100)), 2),
    );
    return [ours, theirs];
  } finally {
    await odoo.client.call('sale.order', 'unlink', { ids: [order] });
  }
}

async function quotation(odoo: Odoo, prefix: string, values: object): Promise<number> {
  const [partner] = await odoo.client.call<number[]>('res.partner', 'search', {
    domain: [['ref', '=', prefix]],
  });
  const [order] = await create(odoo, 'sale.order', [{ partner_id: partner ?? 0, ...values }]);
  return order ?? 0;
}
