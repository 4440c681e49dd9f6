import {
  type DraftAddress,
  customerFaults,
  isNegative,
  isPositive,
  type OrderDraft,
  type OrderDraftLine,
  type OrderFault,
  type Judgement,
  type SalesOrder,
  salesOrderFaults,
} from '@trunkline/canonical';
import type { ErrorCode, Identifier } from '@trunkline/messaging';
import type { Words } from '../words.ts';

/** `EA` (each): the only unit that the thread's sources sell in. */
const UNIT = 'EA';

/** ISO 3166-1 alpha-2. */
const COUNTRY = /^[A-Z]{2}$/;

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** Everything that is wrong with a draft at once, or the order that it is. */
export function judge(said: OrderDraft, words: Words): Judgement {
  const draft = inKnownWords(said, words);
  const faults = [
    ...customerFault(draft),
    ...addressFaults(draft.shipTo),
    ...currencyFault(draft.currency),
    ...lineFaults(draft.lines),
  ];
  const order = orderOf(draft);
  const broken = contractFaults(draft, order).filter(({ at }) => !faults.some((fault) => covers(fault, at)));
  const all = [...faults, ...broken].map(({ at: _at, ...fault }) => fault);
  return all.length > 0 || order === undefined ? { faults: all } : { order };
}

/** With the country that people have said the source's word for it means. */
function inKnownWords(draft: OrderDraft, { countryOf }: Words): OrderDraft {
  const { country, countryAsSaid } = draft.shipTo ?? {};
  if (country !== undefined || countryAsSaid === undefined) return draft;
  const known = countryOf(countryAsSaid);
  // A word that is mapped to no code stays unknown, so that another mapping mends it.
  return known === undefined || !COUNTRY.test(known)
    ? draft
    : { ...draft, shipTo: { ...draft.shipTo, country: known } };
}

/** A fault with the place in the order's contract that it is about, so that the contract's own check does not name it again. */
interface PlacedFault extends OrderFault {
  readonly at: string;
}

function fault(code: ErrorCode, path: string, message: string, at: string): PlacedFault {
  return { code, path, message, at };
}

function covers({ at }: PlacedFault, pointer: string): boolean {
  return pointer === at || pointer.startsWith(`${at}/`);
}

function customerFault({ customer }: OrderDraft): readonly PlacedFault[] {
  return customer === undefined
    ? [fault('customer_missing', 'customer', 'The order names no customer.', '/customer')]
    : [];
}

function addressFaults(shipTo: DraftAddress | undefined): readonly PlacedFault[] {
  const missing = (part: string, word: string) =>
    fault('address_invalid', `shipTo/${part}`, `The ship-to address has no ${word}.`, '/shipTo');
  if (shipTo === undefined) {
    return [fault('address_invalid', 'shipTo', 'The order has no ship-to address.', '/shipTo')];
  }
  const faults: PlacedFault[] = [];
  if (!shipTo.lines?.some((line) => line.trim() !== '')) faults.push(missing('lines', 'street'));
  if (!shipTo.city?.trim()) faults.push(missing('city', 'city'));
  if (shipTo.country === undefined && shipTo.countryAsSaid !== undefined)
    faults.push(unknownCountry(shipTo.countryAsSaid));
  else if (!shipTo.country?.trim()) faults.push(missing('country', 'country'));
  else if (!COUNTRY.test(shipTo.country)) {
    const message = `“${shipTo.country}” is no ISO 3166-1 alpha-2 country code.`;
    faults.push(fault('address_invalid', 'shipTo/country', message, '/shipTo'));
  }
  return faults;
}

function unknownCountry(value: string): PlacedFault {
  const message = `Nobody knows which country “${value}” is.`;
  return {
    ...fault('mapping_missing', 'shipTo/country', message, '/shipTo'),
    missing: { kind: 'country', system: 'hub', value },
  };
}

function currencyFault(currency: string | undefined): readonly PlacedFault[] {
  if (currency !== undefined && CURRENCIES.has(currency)) return [];
  const message =
    currency === undefined ? 'The order has no currency.' : `“${currency}” is no ISO 4217 currency code.`;
  return [fault('currency_invalid', 'currency', message, '/currency')];
}

