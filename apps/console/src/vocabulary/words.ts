const CAPITALS = /\b(?:po|id|sku|crm|erp|wes|edi|gtin|rma)\b/g;

/** `order-acceptance` and `customer_po` as people write them: Order acceptance, Customer PO. */
export function humanise(id: string): string {
  const words = id
    .replaceAll(/[-_.]+/g, ' ')
    .trim()
    .replaceAll(CAPITALS, (word) => word.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A failure in the failing system's own words: which command met it, and where, is told beside it. */
export function ownWords(message: string): string {
  const words = message.replace(/^[a-z-]+\.[a-z-]+ to \S+: /, '');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const RATE = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export const count = (value: number) => NUMBER.format(value);
/** For narrow places: whole up to six digits, then 1.2M. */
export const shortCount = (value: number) => (value < 1_000_000 ? NUMBER : COMPACT).format(value);
export const rate = (value: number) => (value > 0 && value < 0.05 ? '< 0.1' : RATE.format(value));

const PERCENT = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 0 });

export const percent = (share: number) => PERCENT.format(share);

export function plural(value: number, one: string, many: string): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
