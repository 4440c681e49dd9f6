import type { CanonicalEvent } from '@trunkline/canonical';
import type { Connector, HealthCheck } from '@trunkline/messaging';
import { sentenceOf } from '../terminal/command-error.ts';

const CHECK_TIMEOUT_MS = 20_000;

/** What a connector finds when it looks at its system: address, credentials, fields, allowance. Does not reject. */
export async function checkSystem(connector: Connector<CanonicalEvent>): Promise<readonly HealthCheck[]> {
  try {
    return await connector.check(AbortSignal.timeout(CHECK_TIMEOUT_MS));
  } catch (error) {
    const remedy = 'See whether the system is up and its address right.';
    return [{ name: 'reachable', ok: false, detail: sentenceOf(error), remedy }];
  }
}
