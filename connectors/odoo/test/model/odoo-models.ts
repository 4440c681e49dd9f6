// Written by `trunkline odoo types --models res.partner,sale.order` from Odoo 19.0, database acme. Changes are lost when it runs again.

export interface OdooModels {
  readonly 'res.partner': {
    /** Active. */
    readonly active: { readonly type: 'boolean' };
    /** Color Index. */
    readonly color: { readonly type: 'integer' };
    /** Country. Model res.country. */
    readonly country_id: { readonly type: 'many2one'; readonly relation: 'res.country' };
    /** Email. */
    readonly email: { readonly type: 'char' };
    /** Name. */
    readonly name: { readonly type: 'char' };
  };
  readonly 'sale.order': {
    /** Total. */
    readonly amount_total: { readonly type: 'monetary'; readonly readonly: true };
    /** Customer Reference. */
    readonly client_order_ref: { readonly type: 'char' };
    /** Delivery Date. What the customer was told. */
    readonly commitment_date: { readonly type: 'datetime' };
    /** Order Date. */
    readonly date_order: { readonly type: 'datetime'; readonly required: true };
    /** Has Archived Products. Computed; cannot always be searched. */
    readonly has_archived_products: { readonly type: 'boolean'; readonly readonly: true };
    /** Locked. */
    readonly locked: { readonly type: 'boolean' };
    /** Order Reference. */
    readonly name: { readonly type: 'char'; readonly required: true };
    /** Order Lines. Model sale.order.line. */
    readonly order_line: { readonly type: 'one2many'; readonly relation: 'sale.order.line' };
    /** Customer. Model res.partner. */
    readonly partner_id: {
      readonly type: 'many2one';
      readonly required: true;
      readonly relation: 'res.partner';
    };
    /** Status. */
    readonly state: {
      readonly type: 'selection';
      readonly readonly: true;
      readonly values: 'draft' | 'sent' | 'sale' | 'cancel';
    };
    /** Tags. Model crm.tag. */
    readonly tag_ids: { readonly type: 'many2many'; readonly relation: 'crm.tag' };
    /** Salesperson. Model res.users. */
    readonly user_id: { readonly type: 'many2one'; readonly relation: 'res.users' };
    /** Expiration. */
    readonly validity_date: { readonly type: 'date' };
  };
  readonly 'sale.order.line': {
    /** Lead Time. */
    readonly customer_lead: { readonly type: 'float'; readonly required: true };
    /** Unit Price. */
    readonly price_unit: { readonly type: 'float'; readonly required: true };
    /** Quantity. */
    readonly product_uom_qty: { readonly type: 'float'; readonly required: true };
  };
}
