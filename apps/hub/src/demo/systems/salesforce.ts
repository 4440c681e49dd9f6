import { setTimeout as pause } from 'node:timers/promises';
import { parseDecimal } from '@trunkline/canonical';
import type { CrmOrder, CrmStatus } from '../accounting/snapshot.ts';
import type { DemandCustomer, DemandOrder, DemandProduct } from '../demand/demand.ts';
import { DemoFailure } from '../failure.ts';
import { call, excerpt, fetchJson } from './http.ts';

const VERSION = 'v66.0';
/** The demo company keeps its books in one currency, whatever the source's was. */
const CURRENCY = 'USD';

export interface CrmSummary {
  readonly won: number;
  /** Orders by the status that came back. */
  readonly byStatus: Readonly<Record<string, number>>;
  readonly unitsShipped: string;
}

type Row = Readonly<Record<string, unknown>>;

/** The simulated Salesforce as the demo's salespeople use it: masters and won deals in, the books out. */
export class DemoCrm {
  readonly #url: string;
  readonly #client: { readonly id: string; readonly secret: string };
  #token: string | undefined;
  #namelessProduct: string | undefined;

  constructor(url: string, client: { readonly id: string; readonly secret: string }) {
    this.#url = url;
    this.#client = client;
  }

  async seedMasters(customers: readonly DemandCustomer[], products: readonly DemandProduct[]): Promise<void> {
    await this.#seed({
      accounts: customers.map(accountOf),
      products: products.map(({ sku, name, price }) => ({
        ProductCode: sku,
        Name: name.slice(0, 255),
        unitPrice: Number(price),
        CurrencyIsoCode: CURRENCY,
      })),
    });
  }

  /**
   * Opens the deals as won; one that is there already stays as it is. A line without a product is put in by the REST API with the deal
   * still open, because the seed interface would give it a product.
   */
  async winDeals(orders: readonly DemandOrder[]): Promise<void> {
    const nameless = orders.filter(({ lines }) => lines.some(({ sku }) => sku === ''));
    const opportunities = orders.map((order) =>
      dealOf(order, nameless.includes(order) ? 'Negotiation/Review' : 'Closed Won'),
    );
    await this.#seed({ opportunities });
    for (const order of nameless) await patiently(() => this.#addNamelessLines(order));
  }

  async summary(): Promise<CrmSummary> {
    const body = await fetchJson<{
      opportunities: { won: number };
      trunklineOrders: { byStatus: Record<string, number>; units: { shipped: string } };
    }>({ method: 'GET', url: `${this.#url}/_sim/summary` });
    const { byStatus, units } = body.trunklineOrders;
    return { won: body.opportunities.won, byStatus, unitsShipped: units.shipped };
  }

  /** Every won deal with its account, lines and status, read by SOQL like any other client. */
  async orders(): Promise<CrmOrder[]> {
    const address = ['Street', 'City', 'Country'].flatMap((field) => [
      `Account.Shipping${field}`,
      `Account.Billing${field}`,
    ]);
    const deals = await this.#query(
      `SELECT Id, Name, Customer_PO__c, AccountId, Account.Name, ${address.join(', ')}, ` +
        '(SELECT Product2.ProductCode, Quantity, UnitPrice FROM OpportunityLineItems ORDER BY SortOrder) ' +
        'FROM Opportunity WHERE IsWon = true ORDER BY Id',
    );
    const statuses = Map.groupBy(
      await this.#query(
        'SELECT Id, Opportunity__c, Trunkline_Id__c, Status__c, Reason__c, Units_Shipped__c, Units_Backordered__c, Units_Cancelled__c FROM Trunkline_Order__c',
      ),
      (row) => text(row['Opportunity__c']) || text(row['Trunkline_Id__c']).replace(/^so_/, ''),
    );
    return deals.map((deal) => orderOf(deal, statuses.get(text(deal['Id'])) ?? []));
  }

  /** Milliseconds from a deal's close to its last status, one entry an order that has one; in whole seconds, as the CRM keeps them. */
  async threadTimes(): Promise<number[]> {
    const rows = await this.#query(
      'SELECT Opportunity__r.CreatedDate, LastModifiedDate FROM Trunkline_Order__c',
    );
    return rows.flatMap((row) => {
      const from = Date.parse(text((row['Opportunity__r'] as Row | null)?.['CreatedDate']));
      const until = Date.parse(text(row['LastModifiedDate']));
      return Number.isNaN(until - from) ? [] : [until - from];
    });
  }

  async #addNamelessLines(order: DemandOrder): Promise<void> {
    const [deal] = await this.#query(
      `SELECT Id, IsWon FROM Opportunity WHERE Demand_Id__c = '${order.id.replaceAll(/['\\]/g, '\\$&')}'`,
    );
    if (deal === undefined || deal['IsWon'] === true) return;
    this.#namelessProduct ??= await this.#nameless();
    // An answer may be lost after its commit: what is there is not put in again.
    const there = await this.#query(
      `SELECT SortOrder FROM OpportunityLineItem WHERE OpportunityId = '${text(deal['Id'])}'`,
    );
    for (const [at, line] of order.lines.entries()) {
      if (line.sku !== '' || there.some((row) => row['SortOrder'] === at + 1)) continue;
      await this.#rest('POST', '/sobjects/OpportunityLineItem', {
        OpportunityId: deal['Id'],
        Product2Id: this.#namelessProduct,
        Quantity: Number(line.quantity),
        UnitPrice: Number(line.unitPrice),
        Description: line.description,
        SortOrder: at + 1,
      });
    }
    await this.#rest('PATCH', `/sobjects/Opportunity/${text(deal['Id'])}`, { StageName: 'Closed Won' });
  }

  /** A product that nobody gave a code, as real orgs hold them. */
  async #nameless(): Promise<string> {
    const [known] = await this.#query("SELECT Id FROM Product2 WHERE Name = 'To be named'");
    if (known !== undefined) return text(known['Id']);
    const made = (await this.#rest('POST', '/sobjects/Product2', {
      Name: 'To be named',
      IsActive: true,
    })) as { id: string };
    return made.id;
  }

  async #seed(input: Record<string, unknown>): Promise<void> {
    const report = await fetchJson<{
      refused: { object: string; externalId: string; errors: { message: string }[] }[];
    }>({
      method: 'POST',
      url: `${this.#url}/_sim/seed`,
      json: input,
    });
    const [refused] = report.refused;
    if (refused === undefined) return;
    const why = refused.errors.map(({ message }) => message).join('; ');
    throw new DemoFailure(
      `The CRM refused ${refused.object} ${refused.externalId}: ${why}. Correct the input.`,
      1,
    );
  }

  async #query(soql: string): Promise<Row[]> {
    const rows: Row[] = [];
    let path: string | undefined = `/services/data/${VERSION}/query?q=${encodeURIComponent(soql)}`;
    while (path !== undefined) {
      const page = (await this.#send('GET', path)) as { records: Row[]; nextRecordsUrl?: string };
      rows.push(...page.records);
      path = page.nextRecordsUrl;
    }
    return rows;
  }

  #rest(method: 'POST' | 'PATCH', path: string, body: unknown): Promise<unknown> {
    return this.#send(method, `/services/data/${VERSION}${path}`, body);
  }

  async #send(method: 'GET' | 'POST' | 'PATCH', path: string, json?: unknown): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
      this.#token ??= await this.#logIn();
      const headers = { authorization: `Bearer ${this.#token}` };
      const answer = await call({
        method,
        url: this.#url + path,
        headers,
        ...(json === undefined ? {} : { json }),
      });
      if (answer.status < 300) return answer.body;
      if (answer.status !== 401 || attempt === 2) {
        throw new DemoFailure(
          `The CRM refused ${method} ${path.slice(0, 80)}: HTTP ${answer.status} ${excerpt(answer.body)}`,
          1,
        );
      }
      this.#token = undefined;
    }
  }

  async #logIn(): Promise<string> {
    const { id, secret } = this.#client;
    const answer = await fetchJson<{ access_token: string }>({
      method: 'POST',
      url: `${this.#url}/services/oauth2/token`,
      form: { grant_type: 'client_credentials', client_id: id, client_secret: secret },
    });
    return answer.access_token;
  }
}

