import type { CanonicalEvent } from '@trunkline/canonical';
import type { Connector, ReportExchange } from '@trunkline/messaging';
import { createClient } from './client.ts';
import { settingsOf, type WarehouseRestConfig } from './config.ts';
import { checkWarehouse } from './health.ts';
import { createWebhookReceiver } from './inbound/webhook.ts';
import { createReleaseTarget } from './outbound/release-target.ts';
import { translateWarehouseEvent } from './translators/warehouse-event.ts';

export interface WarehouseRestDependencies {
  /** The system's name in the configuration, e.g. `dallas`. */
  readonly system: string;
  readonly onExchange?: ReportExchange;
}

/** A warehouse that speaks the contract: releases out, signed events in. Opens no connection before the first call. */
export function createWarehouseRestConnector(
  config: WarehouseRestConfig,
  { system, onExchange }: WarehouseRestDependencies,
): Connector<CanonicalEvent> {
  const settings = settingsOf(config);
  const client = createClient(settings, onExchange);
  return {
    system,
    translate: translateWarehouseEvent,
    target: createReleaseTarget(system, client, settings),
    webhook: createWebhookReceiver(system, settings.webhookSecrets),
    check: (signal) => checkWarehouse(client, settings, signal),
    close: () => client.close(),
  };
}
