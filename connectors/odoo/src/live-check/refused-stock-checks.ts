import { adjustStock } from '../outbound/stock.ts';
import { readStock } from '../outbound/stock-levels.ts';
import { type Check, expectEqual, expectRejection, expectSuccess } from './check.ts';

/** Of one that Odoo refuses among others. */
export const refusedStockChecks: readonly Check[] = [
  {
    name: 'stock: an adjustment that Odoo refuses is told with the page of its product, and keeps no other from being applied',
    async run({ odoo, masters, prefix }) {
      const [first, second] = masters.products;
      if (first === undefined || second === undefined) throw new Error('no product');
      const { major } = await odoo.client.server();
      const kind = major < 18 ? { detailed_type: 'service' } : { type: 'service' };
      const [service = 0] = await odoo.client.call<number[]>('product.product', 'create', {
        vals_list: [{ name: `${prefix} service`, ...kind }],
      });
      const { stockLocationId: locationId } = masters;
      const adjust = (productId: number, counted: string) => ({
        productId,
        locationId,
        reference: `${prefix}-refused-${productId}`,
        quantity: { counted },
      });
      const [one, refused, other] = await adjustStock(odoo, [
        adjust(first.id, '811'),
        adjust(service, '1'),
        adjust(second.id, '812'),
      ]);
      expectSuccess(one, 'the one before');
      expectSuccess(other, 'the one after');
      const words = expectRejection(refused, 'odoo-refused', 'the service');
      const link = refused?.kind === 'rejected' ? refused.link : undefined;
      expectEqual(link, odoo.client.recordLink('product.product', service), 'the link');
      const levels = await readStock(odoo, { productIds: [first.id, second.id], locationId });
      expectEqual(levels.map(({ onHand }) => onHand).toSorted(), ['811', '812'], 'on hand');
      return words;
    },
  },
];
