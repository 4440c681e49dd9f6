import { insert, type Input, update } from './dml.ts';
import { RefusedRecord } from './fault-answer.ts';
import { objectNamed } from './objects.ts';
import type { Org, Row } from './org.ts';
import type { ObjectDefinition } from './schema.ts';
import { asText, convert } from './values.ts';

export interface SeedInput {
  /** Account fields; `externalId` is short for Customer_External_Id__c. */
  accounts?: Input[];
  /** Product2 fields, by ProductCode; `unitPrice` makes the standard price book entry. */
  products?: Input[];
  /** Opportunity fields; `externalId` is short for Demand_Id__c, `accountExternalId` names the account. */
  opportunities?: (Input & { lines?: SeedLine[] })[];
}

export interface SeedLine {
  productCode?: string | null;
  quantity?: unknown;
  unitPrice?: unknown;
  description?: string | null;
  discount?: unknown;
}

export interface SeedCount {
  created: number;
  updated: number;
  unchanged: number;
}

export interface SeedReport {
  accounts: SeedCount;
  products: SeedCount;
  opportunities: SeedCount;
  lines: number;
  refused: { object: string; externalId: string; errors: { code: string; message: string }[] }[];
}

/**
 * Fills the org in one go, past OAuth and limits. Each record is inserted by the same rules as through the API;
 * a record that is there with the same content stays untouched, so that seeding again wakes no poller.
 */
