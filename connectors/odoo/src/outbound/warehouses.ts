import type { Odoo } from '../external-ids.ts';
import { load } from '../load.ts';
import { OdooError } from '../errors.ts';
import { externalIdName } from '../external-ids.ts';

export interface Warehouse {
  readonly id: number;
  readonly code: string;
  readonly name: string;
  /** The location that its stock lies in. */
  readonly stockLocationId: number;
  readonly deliveryTypeId: number;
  /** `ship_only`, `pick_ship` or `pick_pack_ship`. */
  readonly deliverySteps: string;
}

interface WarehouseRow {
  readonly id: number;
  readonly code: string;
  readonly name: string;
  readonly lot_stock_id: [number, string];
  readonly out_type_id: [number, string];
  readonly delivery_steps: string;
}

/** All warehouses of the account's companies, by their code (at most five characters in Odoo). @throws OdooError */
export async function readWarehouses(
  odoo: Odoo,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Warehouse>> {
  const rows = await odoo.client.call<WarehouseRow[]>(
    'stock.warehouse',
    'search_read',
    { domain: [], fields: ['code', 'name', 'lot_stock_id', 'out_type_id', 'delivery_steps'] },
    { signal },
  );
  return new Map(
    rows.map((row) => [
      row.code,
      {
        id: row.id,
        code: row.code,
        name: row.name,
        stockLocationId: row.lot_stock_id[0],
        deliveryTypeId: row.out_type_id[0],
        deliverySteps: row.delivery_steps,
      },
    ]),
  );
}

/**
 * The warehouse of a code, made when there is none (needs the right to administer inventory). For demonstrations
 * and checks: a real site's warehouse is set up by its people.
 *
 * @throws OdooError
 */
export async function ensureWarehouse(
  odoo: Odoo,
  { code, name }: { code: string; name: string },
  signal?: AbortSignal,
): Promise<Warehouse> {
  const existing = (await readWarehouses(odoo, signal)).get(code);
  if (existing !== undefined) return existing;
  const [outcome] = await load(
    odoo,
    'stock.warehouse',
    [{ externalId: externalIdName('wh', code), cells: { code, name } }],
    { signal },
  );
  const made = (await readWarehouses(odoo, signal)).get(code);
  if (made !== undefined) return made;
  const reason =
    outcome === undefined || outcome.kind === 'succeeded'
      ? 'it is not visible to this account'
      : outcome.message;
  throw new OdooError({
    kind: 'refused',
    name: 'odoo.exceptions.UserError',
    message: `No warehouse ${code}: ${reason}`,
  });
}
