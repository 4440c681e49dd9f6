/** What an error leads to. One word per consequence, so that one place can decide. */
export type Consequence = 'retry' | 'rejected' | 'unknown' | 'invalid' | 'refused';

export interface ErrorEntry {
  readonly code: string;
  readonly consequence: Consequence;
  /** The situation and its cause, in a sentence. */
  readonly meaning: string;
  readonly remedy: string;
  /** Who owes the next move. */
  readonly owner: string;
}

const entries = [
  // What a sender gets
  e(
    'signature_invalid',
    'refused',
    'A webhook’s signature does not match its body and secret.',
    'Compare the signing secret on both sides; look for a proxy that rewrites bodies.',
    'integration',
  ),
  e(
    'payload_invalid',
    'invalid',
    'A document does not match its contract.',
    'Look at the named path; mend the sender or its mapping, then send again.',
    'integration',
  ),
  e(
    'payload_too_large',
    'refused',
    'A request body is over the configured limit.',
    'Split the document or raise gateway.bodyLimit.',
    'integration',
  ),
  // What order-acceptance finds
  e(
    'order_has_no_lines',
    'rejected',
    'The order has no lines.',
    'Add the products to the opportunity and mark it won again.',
    'sales',
  ),
  e(
    'line_quantity_invalid',
    'rejected',
    'A line’s quantity is missing or not a positive number.',
    'Correct the quantity in the source system.',
    'sales',
  ),
  e(
    'line_is_return',
    'rejected',
    'A line has a negative quantity: it is a return, not demand.',
    'Enter it as a return (RMA); orders only carry demand.',
    'sales',
  ),
  e(
    'line_price_invalid',
    'rejected',
    'A line’s price is missing, negative or zero.',
    'Correct the price in the source system.',
    'sales',
  ),
  e('line_product_missing', 'rejected', 'A line names no product.', 'Choose a product on the line.', 'sales'),
  e(
    'line_product_unknown',
    'rejected',
    'A line names a product that the ERP does not sell.',
    'Create or activate the product in Odoo, or correct the line.',
    'sales',
  ),
  e(
    'customer_missing',
    'rejected',
    'The order names no customer.',
    'Link the opportunity to an account.',
    'sales',
  ),
  e(
    'address_invalid',
    'rejected',
    'The ship-to address lacks what a carrier needs.',
    'Complete street, city and country on the account.',
    'sales',
  ),
  e(
    'currency_invalid',
    'rejected',
    'The currency is not an ISO 4217 code.',
    'Correct the currency of the opportunity.',
    'sales',
  ),
  e(
    'order_field_invalid',
    'rejected',
    'A field of the order is longer, or of another form, than an order can carry.',
    'Correct the named field in the source system.',
    'sales',
  ),
  e(
    'order_rejected',
    'rejected',
    'The order has faults, so it was not sent to the ERP; each fault is listed.',
    'Correct every listed fault in the source system; the order is judged afresh by itself.',
    'sales',
  ),
  e(
    'order_changed_after_acceptance',
    'rejected',
    'The source changed an order that the ERP has already; the change was not taken over.',
    'Make the change in Odoo, or put the source back as it was.',
    'sales',
  ),
  e(
    'order_changed_in_erp',
    'rejected',
    'Somebody changed what an order asks for in the ERP, or cancelled it there, after its hand-off.',
    'Tell the source and the warehouse, or put the order in the ERP back; when they agree again this ends by itself.',
    'sales',
  ),
  e(
    'mapping_missing',
    'rejected',
    'A word of one system is known to nobody in another: a country, a ship method.',
    'Say what the word is (a mapping), or correct it in its source; all that waits for it goes on.',
    'integration',
  ),
  // What becomes of an accepted order
  e(
    'no_route',
    'rejected',
    'No route fits this order, so no site would fulfil it.',
    'Add a route to the configuration, or correct the ship-to.',
    'integration',
  ),
  e(
    'warehouse_without_site',
    'rejected',
    'The ERP plans this order in a warehouse that stands for no site, or for several.',
    'Name the warehouse at one site of the configuration (odooWarehouse), or move the delivery to a site’s warehouse in Odoo.',
    'integration',
  ),
  e(
    'unit_conservation',
    'rejected',
    'A warehouse reported more units than it was asked to move.',
    'Ask the warehouse for a correction; over-shipments need an over-ship policy.',
    'warehouse',
  ),
  e(
    'unknown_release',
    'rejected',
    'A warehouse reported on a release that was never made for this order; each event is listed.',
    'Ask the warehouse which release it means, and book what moved by hand.',
    'warehouse',
  ),
  e(
    'plan_done_elsewhere',
    'rejected',
    'Somebody completed a delivery document in the ERP for which no shipment was posted.',
    'Compare the document with what the warehouse shipped; reverse it there if nothing left.',
    'operations',
  ),
  e(
    'erp_record_gone',
    'rejected',
    'An order or delivery document that the hub relies on stands in the ERP no more: deleted, or out of the service account’s reach.',
    'See who deleted it, and whether the account still sees it; enter the rest of the order in the ERP anew, and tell the warehouse.',
    'operations',
  ),
  e(
    'shipment_without_plan',
    'rejected',
    'A warehouse shipped more after the ERP had kept no remainder to post it to.',
    'Create a delivery document for the rest in Odoo, or let the operation type create backorders.',
    'operations',
  ),
  // What a target answers
  e(
    'target_unavailable',
    'retry',
    'The system did not answer, or said that it cannot now.',
    'None: it is tried again. Look at the system if it lasts.',
    'integration',
  ),
  e(
    'target_busy',
    'retry',
    'The system asked us to slow down.',
    'None: it is tried again after the time that it named.',
    'integration',
  ),
  e(
    'target_conflict',
    'retry',
    'Two transactions met in the target; it asked for a repeat.',
    'None: it is tried again.',
    'integration',
  ),
  e(
    'credentials_refused',
    'retry',
    'The system refuses the hub’s login: its key, secret or account, or the database that the configuration names.',
    'Put a login that works where the configuration points and start the hub again, or mend it in the system and say `trunkline targets resume`. Nothing is parked: what is to go there waits, the login is tried now and then, and the exception ends by itself.',
    'integration',
  ),
  e(
    'outcome_unknown',
    'unknown',
    'The request was sent and no answer came.',
    'None: the target is asked whether it has the effect.',
    'integration',
  ),
  e(
    'target_rejected',
    'rejected',
    'The system understood and refused.',
    'Read the system’s own words, correct the data there or here, then retry.',
    'operations',
  ),
  e(
    'target_unauthorised',
    'rejected',
    'The system knows the hub’s account and does not let it do this.',
    'Grant the right that is named, then retry.',
    'integration',
  ),
  e(
    'target_misconfigured',
    'rejected',
    'The system does not know a field, model or endpoint that we use.',
    'Compare versions and modules with `trunkline doctor`, then retry.',
    'integration',
  ),
  // What an inspection of a target finds before an order meets it
  e(
    'target_module_missing',
    'rejected',
    'A module that the flows need is not installed in the system.',
    'Install it there; the exception ends by itself with the next inspection.',
    'integration',
  ),
  e(
    'target_field_missing',
    'rejected',
    'A field that a mapping uses is gone from the system.',
    'Put the field back there or adapt the mapping; the exception ends by itself with the next inspection.',
    'integration',
  ),
  e(
    'target_field_changed',
    'rejected',
    'A field that a mapping uses is of another type than before.',
    'Put the type back there or adapt the mapping; the exception ends by itself with the next inspection.',
    'integration',
  ),
  e(
    'target_field_required',
    'rejected',
    'The system demands a field on new records that no mapping fills.',
    'Give the field a default there, or make it optional; the exception ends by itself with the next inspection.',
    'integration',
  ),
  e(
    'target_right_missing',
    'rejected',
    'The service account lacks a right that the flows need.',
    'Give it the right that is named; the exception ends by itself with the next inspection.',
    'integration',
  ),
  e(
    'target_setting_missing',
    'rejected',
    'A setting that the flows rest on is not made in the system.',
    'Make it as named; the exception ends by itself with the next inspection.',
    'integration',
  ),
  e(
    'command_invalid',
    'rejected',
    'The system could not make sense of a command, or it breaks the system’s contract.',
    'Compare the named fields with the system’s documentation; mend the mapping or the contract, then retry.',
    'integration',
  ),
  e(
    'delivery_expired',
    'rejected',
    'The command was not sent before its time was over, so it is not sent any more.',
    'See what held it up, and decide whether its effect is still wanted.',
    'operations',
  ),
  e(
    'target_key_expiring',
    'rejected',
    'The key with which the hub calls the system ends soon and could not be renewed.',
    'Put a new key where the configuration points and start the hub again, or give it what it needs to renew the key itself, as the exception says; it ends by itself within the hour.',
    'integration',
  ),
  e(
    'target_budget_spent',
    'rejected',
    'The calls that the hub may make to the system in one of its days are used up: what is to go there waits, or nothing new is read of it.',
    'Nothing is lost, and it goes on when the system’s day turns. If it cannot wait, raise `limits.<system>.dailyBudget` in the configuration and start the hub again; larger batches and slower polls need fewer calls. The exception ends by itself.',
    'integration',
  ),
  e(
    'source_unreadable',
    'rejected',
    'Nothing new is read of a system: what changes there does not reach the hub.',
    'Mend what the reason names (`trunkline check --live` asks the system for more); nothing is lost, the next poll that is answered reads all of it, and the exception ends by itself.',
    'integration',
  ),
  e(
    'retries_exhausted',
    'rejected',
    'A transient failure outlasted its retry policy.',
    'Mend the target, then retry.',
    'integration',
  ),
  e(
    'poison_message',
    'rejected',
    'Handling this message failed with a defect of ours.',
    'Report the defect with the message’s id; retry after the update.',
    'integration',
  ),
] as const satisfies readonly ErrorEntry[];

function e<const C extends string>(
  code: C,
  consequence: Consequence,
  meaning: string,
  remedy: string,
  owner: string,
) {
  return { code, consequence, meaning, remedy, owner };
}

export type ErrorCode = (typeof entries)[number]['code'];

/** Every code that Trunkline shows to people. docs/errors.md documents each one; a test holds the two together. */
export const ERROR_REGISTRY: ReadonlyMap<string, ErrorEntry> = new Map(
  entries.map((entry) => [entry.code, entry]),
);

/** The registered entry, or the generic rejection for a code that nobody registered. */
export function explainError(code: string): ErrorEntry {
  const entry = ERROR_REGISTRY.get(code) ?? ERROR_REGISTRY.get('target_rejected');
  if (entry === undefined) throw new Error('The error registry lost its generic entry target_rejected.');
  return entry;
}
