import { sum } from '../orm/decimal.ts';
import type { Env } from '../orm/env.ts';
import { validationError } from '../orm/errors.ts';
import { boolean, char, datetime, float, many2one } from '../orm/field.ts';
import type { Row, Values } from '../orm/field.ts';
import { createRecord } from '../orm/write.ts';
import type { ModelDefinition } from '../orm/model.ts';
import { usageOf } from '../stock/availability.ts';

const follows = (label: string) =>
  datetime(label, { compute: (_env: Env, row: Row) => row['expiration_date'] ?? false });

export const lot: ModelDefinition = {
  name: 'stock.lot',
  label: 'Lot/Serial',
  order: 'name, id',
  searchNames: ['ref'],
  fields: {
    name: char('Lot/Serial Number', { required: true, indexed: true }),
    ref: char('Internal Reference'),
    product_id: many2one('Product', 'product.product', { required: true, indexed: true }),
    company_id: many2one('Company', 'res.company'),
    expiration_date: datetime('Expiration Date'),
    use_date: follows('Best before Date'),
    removal_date: follows('Removal Date'),
    alert_date: follows('Alert Date'),
    product_expiry_alert: boolean('Product Expiry Alert', {
      compute: (env, row) => typeof row['expiration_date'] === 'string' && row['expiration_date'] <= env.now,
    }),
    product_qty: float('On Hand Quantity', {
      compute: (env, row) =>
        sum(
          env
            .having('stock.quant', 'lot_id', row.id)
            .filter((quant) => usageOf(env, quant['location_id']) === 'internal')
            .map((quant) => Number(quant['quantity'])),
        ),
    }),
  },
  methodsOf18: {
    // There create is a record method whose result no one turned into ids: the client gets the text of a recordset.
    create: {
      on: 'records',
      parameters: ['vals_list'],
      required: 1,
      run: (env, _ids, args) => {
        const ids = (args['vals_list'] as Values[]).map(
          (values) => createRecord(env, 'stock.lot', values).id,
        );
        return `stock.lot(${ids.join(', ')}${ids.length === 1 ? ',' : ''})`;
      },
    },
  },
  created: (env, row) => {
    const same = env
      .having('stock.lot', 'product_id', row['product_id'])
      .filter((each) => each['name'] === row['name']);
    if (same.length < 2) return;
    const product = env.displayName('product.product', env.get('product.product', row['product_id']));
    throw validationError(
      `The combination of lot/serial number and product must be unique within a company including when no company is defined.\nThe following combinations contain duplicates:\n - Product: ${product}, Lot/Serial Number: ${String(row['name'])}`,
    );
  },
};
