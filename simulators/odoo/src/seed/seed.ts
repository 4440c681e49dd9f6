import { layOutWarehouse } from '../models/warehouse.ts';
import type { Database } from '../orm/database.ts';
import { Env } from '../orm/env.ts';
import type { Identity } from '../orm/env.ts';
import { countries } from './countries.ts';

export const SYSTEM: Identity = {
  uid: 1,
  login: '__system__',
  password: '',
  name: 'OdooBot',
  tz: 'UTC',
  partnerId: 2,
  role: 'admin',
};

const MODULES = [
  'base',
  'mail',
  'product',
  'contacts',
  'sale',
  'sale_management',
  'stock',
  'sale_stock',
  'delivery',
  'account',
  'product_expiry',
];

/** Some of a live server's. */
const menusOf = (major: number): readonly string[] => [
  'Sales/Configuration/Settings',
  `Inventory/Operations/${major < 17 ? 'Inventory Adjustments' : 'Adjustments/Physical Inventory'}`,
  'Inventory/Configuration/Warehouse Management/Warehouses',
  'Inventory/Configuration/Warehouse Management/Operations Types',
  'Settings/General Settings',
  'Settings/Users & Companies/Users',
  'Settings/Technical/Automation',
  `Settings/Technical/Automation/${major < 17 ? 'Automated Actions' : 'Automation Rules'}`,
  'Settings/Technical/Parameters/System Parameters',
  'Settings/Technical/Actions/User-defined Defaults',
];

/** What a fresh database holds: a company, users, two warehouses, units, taxes. Ids are those of the recorded servers where clients rely on them. */
export function seed(db: Database, stamp: string): void {
  const env = new Env(db, SYSTEM, stamp);
  const v18 = env.major < 19;
  env.insert('res.currency', {
    name: 'USD',
    full_name: 'United States dollar',
    symbol: '$',
    decimal_places: 2,
    position: 'before',
    rate: 1,
    date: false,
    active: true,
  });
  env.insert('res.currency', {
    name: 'EUR',
    full_name: 'Euro',
    symbol: '€',
    decimal_places: 2,
    position: 'after',
    rate: 0.8,
    date: '2026-01-01',
    active: true,
  });
  env.insert('res.currency', {
    name: 'GBP',
    full_name: 'Pound sterling',
    symbol: '£',
    decimal_places: 2,
    position: 'before',
    rate: 1,
    date: false,
    active: true,
  });
  for (const { id, code, name } of countries()) {
    db.table('res.country').nextId = id;
    env.insert('res.country', { name, code, phone_code: 0, currency_id: false });
  }
  seedUsers(env);
  env.insert('uom.uom', { name: 'Units', factor: 1, relative_factor: 1, rounding: 0.01, active: true });
  env.insert('product.category', { name: v18 ? 'All' : 'Goods', parent_id: false });
  env.insert('account.tax', { name: '15%', amount: 15, sequence: 1, type_tax_use: 'sale', active: true });
  env.insert('account.tax', {
    name: '15% (purchase)',
    amount: 15,
    sequence: 1,
    type_tax_use: 'purchase',
    active: true,
  });
  env.insert('account.tax', {
    name: '0% Exempt',
    amount: 0,
    sequence: 2,
    type_tax_use: 'sale',
    active: true,
  });
  if (!v18) {
    db.table('account.fiscal.position').nextId = 2;
    env.insert('account.fiscal.position', { name: 'Foreign Trade', sequence: 1 });
  }
  seedBooks(env, v18);
  env.insert('product.pricelist', { name: 'Default', sequence: 1, currency_id: 1, active: true });
  for (const [name, type] of [
    ['Standard delivery', 'fixed'],
    ['The Poste', 'base_on_rule'],
    ['Local Delivery', 'fixed'],
  ] as const)
    env.insert('delivery.carrier', {
      name,
      sequence: 10,
      delivery_type: type,
      fixed_price: 0,
      product_id: false,
      active: true,
    });
  seedModulesAndMenus(env);
  seedCrm(env);
  seedPlaces(env, v18);
}