const PATIENCE_ATTEMPTS = 20;
const BUSY = /UNABLE_TO_LOCK_ROW|REQUEST_LIMIT_EXCEEDED/;

/** Again while the CRM says that it is busy; the work must be safe to repeat. */
async function patiently(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DemoFailure) || !BUSY.test(error.message) || attempt === PATIENCE_ATTEMPTS)
        throw error;
      await pause(100 * attempt);
    }
  }
}

function accountOf({ id, name, phone, address }: DemandCustomer): Record<string, unknown> {
  const place = (kind: string) => ({
    [`${kind}Street`]: address.street,
    [`${kind}City`]: address.city.slice(0, 40),
    [`${kind}State`]: address.region ?? null,
    [`${kind}PostalCode`]: address.postalCode ?? null,
    [`${kind}Country`]: address.country,
  });
  return {
    externalId: id,
    Name: name.slice(0, 255),
    AccountNumber: id,
    Phone: phone?.slice(0, 40) ?? null,
    ...place('Billing'),
    ...place('Shipping'),
    CurrencyIsoCode: CURRENCY,
  };
}

function dealOf(order: DemandOrder, stage: string): Record<string, unknown> {
  return {
    externalId: order.id,
    ...(order.customerId === undefined ? {} : { accountExternalId: order.customerId }),
    Name: order.customerPo,
    StageName: stage,
    CloseDate: order.date,
    CurrencyIsoCode: CURRENCY,
    Customer_PO__c: order.customerPo,
    Requested_Ship_Date__c: order.requestedShipDate ?? null,
    Backorder_Policy__c: order.backorderPolicy === 'cancel' ? 'Cancel' : 'Backorder',
    Channel__c: 'Sales',
    ...(order.shipMethod === undefined ? {} : { Ship_Method__c: order.shipMethod }),
    lines: order.lines
      .filter(({ sku }) => sku !== '')
      .map(({ sku, description, quantity, unitPrice, discountPercent }) => ({
        productCode: sku,
        quantity: Number(quantity),
        unitPrice: Number(unitPrice),
        description,
        ...(discountPercent === undefined ? {} : { discount: Number(discountPercent) }),
      })),
  };
}

