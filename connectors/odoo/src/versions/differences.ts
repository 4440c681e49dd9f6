/**
 * What Odoo 16 to 19 name or do differently, as far as orders, stock and invoices touch it: data, so that it can be held against
 * what real servers answered. Each row says from which version on what holds, oldest first; null: there is none.
 */
export type Since<T> = readonly (readonly [major: number, value: T])[];

export const OLDEST = 16;
/** The newest version whose answers are recorded. A newer server is probed: see probe.ts. */
export const NEWEST = 19;

export interface FieldRow {
  readonly model: string;
  /** What the field holds, whatever it is called. */
  readonly what: string;
  readonly names: Since<string | null>;
}

export const FIELDS = [
  field('stock.move', 'processed', [16, 'quantity_done'], [17, 'quantity']),
  // From 17 on what is reserved and what is processed is one field.
  field('stock.move', 'reserved', [16, 'reserved_availability'], [17, 'quantity']),
  field('stock.move', 'picked', [16, null], [17, 'picked']),
  field('stock.move', 'procurement', [16, 'group_id'], [19, 'reference_ids']),
  field('stock.move', 'description', [16, 'name'], [19, 'description_picking']),
  field('stock.move.line', 'processed', [16, 'qty_done'], [17, 'quantity']),
  field('stock.move.line', 'reserved', [16, 'reserved_uom_qty'], [17, 'quantity']),
  field('stock.move.line', 'picked', [16, null], [17, 'picked']),
  field('stock.picking', 'procurement', [16, 'group_id'], [19, 'reference_ids']),
  field('sale.order', 'procurement', [16, 'procurement_group_id'], [19, 'stock_reference_ids']),
  // 16 locks by the state `done`.
  field('sale.order', 'locked', [16, null], [17, 'locked']),
  field('sale.order.line', 'unit', [16, 'product_uom'], [19, 'product_uom_id']),
  field('sale.order.line', 'taxes', [16, 'tax_id'], [19, 'tax_ids']),
  field('sale.order.line', 'pack', [16, 'product_packaging_id'], [19, null]),
  // From 19 on a pack is a unit of measure.
  field('product.product', 'packs', [16, 'packaging_ids'], [19, 'uom_ids']),
  field('product.template', 'storable', [16, 'detailed_type'], [18, 'is_storable']),
  field('product.template', 'purchaseUnit', [16, 'uom_po_id'], [19, null]),
  field('res.partner', 'mobile', [16, 'mobile'], [19, null]),
  field('res.users', 'groups', [16, 'groups_id'], [19, 'group_ids']),
  field('res.users.apikeys', 'end', [16, null], [18, 'expiration_date']),
  field('account.payment', 'memo', [16, 'ref'], [18, 'memo']),
  field('uom.uom', 'category', [16, 'category_id'], [19, null]),
] as const satisfies readonly FieldRow[];

export const MODELS = [
  {
    what: 'package',
    names: [
      [16, 'stock.quant.package'],
      [19, 'stock.package'],
    ],
  },
  {
    what: 'procurement',
    names: [
      [16, 'procurement.group'],
      [19, 'stock.reference'],
    ],
  },
] as const satisfies readonly { readonly what: string; readonly names: Since<string | null> }[];

/** What a call leads to: the answer, a wizard that asks and does nothing, or a refusal. */
export type Effect = 'closes' | 'true' | 'id' | '[id]' | 'none' | `wizard ${string}` | `raises ${string}`;

export const METHODS = [
  method('res.partner', 'copy', 'of one record', [16, 'id'], [18, '[id]']),
  method('res.partner', 'message_post', 'on one record', [16, 'id'], [19, '[id]']),
  method('sale.order', 'action_confirm', 'on a confirmed order', [16, 'true'], [17, 'raises UserError']),
  method(
    'sale.order',
    'action_cancel',
    'on a confirmed order',
    [16, 'wizard sale.order.cancel'],
    [19, 'true'],
  ),
  method('stock.picking', 'button_validate', 'with less than the demand', [
    16,
    'wizard stock.backorder.confirmation',
  ]),
  method(
    'stock.picking',
    'button_validate',
    'with nothing entered',
    [16, 'wizard stock.immediate.transfer'],
    // Ships all that is reserved.
    [17, 'true'],
  ),
  method('stock.picking', 'button_validate', 'on a done picking', [16, 'raises UserError'], [19, 'true']),
  method('stock.quant', 'action_apply_inventory', 'without a conflict', [16, 'none']),
  // The invoice is made on all: 16 shows nothing where the later ones show it.
  method(
    'sale.advance.payment.inv',
    'create_invoices',
    'of one order',
    [16, 'closes'],
    [17, 'wizard account.move'],
  ),
  method(
    'sale.order',
    'check_access',
    'on one record',
    [16, 'raises AttributeError'],
    [18, 'none'],
    [19, 'raises AccessError'],
  ),
  method('sale.order', 'has_access', 'on no records', [16, 'raises AttributeError'], [18, 'true']),
  // On 19 JSON-2 it is still there, and answers null.
  method('sale.order', 'check_access_rights', 'over /jsonrpc', [16, 'true']),
  method('res.partner', 'name_get', 'of one record', [16, 'true'], [18, 'raises AttributeError']),
] as const satisfies readonly MethodRow[];

export interface MethodRow {
  readonly model: string;
  readonly method: string;
  readonly when: string;
  readonly effects: Since<Effect>;
}

/** Where a record is shown in the browser: `{model}` and `{id}` stand for the record's. */
export const RECORD_LINK: Since<string> = [
  [16, '/web#id={id}&model={model}&view_type=form'],
  [18, '/odoo/{model}/{id}'],
];

/** Locks a confirmed order. */
export const LOCK_AN_ORDER: Since<string> = [
  [16, 'action_done'],
  [17, 'action_lock'],
];

/** Where the dialog that asks for the account's password looks for it: in its own field, or in the context of `run_check`. */
export const PASSWORD_OF_IDENTITY_CHECK: Since<'field' | 'context'> = [
  [16, 'field'],
  [19, 'context'],
];

function field<const M extends string, const W extends string, const N extends Since<string | null>>(
  model: M,
  what: W,
  ...names: N
): { readonly model: M; readonly what: W; readonly names: N } {
  return { model, what, names };
}

function method(model: string, name: string, when: string, ...effects: Since<Effect>): MethodRow {
  return { model, method: name, when, effects };
}
