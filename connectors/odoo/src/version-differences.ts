/**
 * What Odoo 16 to 19 name or do differently, as far as this connector touches it. Rests on the recordings
 * of 18 and 19 and on the same probe run over the wire on all four (facts: renames, return shapes, wizards).
 */
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
}

const from18: VersionDifferences = {
  moveQuantity: 'quantity',
  moveReserved: 'quantity',
  shipsReserved: true,
  storableProduct: { type: 'consu', is_storable: 'True' },
  confirmedStates: ['sale'],
  lockField: 'locked',
};

const from17: VersionDifferences = { ...from18, storableProduct: { detailed_type: 'product' } };

const from16: VersionDifferences = {
  ...from17,
  moveQuantity: 'quantity_done',
  moveReserved: 'reserved_availability',
  shipsReserved: false,
  confirmedStates: ['sale', 'done'],
  lockField: null,
};

/** Oldest first. A server newer than the last row is taken to be like it. */
export const versionTable: readonly { readonly major: number; readonly differences: VersionDifferences }[] = [
  { major: 16, differences: from16 },
  { major: 17, differences: from17 },
  { major: 18, differences: from18 },
];

/** @throws RangeError for a server older than 16 */
export function differencesOf(major: number): VersionDifferences {
  const row = versionTable.findLast((entry) => entry.major <= major);
  if (row === undefined)
    throw new RangeError(`Odoo ${major} is not supported: 16 is the oldest version that is.`);
  return row.differences;
}
