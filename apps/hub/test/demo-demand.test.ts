/**
 * Reading and making demand. Real: the file system, csv-parse, and (when they lie beside the checkout) the shared samples of Northwind
 * and UCI Online Retail. Made up here: small files of both layouts with every kind of dirt.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takeOrders } from '../src/demo/demand/demand.ts';
import { demandGenerator, generateDemand } from '../src/demo/demand/generate-demand.ts';
import { readDemand } from '../src/demo/demand/read-demand.ts';
import { DemoFailure } from '../src/demo/failure.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'demand-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function folder(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const path = join(root, name);
  await mkdir(path, { recursive: true });
  for (const [file, text] of Object.entries(files)) await writeFile(join(path, file), text);
  return path;
}

const NORTHWIND = {
  'customers.csv':
    '\uFEFFcustomer_id,company_name,contact_name,contact_title,address,city,region,postal_code,country,phone,fax\n' +
    'VINET,"Vins et alcools ""Chevalier""",Paul Henriot,,"59 rue de l\'Abbaye\nBâtiment B",Reims,,51100,France,26.47.15.10,\n',
  'products.csv': 'product_id,product_name,unit_price\n11,Queso Cabrales,21\n42,Hokkien Mee,9.80000019\n',
  'orders.csv':
    'order_id,customer_id,order_date,required_date,ship_name,ship_address,ship_city,ship_region,ship_postal_code,ship_country\n' +
    '10248,VINET,1996-07-04,1996-08-01,Vins,59 rue,Reims,,51100,France\n' +
    '10249,GHOST,1996-07-05,,Ghost,1 lane,Lyon,,,France\n' +
    '10250,VINET,not a day,,Vins,59 rue,Reims,,51100,France\n' +
    '10251,VINET,1996-07-06,,Vins,59 rue,Reims,,51100,France\n',
  'order_details.csv':
    'order_id,product_id,unit_price,quantity,discount\n' +
    '10248,11,14,12,0.15000001\n10248,42,9.80000019,10,0\n10249,11,14,1,0\n10251,11,14,dozen,0\n9999,11,1,1,0\n',
  'suppliers.csv': 'supplier_id,company_name\n1,Exotic Liquids\n',
};
const RETAIL_HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n';

describe('Northwind', () => {
  it('gives masters, orders, prices without float noise, and names each row that cannot stand', async () => {
    const demand = await readDemand([await folder('northwind', NORTHWIND)]);
    expect(demand.customers[0]).toMatchObject({ id: 'VINET', name: 'Vins et alcools "Chevalier"' });
    expect(demand.customers[0]?.address.street).toBe("59 rue de l'Abbaye\nBâtiment B");
    expect(demand.products.map(({ sku, price }) => `${sku} ${price}`)).toEqual(['NW-11 21', 'NW-42 9.8']);
    expect(demand.orders.map(({ id }) => id)).toEqual(['10248', '10249']);
    expect(demand.orders[0]?.lines).toEqual([
      { sku: 'NW-11', description: 'Queso Cabrales', quantity: '12', unitPrice: '14', discountPercent: '15' },
      { sku: 'NW-42', description: 'Hokkien Mee', quantity: '10', unitPrice: '9.8' },
    ]);
    expect(demand.orders[1]?.customerId, 'an unknown customer is none').toBeUndefined();
    expect(demand.rejections).toEqual([
      { file: 'orders.csv', line: 4, reason: 'order 10250: "not a day" is no date' },
      { file: 'order_details.csv', line: 5, reason: 'order 10251 withheld: "dozen" is no quantity' },
      { file: 'order_details.csv', line: 6, reason: 'order 9999 is not in orders.csv' },
    ]);
  });
  it('says which columns are missing', async () => {
    const path = await folder('columnless', {
      ...NORTHWIND,
      'products.csv': 'product_id,product_name\n1,Chai\n',
    });
    await expect(readDemand([path])).rejects.toThrow(/products\.csv.*lacks the columns unit_price/);
  });
});

describe('Online Retail', () => {
  it('keeps the dirt that a CRM can hold and names the rest', async () => {
    const path = await folder('retail', {
      '2010-12-01.csv':
        `${RETAIL_HEADER}536365,85123A,WHITE HANGING HEART ,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n` +
        '536365,POST,POSTAGE,1,2010-12-01 08:26:00,18.0,17850.0,United Kingdom\n' +
        'C536379,D,Discount,-1,2010-12-01 09:41:00,27.5,14527.0,United Kingdom\n' +
        '536414,22139,,56,2010-12-01 11:52:00,0.0,,United Kingdom\n' +
        ',22139,RETRO SPOT,1,2010-12-01 11:52:00,1.0,17850.0,United Kingdom\n' +
        '536500,22139,RETRO SPOT,six,2010-12-01 11:52:00,1.0,17850.0,EIRE\n' +
        '536501,22139,RETRO SPOT,2,yesterday,1.0,17850.0,EIRE\n' +
        '536502,22139,"RETRO ""SPOT"", SET\nOF 2",2,12/1/2010 8:26,4.95,12583.0,EIRE\n',
    });
    const demand = await readDemand([path]);
    expect(demand.orders.map(({ id }) => id)).toEqual(['536365', 'C536379', '536414', '536502']);
    expect(demand.orders[0]?.lines.map(({ sku, quantity, unitPrice }) => [sku, quantity, unitPrice])).toEqual(
      [
        ['85123A', '6', '2.55'],
        ['POST', '1', '18'],
      ],
    );
    expect(demand.orders[1]?.lines[0]).toMatchObject({ sku: 'D', quantity: '-1' });
    expect(demand.orders[2]).not.toHaveProperty('customerId');
    expect(demand.orders[2]?.lines[0]).toMatchObject({ unitPrice: '0', description: '' });
    expect(demand.orders[3]?.date).toBe('2010-12-01');
    expect(demand.customers.map(({ id, address }) => `${id} ${address.country}`)).toEqual([
      '17850 United Kingdom',
      '14527 United Kingdom',
      '12583 EIRE',
    ]);
    expect(demand.products.find(({ sku }) => sku === '22139')).toMatchObject({ price: '4.95' });
    expect(demand.rejections.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
      '6 row without an invoice number',
      '7 invoice 536500 withheld: "six" is no quantity',
      '8 invoice 536501 withheld: "yesterday" is no date',
    ]);
  });
  it('makes the same customer of the same number', async () => {
    const row = '1,22139,X,1,2010-12-01,1.0,17850.0,Germany\n';
    const [one, two] = await Promise.all([
      readDemand([await folder('same-a', { 'a.csv': RETAIL_HEADER + row })]),
      readDemand([await folder('same-b', { 'b.csv': RETAIL_HEADER + row })]),
    ]);
    expect(one.customers).toEqual(two.customers);
  });
  it('names a quote that is never closed and goes on with the other files', async () => {
    const path = await folder('broken', {
      'a.csv': `${RETAIL_HEADER}1,22139,"never closed,1,2010-12-01,1.0,17850.0,Germany\n2,22139,X,1,2010-12-01,1.0,17850.0,Germany\n`,
      'b.csv': `${RETAIL_HEADER}3,22139,X,1,2010-12-01,1.0,17850.0,Germany\n4,too,few\n`,
    });
    const demand = await readDemand([path]);
    expect(demand.orders.map(({ id }) => id)).toEqual(['3']);
    expect(demand.rejections.map(({ file }) => file)).toEqual(['a.csv', 'b.csv']);
    expect(demand.rejections[0]?.reason).toMatch(/unreadable.*quote/i);
  });
});

describe('what is not there or not known', () => {
  const refused = async (path: string): Promise<DemoFailure> =>
    readDemand([path]).then(
      () => expect.fail('it was read'),
      (error: unknown) => error as DemoFailure,
    );

  it('is a sentence with the remedy, exit 2', async () => {
    const missing = await refused(join(root, 'nowhere'));
    expect(missing).toBeInstanceOf(DemoFailure);
    expect(missing.exitCode).toBe(2);
    expect(missing.message).toMatch(/There is no file or folder .*nowhere\. Give --input/);
    expect((await refused(await folder('empty', { 'readme.txt': '' }))).message).toMatch(
      /holds no \.csv file\. Expected/,
    );
    const unknown = await refused(await folder('unknown', { 'prices.csv': 'a,b\n1,2\n' }));
    expect(unknown.message).toMatch(/prices\.csv is of no known layout\. Expected either .*InvoiceNo/);
    const alone = await refused(
      join(await folder('alone', { 'orders.csv': NORTHWIND['orders.csv'] }), 'orders.csv'),
    );
    expect(alone.message).toContain('do not lie beside it');
    const binary = await refused(await folder('binary', { 'x.csv': '\u0000\u0001"\u0002' }));
    expect(binary.message).toContain('no known layout');
  });
});

describe('taking N orders', () => {
  it('cycles with new ids and purchase orders', () => {
    const demand = generateDemand({ orders: 7, seed: 3 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), (count) => {
        const { orders } = takeOrders(demand, count);
        expect(orders).toHaveLength(count);
        expect(new Set(orders.map(({ id }) => id)).size).toBe(count);
        expect(new Set(orders.map(({ customerPo }) => customerPo)).size).toBe(count);
        expect(orders.slice(0, 7)).toEqual(demand.orders.slice(0, count));
      }),
    );
    expect(takeOrders(demand, 8).orders[7]).toMatchObject({
      lines: demand.orders[0]?.lines,
      id: `${demand.orders[0]?.id}-R2`,
    });
  });
});

describe('the generator', () => {
  const demand = generateDemand({ orders: 3000, seed: 11 });
  const lineCounts = demand.orders.map(({ lines }) => lines.length).sort((a, b) => a - b);

  it('gives the same for the same seed, and a continued stream is the same stream', () => {
    expect(generateDemand({ orders: 3000, seed: 11 })).toEqual(demand);
    expect(generateDemand({ orders: 50, seed: 12 }).orders).not.toEqual(demand.orders.slice(0, 50));
    expect(demandGenerator(11, 3000).order(101)).toEqual(demand.orders[100]);
  });
  it('has the shape of the real data', () => {
    expect(lineCounts[1500]).toBe(3);
    expect(lineCounts.at(-1)).toBeGreaterThan(15);
    expect(lineCounts.at(-1)).toBeLessThanOrEqual(30);
    const perCustomer = Map.groupBy(demand.orders, ({ customerId }) => customerId);
    const busiest = Math.max(...[...perCustomer.values()].map((orders) => orders.length));
    expect(busiest).toBeGreaterThan((3000 / demand.customers.length) * 10);
    const cancels = demand.orders.filter(({ backorderPolicy }) => backorderPolicy === 'cancel').length;
    expect(cancels).toBeGreaterThan(240);
    expect(cancels).toBeLessThan(360);
  });
  it('refers only to masters that it made, dirt excepted', () => {
    const skus = new Set(demand.products.map(({ sku }) => sku));
    const ids = new Set(demand.customers.map(({ id }) => id));
    expect(ids.size).toBe(demand.customers.length);
    expect(skus.size).toBe(demand.products.length);
    for (const { customerId, lines } of demand.orders) {
      if (customerId !== undefined) expect(ids).toContain(customerId);
      for (const { sku } of lines) if (sku !== '') expect(skus).toContain(sku);
    }
  });
});

const samples = join(
  process.env['TRUNKLINE_SHARED'] ?? join(import.meta.dirname, '../../../../shared'),
  'samples/demand',
);
describe.skipIf(!existsSync(samples))(
  `the shared samples (${samples}${existsSync(samples) ? '' : ': not there, skipped'})`,
  () => {
    it('Northwind is read whole', async () => {
      const demand = await readDemand([join(samples, 'northwind')]);
      expect([demand.customers.length, demand.products.length, demand.orders.length]).toEqual([91, 77, 415]);
      expect(demand.orders.reduce((count, { lines }) => count + lines.length, 0)).toBe(1090);
      expect(demand.rejections).toEqual([]);
      expect(
        demand.orders.every(({ lines }) =>
          lines.every(({ unitPrice }) => /^\d+(\.\d{1,2})?$/.test(unitPrice)),
        ),
      ).toBe(true);
    });
    it('six days of Online Retail are read whole, returns and adjustments included', async () => {
      const demand = await readDemand([join(samples, 'online-retail')]);
      expect(demand.orders).toHaveLength(586);
      expect(demand.orders.reduce((count, { lines }) => count + lines.length, 0)).toBe(11_552);
      expect(demand.orders.filter(({ id }) => id.startsWith('C'))).toHaveLength(51);
      expect(demand.orders.filter(({ customerId }) => customerId === undefined)).toHaveLength(71);
      expect(demand.rejections).toEqual([]);
    });
    it('a folder of folders is walked', async () => {
      expect((await readDemand([samples])).orders).toHaveLength(415 + 586);
    });
  },
);
