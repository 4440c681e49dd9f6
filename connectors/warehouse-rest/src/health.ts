import type { HealthCheck } from '@trunkline/messaging';
import type { WarehouseClient } from './client.ts';
import type { WarehouseRestSettings } from './config.ts';
import { asRecord, readProblem } from './problem.ts';

/** A release number that nobody gives; asking for it shows whether the token is taken, and changes nothing. */
const NO_RELEASE = 'trunkline-check';

/** In the order in which one needs the other; stops at the first that fails, as the rest could only fail by it. */
export async function checkWarehouse(
  client: WarehouseClient,
  settings: WarehouseRestSettings,
  signal: AbortSignal,
): Promise<readonly HealthCheck[]> {
  const checks: HealthCheck[] = [];
  for (const step of [reach, authorise]) {
    const check = await step(client, settings, signal).catch((error: Error) => ({
      name: step === reach ? 'reachable' : 'authorised',
      ok: false,
      detail: error.message,
      remedy: `Compare \`url\` (${settings.url}) with the warehouse’s address, and see whether this machine may reach it.`,
    }));
    checks.push(check);
    if (!check.ok) break;
  }
  return checks;
}

async function reach(
  client: WarehouseClient,
  settings: WarehouseRestSettings,
  signal: AbortSignal,
): Promise<HealthCheck> {
  const name = 'reachable';
  const answer = await client.call({ method: 'GET', path: '/v1/health' }, signal);
  const { status, sites } = asRecord(answer.body);
  if (answer.status === 503) {
    const detail = `The warehouse takes no requests now: ${readProblem(answer.body).words || 'HTTP 503'}.`;
    return { name, ok: false, detail, remedy: 'Ask the warehouse; releases wait until it is back.' };
  }
  if (answer.status !== 200 || status !== 'ok' || !Array.isArray(sites)) {
    return {
      name,
      ok: false,
      detail: `${settings.url}/v1/health answered HTTP ${answer.status}, but not as the contract says.`,
      remedy: 'Give `url` without /v1, and compare the server with docs/spec/warehouse-rest.openapi.json.',
    };
  }
  if (sites.includes(settings.site)) {
    return { name, ok: true, detail: `${settings.url} serves site ${settings.site}.` };
  }
  return {
    name,
    ok: false,
    detail: `${settings.url} does not serve site ${settings.site}, but ${sites.join(', ')}.`,
    remedy: 'Set `site` to one of these.',
  };
}

async function authorise(
  client: WarehouseClient,
  _settings: WarehouseRestSettings,
  signal: AbortSignal,
): Promise<HealthCheck> {
  const name = 'authorised';
  const answer = await client.call({ method: 'GET', path: `/v1/releases/${NO_RELEASE}` }, signal);
  if (answer.status === 404 || answer.status === 200)
    return { name, ok: true, detail: 'The token is taken.' };
  if (answer.status === 401 || answer.status === 403) {
    return {
      name,
      ok: false,
      detail:
        `The warehouse refused the token: HTTP ${answer.status} ${readProblem(answer.body).words}`.trim(),
      remedy: 'Set `token` to the one that the warehouse issued.',
    };
  }
  const detail = `Asked for a release, the warehouse answered HTTP ${answer.status}.`;
  return { name, ok: false, detail, remedy: 'Ask the warehouse.' };
}