function orderOf(deal: Row, statuses: readonly Row[]): CrmOrder {
  const account = deal['Account'] as Row | null;
  const lines = (deal['OpportunityLineItems'] as { records: Row[] } | null)?.records ?? [];
  const place = (field: string) => text(account?.[`Shipping${field}`]) || text(account?.[`Billing${field}`]);
  const [status] = statuses;
  return {
    order: text(deal['Id']),
    title: text(deal['Customer_PO__c']) || text(deal['Name']),
    ...(account === null
      ? {}
      : {
          account: {
            name: text(account['Name']),
            street: place('Street'),
            city: place('City'),
            country: place('Country'),
          },
        }),
    lines: lines.map((line) => ({
      sku: text((line['Product2'] as Row | null)?.['ProductCode']),
      quantity: decimal(line['Quantity']),
      unitPrice: decimal(line['UnitPrice']),
    })),
    ...(status === undefined ? {} : { status: statusOf(status) }),
    statusRecords: statuses.length,
  };
}

function statusOf(row: Row): CrmStatus {
  const reason = text(row['Reason__c']);
  return {
    status: text(row['Status__c']),
    ...(reason === '' ? {} : { reason }),
    unitsShipped: decimal(row['Units_Shipped__c']),
    unitsBackordered: decimal(row['Units_Backordered__c']),
    unitsCancelled: decimal(row['Units_Cancelled__c']),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function decimal(value: unknown): string {
  return parseDecimal(typeof value === 'number' || typeof value === 'string' ? value : undefined) ?? '0';
}
