import { readFileSync } from 'node:fs';
import type { CanonicalEvent } from '@trunkline/canonical';
import { DEFAULT_MAX_BODY, ExchangeRecorder, Redactor } from '@trunkline/journal';
import type { Connector } from '@trunkline/messaging';
import type { Configuration } from '../configuration/schema.ts';

/** Settings whose values are credentials, whatever a system's documents call the field that they turn up in. */
const CREDENTIAL = /secret|key|token|password/i;
/** Shorter values are words that documents may hold by chance. */
const SHORTEST_CREDENTIAL = 6;

interface Package {
  readonly version: string;
}
const HUB_VERSION = (
  JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8')) as Package
).version;

/** What was said in each attempt, redacted as the configuration says. `connectors` are asked for their server's version at each call. */
export function exchangeRecorder(
  { audit = {}, systems }: Configuration,
  connectors: () => ReadonlyMap<string, Connector<CanonicalEvent>>,
): ExchangeRecorder {
  const redactor = new Redactor({
    fields: audit.redact ?? [],
    secrets: Object.values(systems).flatMap((system) => credentialsIn(system, false)),
    maxBody: audit.maxBody ?? DEFAULT_MAX_BODY,
  });
  return new ExchangeRecorder(redactor, (system) => {
    const server = connectors().get(system)?.serverVersion?.();
    const connector = systems[system]?.connector ?? system;
    return `trunkline ${HUB_VERSION}, ${connector}${server === undefined ? '' : `, server ${server}`}`;
  });
}

function credentialsIn(value: unknown, under: boolean): readonly string[] {
  if (typeof value === 'string') return under && value.length >= SHORTEST_CREDENTIAL ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((each) => credentialsIn(each, under));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => credentialsIn(each, under || CREDENTIAL.test(name)));
}
