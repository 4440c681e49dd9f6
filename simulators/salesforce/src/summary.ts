import type { Org, Row, Value } from './org.ts';

const UNITS = {
  ordered: 'Units_Ordered__c',
  shipped: 'Units_Shipped__c',
  backordered: 'Units_Backordered__c',
  cancelled: 'Units_Cancelled__c',
} as const;

/** What the org holds, counted from its rows: deals won, and what Trunkline has told about them. */
export function summary(org: Org): Record<string, unknown> {
  const orders = org.table('Trunkline_Order__c').byStamp;
  const opportunities = org.table('Opportunity').byStamp;
  const won = opportunities.filter((row) => row['IsWon'] === true);
  const wonIds = new Set(won.map((row) => row['Id']));
  const lines = org.table('OpportunityLineItem').byStamp;
  const perOpportunity = count(orders, 'Opportunity__c');
  return {
    accounts: org.table('Account').rows.size,
    products: org.table('Product2').rows.size,
    opportunities: { total: opportunities.length, won: won.length },
    lines: lines.length,
    wonUnits: sum(
      lines.filter((line) => wonIds.has(line['OpportunityId'] ?? null)),
      'Quantity',
    ),
    trunklineOrders: {
      total: orders.length,
      byStatus: count(orders, 'Status__c'),
      /** Opportunities that more than one order record points to. */
      duplicatesByOpportunity: Object.entries(perOpportunity).filter(([id, n]) => id !== 'null' && n > 1)
        .length,
      wonWithoutOrder: won.filter((row) => perOpportunity[String(row['Id'])] === undefined).length,
      units: Object.fromEntries(Object.entries(UNITS).map(([name, field]) => [name, sum(orders, field)])),
    },
  };
}

function count(rows: readonly Row[], fieldName: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) {
    const key = String(row[fieldName] ?? null);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** Exact: in hundredths, the finest step that these fields hold. */
function sum(rows: readonly Row[], fieldName: string): string {
  let hundredths = 0n;
  for (const row of rows) hundredths += inHundredths(row[fieldName] ?? 0);
  const size = hundredths < 0n ? -hundredths : hundredths;
  const fraction = (size % 100n).toString().padStart(2, '0').replace(/0+$/, '');
  return `${hundredths < 0n ? '-' : ''}${size / 100n}${fraction === '' ? '' : `.${fraction}`}`;
}

function inHundredths(value: Value): bigint {
  return BigInt(Number(value).toFixed(2).replace('.', ''));
}
