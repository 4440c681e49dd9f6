import { fieldName, valueAt } from './versions/lookup.ts';
import type { Since } from './versions/differences.ts';

/** What the connector's operations ask of a version; the names come from versions/differences.ts. */
export interface VersionDifferences {
  /** Where a move's processed quantity is written and, when done, read. */
  readonly moveQuantity: 'quantity_done' | 'quantity';
  /** What is reserved for an open move; from 17 on it is the same field as the processed quantity. */
  readonly moveReserved: 'reserved_availability' | 'quantity';
  /** Whether validating ships the reserved quantity when nothing was entered; 16 asks by a wizard instead. */
  readonly shipsReserved: boolean;
  /** Cells that make a product one that Odoo counts. */
  readonly storableProduct: Readonly<Record<string, string>>;
  /** The selection that a confirmed order is in. 16 locks by the state `done`. */
  readonly confirmedStates: readonly string[];
  /** The field that says an order is locked; 16 has the state `done` for it. */
  readonly lockField: 'locked' | null;
  /** What makes a return of the return wizard. */
  readonly createReturns: 'create_returns' | 'action_create_returns';
  /** The payment's field that keeps our reference. */
  readonly paymentMemo: 'ref' | 'memo';
  /** What makes a credit note of the reversal wizard, and what its record has to say for that. */
  readonly reverse: { readonly method: string; readonly values: Readonly<Record<string, string>> };
}

const SHIPS_RESERVED: Since<boolean> = [
  [16, false],
  [17, true],
];
const STORABLE_PRODUCT: Since<Readonly<Record<string, string>>> = [
  [16, { detailed_type: 'product' }],
  [18, { type: 'consu', is_storable: 'True' }],
];
const CONFIRMED_STATES: Since<readonly string[]> = [
  [16, ['sale', 'done']],
  [17, ['sale']],
];
const REVERSE: Since<VersionDifferences['reverse']> = [
  [16, { method: 'reverse_moves', values: { refund_method: 'refund' } }],
  [17, { method: 'refund_moves', values: {} }],
];
const CREATE_RETURNS: Since<VersionDifferences['createReturns']> = [
  [16, 'create_returns'],
  [18, 'action_create_returns'],
];

/** A server newer than any that is known is taken to be like the newest. @throws RangeError for a server older than 16 */
export function differencesOf(major: number): VersionDifferences {
  return {
    moveQuantity: fieldName(major, 'stock.move', 'processed'),
    moveReserved: fieldName(major, 'stock.move', 'reserved'),
    shipsReserved: valueAt(SHIPS_RESERVED, major),
    storableProduct: valueAt(STORABLE_PRODUCT, major),
    confirmedStates: valueAt(CONFIRMED_STATES, major),
    lockField: fieldName(major, 'sale.order', 'locked'),
    createReturns: valueAt(CREATE_RETURNS, major),
    paymentMemo: fieldName(major, 'account.payment', 'memo'),
    reverse: valueAt(REVERSE, major),
  };
}
