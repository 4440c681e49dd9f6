import type { CanonicalEvent } from '@trunkline/canonical';
import type { Connector, ReportExchange } from '@trunkline/messaging';
import { createClient } from './client.ts';
import { type SalesforceConfig, settingsOf } from './config.ts';
import { checkOrg } from './health.ts';
import { speakingForAll } from './inbound/refusals.ts';
import { createWonOpportunities } from './inbound/won-opportunities.ts';
import { createOrderStatusTarget } from './outbound/order-status-target.ts';
import { createTranslator } from './translators/opportunity.ts';
import { OPPORTUNITY_DOCUMENT } from './translators/opportunity-document.ts';

export interface SalesforceDependencies {
  /** The system's name in the configuration, e.g. `crm`. */
  readonly system: string;
  /** Milliseconds since the epoch; the machine's clock when absent. */
  readonly now?: () => number;
  readonly onExchange?: ReportExchange;
}

/** Every type of document that an org sends. */
export const SALESFORCE_DOCUMENTS: readonly string[] = [OPPORTUNITY_DOCUMENT];

/** A Salesforce org: won opportunities in, order status out. Opens no connection before the first call. */
export function createSalesforceConnector(
  config: SalesforceConfig,
  dependencies: SalesforceDependencies,
): Connector<CanonicalEvent> {
  const { system, now = Date.now, onExchange } = dependencies;
  const settings = settingsOf(config);
  const client = createClient(settings, now, onExchange);
  return {
    system,
    translate: createTranslator(settings.currency),
    target: createOrderStatusTarget(system, client, settings),
    pollers: [speakingForAll(createWonOpportunities(system, client, settings))],
    serverVersion: () => `API ${settings.apiVersion}`,
    check: (signal) => checkOrg(client, settings, signal),
    close: () => client.close(),
  };
}
