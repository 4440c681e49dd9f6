import { FEATURES } from '../needs/feature-needs.ts';
import { inspectOdoo } from '../needs/inspect.ts';
import { AUTOMATION_RULES, MENUS } from '../needs/menus.ts';
import type { Since } from '../versions/differences.ts';
import { valueAt } from '../versions/lookup.ts';
import { readWarehouses } from '../outbound/warehouses.ts';
import { probeNames } from '../versions/probe.ts';
import { openModel } from '../model/model.ts';
import type { AnyModels } from '../model/shapes.ts';
import type { Check } from './check.ts';
import { expectEqual } from './check.ts';

const TIMEOUT_MS = 60_000;

/** The client by itself, and what it asks of a server before orders do. */
export const clientChecks: readonly Check[] = [
  {
    name: 'the server has everything that the mappings use, and the account may use it',
    async run({ odoo }) {
      const { asked, findings } = await inspectOdoo(odoo, AbortSignal.timeout(TIMEOUT_MS), {
        features: FEATURES,
      });
      expectEqual(
        findings.map(({ path, message }) => `${path}: ${message}`),
        [],
        'findings',
      );
      return `${asked} things asked`;
    },
  },
  {
    name: 'a site’s warehouse that the server does not have is told, and one that it has is not',
    async run({ odoo, masters }) {
      const mine = [...(await readWarehouses(odoo)).values()].find(({ id }) => id === masters.warehouseId);
      const warehouses = new Map([
        ['MINE', mine?.code ?? ''],
        ['LOST', 'TL404'],
      ]);
      const { findings } = await inspectOdoo(odoo, AbortSignal.timeout(TIMEOUT_MS), { warehouses });
      expectEqual(
        findings.map(({ code, path }) => [code, path]),
        [['target_setting_missing', 'sites.LOST.odooWarehouse']],
        'findings',
      );
      return findings[0]?.message ?? '';
    },
  },
  {
    name: 'no name in the table of versions is another one on this server',
    async run({ odoo }) {
      const { asked, lost } = await probeNames(odoo.client, (await odoo.client.server()).major);
      // A server may lack what no module of its brings; it must not have it under another version's name.
      const other = lost.filter(({ found }) => found !== null);
      expectEqual(other, [], 'names that are others here');
      return `${asked - lost.length} of ${asked} names are there`;
    },
  },
  {
    name: 'the menus that setup.md and remedies name are there',
    async run({ odoo }) {
      const { major } = await odoo.client.server();
      const rows = await odoo.client.call<{ complete_name: string }[]>('ir.ui.menu', 'search_read', {
        domain: [],
        fields: ['complete_name'],
        context: { 'ir.ui.menu.full_list': true },
      });
      const there = new Set(rows.map((row) => row.complete_name.replaceAll('/', ' > ')));
      const hasRules = [...there].some((path) =>
        path.startsWith(`${valueAt(MENUS.automation, major)} > Automat`),
      );
      const paths = [...Object.values(MENUS), ...(hasRules ? [AUTOMATION_RULES] : [])].map(
        (menu: Since<string>) => valueAt(menu, major),
      );
      expectEqual(
        paths.filter((path) => !there.has(path)),
        [],
        'menus that are not there',
      );
      return `${paths.length} of ${there.size}`;
    },
  },
  {
    name: 'values read and written through models keep their types',
    async run({ odoo, masters, prefix }) {
      const partners = openModel<AnyModels[string]>(odoo.client, 'res.partner');
      const [partner] = await partners.searchRead(
        [['ref', '=', prefix]],
        ['name', 'is_company', 'phone', 'country_id', 'create_date'],
        { limit: 1 },
      );
      if (partner === undefined) throw new Error(`No partner has the reference ${prefix}.`);
      const { is_company, phone, country_id, create_date } = partner;
      expectEqual(
        [is_company, phone, typeof country_id],
        [true, null, 'object'],
        'a boolean, an empty text, a many2one',
      );
      if (typeof create_date !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(create_date))
        throw new Error(`${String(create_date)} is no RFC 3339 time.`);
      const since = await partners.searchCount([
        ['ref', '=', prefix],
        ['create_date', '>=', create_date],
        ['phone', '=', null],
      ]);
      expectEqual(since, 1, 'the same by a domain of these values');
      const products = openModel<AnyModels[string]>(odoo.client, 'product.product');
      const ids = masters.products.map(({ id }) => id);
      const [product] = await products.read(ids.slice(0, 1), ['list_price']);
      expectEqual(typeof product?.list_price, 'string', 'a price');
      return `${String((country_id as { name: string }).name)}, ${String(product?.list_price)}`;
    },
  },
];