function lineFaults(lines: readonly OrderDraftLine[]): readonly PlacedFault[] {
  if (lines.length === 0) return [fault('order_has_no_lines', 'lines', 'The order has no lines.', '/lines')];
  const seen = new Set<string>();
  return lines.flatMap((line, at) => {
    const repeated = seen.has(line.line);
    seen.add(line.line);
    const faults = [...quantityFault(line, at), ...priceFault(line, at), ...productFault(line, at)];
    if (!repeated) return faults;
    const message = `The order has more than one line ${line.line}.`;
    return [...faults, fault('order_field_invalid', line.path, message, `/lines/${at}/line`)];
  });
}

function quantityFault({ line, path, quantity }: OrderDraftLine, index: number): readonly PlacedFault[] {
  const at = `/lines/${index}/quantity`;
  if (quantity === undefined) {
    return [fault('line_quantity_invalid', path, `Line ${line} has no quantity that is a number.`, at)];
  }
  if (isNegative(quantity)) {
    return [fault('line_is_return', path, `Line ${line} has the quantity ${quantity}: a return.`, at)];
  }
  if (!isPositive(quantity)) {
    return [fault('line_quantity_invalid', path, `Line ${line} has the quantity ${quantity}.`, at)];
  }
  return [];
}

function priceFault({ line, path, unitPrice }: OrderDraftLine, index: number): readonly PlacedFault[] {
  if (unitPrice !== undefined && isPositive(unitPrice)) return [];
  const message =
    unitPrice === undefined ? `Line ${line} has no price.` : `Line ${line} has the price ${unitPrice}.`;
  return [fault('line_price_invalid', path, message, `/lines/${index}/unitPrice`)];
}

function productFault({ line, path, sku }: OrderDraftLine, index: number): readonly PlacedFault[] {
  if (sku?.trim()) return [];
  return [fault('line_product_missing', path, `Line ${line} names no product.`, `/lines/${index}/sku`)];
}

/** What the contract itself refuses and no rule above names: overlong texts, malformed dates. */
function contractFaults(draft: OrderDraft, order: SalesOrder | undefined): readonly PlacedFault[] {
  const found = [
    ...(draft.customer === undefined ? [] : customerFaults(draft)),
    ...(order === undefined ? [] : salesOrderFaults(order)),
  ];
  return found.map(({ path, message }) => {
    const code = path.startsWith('/shipTo') ? 'address_invalid' : 'order_field_invalid';
    return fault(code, sourcePath(draft, path), `${path.slice(1)} ${message}.`, path);
  });
}

function sourcePath(draft: OrderDraft, pointer: string): string {
  const index = /^\/lines\/(\d+)/.exec(pointer)?.[1];
  const line = index === undefined ? undefined : draft.lines[Number(index)];
  return line?.path ?? pointer.slice(1);
}

/** The order that a draft would be, gaps filled with what its faults name anyway; undefined without a customer. */
function orderOf(draft: OrderDraft): SalesOrder | undefined {
  const { id, source, customer, customerPo, channel, requestedShipDate, backorderPolicy, shipMethod } = draft;
  if (customer === undefined) return undefined;
  const { countryAsSaid: _word, ...shipTo } = draft.shipTo ?? {};
  return {
    id,
    source,
    customerId: customer.id,
    ...(customerPo === undefined ? {} : { customerPo }),
    ...(channel === undefined ? {} : { channel }),
    currency: draft.currency ?? '',
    ...(requestedShipDate === undefined ? {} : { requestedShipDate }),
    backorderPolicy,
    shipTo: { lines: [], city: '', country: '', ...shipTo, name: shipTo.name ?? customer.name },
    ...(shipMethod === undefined ? {} : { shipMethod }),
    lines: draft.lines.map(({ line, sku, description, quantity, unitPrice }) => ({
      line,
      sku: sku ?? '',
      ...(description === undefined ? {} : { description }),
      quantity: quantity ?? '',
      unit: UNIT,
      unitPrice: unitPrice ?? '',
    })),
  };
}

/** The words by which people look for the order, known from its submission on. */
export function submittedIdentifiers(draft: OrderDraft): readonly Identifier[] {
  const { system, id } = draft.source;
  return [
    { kind: 'order', value: draft.id, system: 'trunkline' },
    { kind: 'opportunity', value: id, system },
    ...(draft.customerPo === undefined ? [] : [{ kind: 'customer_po', value: draft.customerPo, system }]),
  ];
}
