import { countryCode } from '@trunkline/connector-salesforce';
import type { NewMapping } from '@trunkline/gateway';
import type { Fault } from '@trunkline/messaging';
import type { Configuration } from '../configuration/schema.ts';

/** The hub's own language: which site fulfils a place, which country a source means. */
export const HUB_LANGUAGE = 'hub';

/** In whose language the words of a kind are said. Nothing ever asks for a word of another kind or in another language. */
const LANGUAGES: ReadonlyMap<string, { readonly hub: boolean; readonly systems: boolean }> = new Map([
  ['product', { hub: false, systems: true }],
  ['site', { hub: true, systems: false }],
  ['country', { hub: true, systems: true }],
  ['ship_method', { hub: false, systems: true }],
]);

export const MAPPING_KINDS: readonly string[] = [...LANGUAGES.keys()];

/** Everything that is wrong with a mapping: one that is stored and that nothing asks for would look like a mended order. */
export function mappingFaults(
  { kind, system, target }: Pick<NewMapping, 'kind' | 'system' | 'target'>,
  { systems, sites }: Pick<Configuration, 'systems' | 'sites'>,
): readonly Fault[] {
  const language = LANGUAGES.get(kind);
  if (language === undefined)
    return [fault('/kind', `There is no kind ${kind}. Use one of: ${MAPPING_KINDS.join(', ')}.`)];
  const known = [...(language.hub ? [HUB_LANGUAGE] : []), ...(language.systems ? Object.keys(systems) : [])];
  const faults: Fault[] = [];
  if (!known.includes(system))
    faults.push(
      fault('/system', `No ${kind.replace('_', ' ')} is told in ${system}. Use one of: ${known.join(', ')}.`),
    );
  if (target === null) return faults;
  if (kind === 'country' && system === HUB_LANGUAGE && countryCode(target, undefined) !== target)
    faults.push(fault('/target', `${target} is no ISO 3166-1 alpha-2 country code. Write e.g. DE or US.`));
  if (kind === 'site' && sites[target] === undefined)
    faults.push(
      fault('/target', `There is no site ${target}. Use one of: ${Object.keys(sites).join(', ')}.`),
    );
  return faults;
}

function fault(path: string, message: string): Fault {
  return { code: 'payload_invalid', path, message };
}