function seedModulesAndMenus(env: Env): void {
  for (const name of MODULES)
    env.insert('ir.module.module', {
      name,
      shortdesc: name,
      state: 'installed',
      latest_version: `${env.series}.1.0`,
      application: false,
      sequence: 100,
    });
  for (const complete_name of menusOf(env.major))
    env.insert('ir.ui.menu', { name: complete_name.split('/').at(-1) ?? '', complete_name });
}

function seedCrm(env: Env): void {
  env.insert('crm.team', { name: 'Sales' });
  for (const [sequence, name] of ['New', 'Qualified', 'Proposition', 'Won'].entries())
    env.insert('crm.stage', { name, sequence, is_won: name === 'Won' });
}

/** Ids where the simulated models rely on them: receivable, sales and tax are 1 to 3, the bank's journal is 6. */
function seedBooks(env: Env, v18: boolean): void {
  for (const [code, name] of [
    ['121000', 'Account Receivable'],
    ['400000', 'Product Sales'],
    ['251000', 'Tax Received'],
  ] as const)
    env.insert('account.account', { code, name });
  env.insert('account.journal', { name: v18 ? 'Customer Invoices' : 'Sales', code: 'INV', type: 'sale' });
  env.db.table('account.journal').nextId = 6;
  env.insert('account.journal', { name: 'Bank', code: 'BNK1', type: 'bank' });
  env.insert('account.payment.method.line', { name: 'Manual Payment', journal_id: 6 });
}

function seedUsers(env: Env): void {
  const partner = (name: string, email: string | false = false) =>
    env.insert('res.partner', {
      name,
      email,
      is_company: false,
      type: 'contact',
      parent_id: false,
      lang: 'en_US',
      active: true,
    }).id;
  const company = partner('My Company (San Francisco)');
  env.insert('res.company', {
    name: 'My Company (San Francisco)',
    sequence: 0,
    partner_id: company,
    currency_id: 1,
    country_id: false,
    active: true,
  });
  const user = (id: number, name: string, login: string) => {
    env.db.table('res.users').nextId = id;
    env.insert('res.users', {
      name,
      login,
      // As on a server that can send: without an address Odoo refuses what leaves a note.
      partner_id: partner(name, `${login}@example.com`),
      company_id: 1,
      company_ids: [1],
      lang: 'en_US',
      tz: 'Europe/Brussels',
      active: true,
    });
  };
  const hub = { 16: 8, 17: 10, 18: 8 }[env.major] ?? 7;
  user(1, 'OdooBot', '__system__');
  user(2, 'Mitchell Admin', 'admin');
  user(hub, 'Integration Hub', 'hub');
  user(hub + 1, 'Limited', 'limited');
}

function seedPlaces(env: Env, v18: boolean): void {
  const top = v18
    ? env.insert('stock.location', { name: 'Partners', usage: 'view', location_id: false, active: true }).id
    : false;
  const virtual = v18
    ? env.insert('stock.location', {
        name: 'Virtual Locations',
        usage: 'view',
        location_id: false,
        active: true,
      }).id
    : false;
  env.insert('stock.location', { name: 'Customers', usage: 'customer', location_id: top, active: true });
  env.insert('stock.location', { name: 'Vendors', usage: 'supplier', location_id: top, active: true });
  env.insert('stock.location', {
    name: 'Inventory adjustment',
    usage: 'inventory',
    location_id: virtual,
    active: true,
  });
  const warehouse = (name: string, code: string) => {
    const row = env.insert('stock.warehouse', {
      name,
      code,
      sequence: 10,
      company_id: 1,
      partner_id: false,
      delivery_steps: 'ship_only',
      reception_steps: 'one_step',
      active: true,
    });
    layOutWarehouse(env, row);
  };
  warehouse('YourCompany', 'WH');
  warehouse('North Warehouse', 'WH2');
}
