import { humanise } from '../vocabulary/words.ts';

/** What words name, as people call it; an unknown kind is shown under its own name. */
export const KINDS: readonly { readonly value: string; readonly label: string }[] = [
  { value: 'product', label: 'Product' },
  { value: 'site', label: 'Site' },
  { value: 'country', label: 'Country' },
  { value: 'ship_method', label: 'Ship method' },
];

export const kindLabel = (kind: string) => KINDS.find(({ value }) => value === kind)?.label ?? humanise(kind);

/** Sites and the countries of orders are the hub's own; other words are said in a system's language. */
export const HUB_KINDS: readonly string[] = ['site', 'country'];
export const HUB = 'hub';

/** What is asked for when a word's mapping is missing. */
export function questionOf({ kind, system, value }: { kind: string; system: string; value: string }): string {
  if (kind === 'site') return `The site that fulfils ${value}`;
  if (kind === 'country' && system === HUB) return `Which country ${value} is, as in DE or US`;
  return `What ${system} calls the ${kindLabel(kind).toLowerCase()} ${value}`;
}
