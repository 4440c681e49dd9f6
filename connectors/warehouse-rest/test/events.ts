/** Events as the contract's examples have them; each test changes what it is about. */
const release = { releaseNumber: 'DAL/OUT/00001', reference: 'so_006Sm0000000001IAA', site: 'DAL' };
const line = { line: '1', sku: 'P-1', quantity: '4', unit: 'EA' };
const timestamp = '2026-03-01T10:00:00Z';

export const picked = {
  type: 'release.picked',
  timestamp,
  data: {
    ...release,
    sequence: 1,
    picker: 'anna',
    pickedAt: '2026-03-01T09:59:58.5Z',
    lines: [
      { ...line, quantity: '2.50', lot: 'A' },
      { ...line, quantity: '1.5', lot: 'B' },
    ],
  },
};

export const shorted = {
  type: 'release.shorted',
  timestamp,
  data: { ...release, sequence: 2, lines: [{ ...line, quantity: '1', reason: 'not_found' }] },
};

export const shipped = {
  type: 'shipment.shipped',
  timestamp,
  data: {
    ...release,
    sequence: 3,
    shipmentNumber: 'DAL-S1',
    final: true,
    carrier: 'UPS',
    scac: 'UPSN',
    service: 'Ground',
    trackingNumber: '1Z999AA10123456784',
    shippedAt: '2026-03-01T12:00:00+02:00',
    packages: [
      {
        sscc: '003456789012345675',
        trackingNumber: '1Z999AA10123456784',
        weight: { value: '1.2', unit: 'kg' },
        lines: [{ ...line, quantity: '3' }],
      },
      {
        sscc: '003456789012345682',
        trackingNumber: '1Z999AA10123456793',
        weight: { value: '1', unit: 'kg' },
        lines: [{ ...line, quantity: '1' }],
      },
    ],
    lines: [line],
  },
};

export const closed = {
  type: 'release.closed',
  timestamp,
  data: { ...release, sequence: 2, reason: 'nothing_to_ship', lines: [line] },
};

export const adjusted = {
  type: 'inventory.adjusted',
  timestamp,
  data: {
    site: 'DAL',
    sequence: 7,
    adjustmentNumber: 'DAL-A7',
    sku: 'P-1_x',
    delta: '-2.0',
    unit: 'EA',
    reason: 'damaged',
  },
};