export class Seeding {
  readonly #org: Org;
  readonly #report: SeedReport = {
    accounts: { created: 0, updated: 0, unchanged: 0 },
    products: { created: 0, updated: 0, unchanged: 0 },
    opportunities: { created: 0, updated: 0, unchanged: 0 },
    lines: 0,
    refused: [],
  };

  constructor(org: Org) {
    this.#org = org;
  }

  run({ accounts = [], products = [], opportunities = [] }: SeedInput): SeedReport {
    for (const account of accounts) this.#guard('Account', account, () => this.#account(account));
    for (const product of products) this.#guard('Product2', product, () => this.#product(product));
    for (const opportunity of opportunities) {
      this.#guard('Opportunity', opportunity, () => this.#opportunity(opportunity));
    }
    return this.#report;
  }

  /** A refused record leaves nothing behind: an opportunity without some of its lines would be another order. */
  #guard(object: string, input: Input, work: () => void): void {
    const { accounts, products, opportunities, lines } = this.#report;
    const before = structuredClone({ accounts, products, opportunities, lines });
    try {
      this.#org.transaction(work);
    } catch (error) {
      if (!(error instanceof RefusedRecord)) throw error;
      Object.assign(this.#report, before);
      const externalId = asText(input['externalId'] ?? input['ProductCode'] ?? input['Demand_Id__c']);
      const errors = error.faults.map(({ code, message }) => ({ code, message }));
      this.#report.refused.push({ object, externalId, errors });
    }
  }

  #account({ externalId, ...fields }: Input): void {
    const input = { ...fields, Customer_External_Id__c: externalId ?? fields['Customer_External_Id__c'] };
    this.#upsert('Account', 'Customer_External_Id__c', input, this.#report.accounts);
  }

  #product({ unitPrice, ...fields }: Input): void {
    const input = { Name: fields['ProductCode'], IsActive: true, ...fields };
    const id = this.#upsert('Product2', 'ProductCode', input, this.#report.products);
    if (unitPrice !== undefined) this.#price(id, unitPrice);
  }

  #price(productId: string, unitPrice: unknown): void {
    if (this.#org.table('PricebookEntry').withValue('Product2Id', productId).length > 0) return;
    const standard = this.#org.table('Pricebook2').byStamp[0]?.['Id'];
    insert(this.#org, known('PricebookEntry'), {
      Pricebook2Id: standard,
      Product2Id: productId,
      UnitPrice: unitPrice,
      IsActive: true,
    });
  }

  #opportunity({
    externalId,
    accountExternalId,
    lines = [],
    ...fields
  }: Input & { lines?: SeedLine[] }): void {
    const key = asText(externalId ?? fields['Demand_Id__c']);
    const account = this.#org
      .table('Account')
      .withValue('Customer_External_Id__c', asText(accountExternalId))[0];
    const input: Input = {
      Name: key.slice(0, 120),
      StageName: 'Closed Won',
      CloseDate: new Date().toISOString().slice(0, 10),
      ...fields,
      Demand_Id__c: key,
      ...(account ? { AccountId: account['Id'] } : {}),
    };
    const existing = this.#org.table('Opportunity').withValue('Demand_Id__c', key)[0];
    if (existing && fields['CloseDate'] === undefined) delete input['CloseDate'];
    const counts = this.#report.opportunities;
    const before = { ...counts };
    const id = this.#upsert('Opportunity', 'Demand_Id__c', input, counts);
    const wanted = lines.map((line, at) => this.#lineInput(id, line, at));
    if (existing && this.#sameLines(id, wanted)) return;
    if (existing) {
      counts.updated = before.updated + 1;
      counts.unchanged = before.unchanged;
      for (const { Id } of this.#linesOf(id)) this.#org.remove('OpportunityLineItem', String(Id));
    }
    const definition = known('OpportunityLineItem');
    for (const line of wanted) insert(this.#org, definition, line);
    this.#report.lines += wanted.length;
  }

  #lineInput(opportunityId: string, line: SeedLine, at: number): Input {
    return {
      OpportunityId: opportunityId,
      Product2Id: this.#productFor(line),
      Quantity: line.quantity,
      UnitPrice: line.unitPrice ?? 0,
      Description: line.description?.slice(0, 255) ?? null,
      SortOrder: at + 1,
      ...(line.discount === undefined ? {} : { Discount: line.discount }),
    };
  }

  /** An unknown code gets a product of its own, as a real org with dirty data holds one; no code, one named so. */
  #productFor({ productCode, description }: SeedLine): string {
    const code = (productCode ?? '').trim();
    const known = this.#org.table('Product2').withValue('ProductCode', code === '' ? '(none)' : code)[0];
    if (known) return String(known['Id']);
    const input = {
      ProductCode: code === '' ? '(none)' : code,
      Name: (description ?? '').trim() || code || '(none)',
      IsActive: true,
    };
    return this.#upsert('Product2', 'ProductCode', input, this.#report.products);
  }

  #linesOf(opportunityId: string): Row[] {
    const lines = this.#org.table('OpportunityLineItem').withValue('OpportunityId', opportunityId);
    return lines.sort((a, b) => Number(a['SortOrder'] ?? 0) - Number(b['SortOrder'] ?? 0));
  }

  #sameLines(opportunityId: string, wanted: Input[]): boolean {
    const lines = this.#linesOf(opportunityId);
    return (
      lines.length === wanted.length &&
      wanted.every((line, at) => holds(known('OpportunityLineItem'), lines[at], line))
    );
  }

  #upsert(objectName: string, keyField: string, input: Input, counts: SeedCount): string {
    const definition = known(objectName);
    const existing = this.#org.table(objectName).withValue(keyField, asText(input[keyField]))[0];
    if (!existing) {
      const id = insert(this.#org, definition, input);
      counts.created += 1;
      return id;
    }
    const id = String(existing['Id']);
    if (holds(definition, existing, input)) {
      counts.unchanged += 1;
      return id;
    }
    update(this.#org, definition, id, input);
    counts.updated += 1;
    return id;
  }
}

/** True when the row already has each given value, as it would be stored. */
function holds(definition: ObjectDefinition, row: Row | undefined, input: Input): boolean {
  return Object.entries(input).every(([name, given]) => {
    const field = definition.byName.get(name.toLowerCase());
    if (!field || !row) return false;
    const converted = convert(field, given ?? null);
    return (
      'value' in converted &&
      converted.value === (row[field.name] ?? (field.type === 'boolean' ? false : null))
    );
  });
}

function known(objectName: string): ObjectDefinition {
  const definition = objectNamed(objectName);
  if (!definition) throw new Error(`The org has no object ${objectName}.`);
  return definition;
}
