import type { CanonicalEvent, PriceList } from '@trunkline/canonical';
import type { Message, Translation } from '@trunkline/messaging';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';

export const PRICE_LIST_DOCUMENT = 'product.pricelist';

const Text = Type.String();
const closed = { additionalProperties: false } as const;
const kind = <const Name extends string>(name: Name) => Type.Literal(name);

const RuleSchema = Type.Object({
  id: Text,
  appliesTo: Type.Union([
    Type.Object({ kind: kind('product'), productId: Text }, closed),
    Type.Object({ kind: kind('family'), familyId: Text }, closed),
    Type.Object({ kind: kind('category'), categoryId: Text }, closed),
    Type.Object({ kind: kind('all') }, closed),
  ]),
  minimum: Text,
  price: Type.Union([
    Type.Object({ kind: kind('fixed'), amount: Text }, closed),
    Type.Object(
      {
        kind: kind('formula'),
        base: Type.Union([
          Type.Object({ kind: kind('list-price') }, closed),
          Type.Object({ kind: kind('cost') }, closed),
          Type.Object({ kind: kind('price-list'), priceListId: Text }, closed),
        ]),
        discountPercent: Text,
        roundTo: Type.Optional(Text),
        surcharge: Type.Optional(Text),
        minimumMargin: Type.Optional(Text),
        maximumMargin: Type.Optional(Text),
      },
      closed,
    ),
    Type.Object({ kind: kind('computed-by-erp'), method: Text }, closed),
  ]),
  from: Type.Optional(Text),
  until: Type.Optional(Text),
});

/** What the poller hands over of one price list. */
export const PriceListDocumentSchema = Type.Object({
  id: Type.Integer(),
  name: Text,
  active: Type.Boolean(),
  currency: Text,
  rules: Type.Array(RuleSchema),
});
export type PriceListDocument = Static<typeof PriceListDocumentSchema>;

/** Of one that is deleted, or out of the account's reach. */
const PriceListGoneSchema = Type.Object({ id: Type.Integer(), gone: Type.Literal(true) });
export type PriceListGoneDocument = Static<typeof PriceListGoneSchema>;

const document = Compile(PriceListDocumentSchema);
const gone = Compile(PriceListGoneSchema);

/** A polled price list into the canonical event. Pure. */
export function translatePriceList({ payload }: Message): Translation<CanonicalEvent> {
  if (gone.Check(payload))
    return { kind: 'events', events: [{ type: 'price-list.deleted', erpId: String(payload.id) }] };
  if (!document.Check(payload)) {
    const faults = document
      .Errors(payload)
      .map(({ instancePath: path, message }) => ({ code: 'payload_invalid', path, message }));
    return { kind: 'invalid', faults };
  }
  const erpId = String(payload.id);
  const priceList: PriceList = { ...payload, id: erpId };
  return { kind: 'events', events: [{ type: 'price-list.changed', erpId, priceList }] };
}
