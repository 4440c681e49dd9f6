import type { OdooClientOptions } from '../client.ts';
import { createOdooClient } from '../client.ts';
import type { Check, CheckContext, CheckResult } from './check.ts';
import { changeAndCancelChecks } from './change-checks.ts';
import { catalogueChecks } from './catalogue-checks.ts';
import { clientChecks } from './client-checks.ts';
import { connectionChecks } from './connection-checks.ts';
import { followChecks } from './follow-checks.ts';
import { invoicingChecks } from './invoicing-checks.ts';
import { keyChecks, keyRenewalChecks } from './key-checks.ts';
import { leadChecks } from './lead-checks.ts';
import { lotChecks } from './lot-checks.ts';
import { makeMasters } from './masters.ts';
import { orderChecks } from './order-checks.ts';
import { priceChecks } from './price-checks.ts';
import { refusedStockChecks } from './refused-stock-checks.ts';
import { returnChecks } from './return-checks.ts';
import { stepChecks } from './step-checks.ts';
import { overDeliveryChecks } from './over-delivery-checks.ts';
import { shipmentChecks } from './shipment-checks.ts';
import { changeChecks, stockChecks } from './stock-and-change-checks.ts';

export type { CheckResult } from './check.ts';

export interface LiveCheckOptions extends OdooClientOptions {
  /** Begins every record that the run makes; letters and digits. */
  readonly prefix: string;
  readonly externalIdModule?: string;
  /** The account's: the renewal of keys is tried with it. */
  readonly password?: string;
  /** Called as each check ends. */
  readonly onResult?: (result: CheckResult) => void;
}

/**
 * Runs the connector's promises against a live server of version 16 to 19. It makes its own partners,
 * products, orders and transfers under the prefix and touches nothing else; they stay, because Odoo does not delete
 * what has moved stock. Does not throw.
 */
export async function runLiveCheck({
  prefix,
  externalIdModule,
  password,
  onResult,
  ...connection
}: LiveCheckOptions): Promise<CheckResult[]> {
  const client = createOdooClient(connection);
  const odoo = { client, externalIdModule: externalIdModule ?? 'trunkline' };
  const results: CheckResult[] = [];
  const record = (result: CheckResult): void => {
    results.push(result);
    onResult?.(result);
  };
  try {
    const empty = { partner: '', shipTo: '', products: [], stockLocationId: 0, warehouseId: 0 };
    const bare = {
      odoo,
      connection,
      prefix,
      masters: empty,
      ...(password === undefined ? {} : { password }),
    };
    await runAll(connectionChecks, bare, record);
    await runAll(password === undefined ? keyChecks : [...keyChecks, ...keyRenewalChecks], bare, record);
    const masters = await makeMasters(odoo, prefix);
    record({
      name: 'customer, products and stock are made',
      ok: true,
      detail: `external ids ${odoo.externalIdModule}.${prefix}_*`,
    });
    const context = { ...bare, masters };
    const checks = [
      ...clientChecks,
      ...orderChecks,
      ...changeAndCancelChecks,
      ...shipmentChecks,
      ...overDeliveryChecks,
      ...stepChecks,
      ...lotChecks,
      ...returnChecks,
      ...invoicingChecks,
      ...stockChecks,
      ...refusedStockChecks,
      ...catalogueChecks,
      ...priceChecks,
      ...leadChecks,
      ...changeChecks,
      ...followChecks,
    ];
    await runAll(checks, context, record);
  } catch (error) {
    record({ name: 'customer, products and stock are made', ok: false, detail: messageOf(error) });
  } finally {
    await client.close();
  }
  return results;
}

async function runAll(
  checks: readonly Check[],
  context: CheckContext,
  record: (result: CheckResult) => void,
): Promise<void> {
  for (const { name, run } of checks) {
    try {
      record({ name, ok: true, detail: await run(context) });
    } catch (error) {
      record({ name, ok: false, detail: messageOf(error) });
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
