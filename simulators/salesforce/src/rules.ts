import { RefusedRecord, recordFault } from './fault-answer.ts';
import type { Org, Row } from './org.ts';
import type { ObjectDefinition } from './schema.ts';

/** Fields that the platform works out before a row is saved. */
export function derive(org: Org, { name }: ObjectDefinition, row: Row): Row {
  if (name === 'Opportunity') return stageFields(String(row['StageName']));
  if (name === 'OpportunityLineItem') return lineFields(org, row);
  if (name === 'User') return { Name: row['LastName'] ?? null };
  return {};
}

/** What a saved or deleted row changes in others. */
export function afterChange(org: Org, { name }: ObjectDefinition, row: Row): void {
  if (name === 'OpportunityLineItem') rollUp(org, String(row['OpportunityId']));
}

function stageFields(stage: string): Row {
  const won = stage === 'Closed Won';
  const closed = won || stage === 'Closed Lost';
  return { IsWon: won, IsClosed: closed, Probability: won ? 100 : closed ? 0 : 50 };
}

function lineFields(org: Org, row: Row): Row {
  const entry = org.row('PricebookEntry', row['PricebookEntryId'] ?? null);
  const product = org.row('Product2', row['Product2Id'] ?? entry?.['Product2Id'] ?? null);
  if (!product) {
    const message = 'field integrity exception: PricebookEntryId (pricebook entry has not been specified)';
    throw new RefusedRecord(recordFault('FIELD_INTEGRITY_EXCEPTION', message, ['PricebookEntryId']));
  }
  const price = row['UnitPrice'] ?? entry?.['UnitPrice'] ?? null;
  if (price === null) {
    throw new RefusedRecord(
      recordFault('REQUIRED_FIELD_MISSING', 'Required fields are missing: [UnitPrice]', ['UnitPrice']),
    );
  }
  const discount = Number(row['Discount'] ?? 0);
  const total = Number(row['Quantity']) * Number(price) * (1 - discount / 100);
  return {
    Product2Id: product['Id'] ?? null,
    ProductCode: product['ProductCode'] ?? null,
    Name: product['Name'] ?? null,
    UnitPrice: price,
    TotalPrice: Number(total.toFixed(2)),
  };
}

/** An opportunity with lines is worth what they are worth, and counts as changed when they change. */
function rollUp(org: Org, opportunityId: string): void {
  if (!org.row('Opportunity', opportunityId)) return;
  const lines = org.table('OpportunityLineItem').withValue('OpportunityId', opportunityId);
  const cents = lines.reduce((sum, line) => sum + Math.round(Number(line['TotalPrice'] ?? 0) * 100), 0);
  org.update('Opportunity', opportunityId, {
    HasOpportunityLineItem: lines.length > 0,
    ...(lines.length > 0 ? { Amount: cents / 100 } : {}),
  });
}
