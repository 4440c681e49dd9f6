import { type FieldDefinition, field, lookup, type ObjectDefinition, object, text } from './schema.ts';

const CURRENCIES = [
  'USD',
  'EUR',
  'GBP',
  'CAD',
  'MXN',
  'BRL',
  'ARS',
  'CHF',
  'SEK',
  'NOK',
  'DKK',
  'PLN',
  'CZK',
  'AUD',
  'JPY',
  'CNY',
  'INR',
];

const currency = (): FieldDefinition =>
  field('CurrencyIsoCode', 'picklist', {
    label: 'Currency ISO Code',
    length: 3,
    restricted: true,
    values: CURRENCIES,
  });

const address = (kind: 'Billing' | 'Shipping' | 'Mailing'): FieldDefinition[] => [
  field(`${kind}Street`, 'textarea', { length: 255 }),
  text(`${kind}City`, 40),
  text(`${kind}State`, 80),
  text(`${kind}PostalCode`, 20),
  text(`${kind}Country`, 80),
  text(`${kind}CountryCode`, 10),
];

const STAGES = [
  'Prospecting',
  'Qualification',
  'Needs Analysis',
  'Value Proposition',
  'Id. Decision Makers',
  'Perception Analysis',
  'Proposal/Price Quote',
  'Negotiation/Review',
  'Closed Won',
  'Closed Lost',
] as const;

const account = object(
  'Account',
  '001',
  { label: 'Account', labelPlural: 'Accounts' },
  [
    text('Name', 255, { label: 'Account Name', required: true }),
    text('AccountNumber', 40),
    lookup('ParentId', 'Account'),
    field('Phone', 'phone', { length: 40 }),
    field('Website', 'url', { length: 255 }),
    field('Description', 'textarea', { length: 32_000 }),
    ...address('Billing'),
    ...address('Shipping'),
    currency(),
    // External but not unique: an org's own choice, and the way to meet HTTP 300.
    text('Customer_External_Id__c', 80, { externalId: true }),
  ],
  [
    { relationshipName: 'Contacts', childSObject: 'Contact', field: 'AccountId' },
    { relationshipName: 'Opportunities', childSObject: 'Opportunity', field: 'AccountId' },
    { relationshipName: 'ChildAccounts', childSObject: 'Account', field: 'ParentId' },
  ],
);

const contact = object('Contact', '003', { label: 'Contact', labelPlural: 'Contacts' }, [
  lookup('AccountId', 'Account'),
  text('FirstName', 40),
  text('LastName', 80, { required: true }),
  field('Email', 'email', { length: 80 }),
  field('Phone', 'phone', { length: 40 }),
  ...address('Mailing'),
  currency(),
]);

const product = object('Product2', '01t', { label: 'Product', labelPlural: 'Products' }, [
  text('Name', 255, { label: 'Product Name', required: true }),
  text('ProductCode', 255),
  field('Description', 'textarea', { length: 4000 }),
  field('IsActive', 'boolean'),
  currency(),
]);

const pricebook = object('Pricebook2', '01s', { label: 'Price Book', labelPlural: 'Price Books' }, [
  text('Name', 255, { required: true }),
  field('IsActive', 'boolean'),
  field('IsStandard', 'boolean', { writable: false }),
]);

const pricebookEntry = object(
  'PricebookEntry',
  '01u',
  { label: 'Price Book Entry', labelPlural: 'Price Book Entries' },
  [
    lookup('Pricebook2Id', 'Pricebook2', { required: true, insertOnly: true }),
    lookup('Product2Id', 'Product2', { required: true, insertOnly: true }),
    field('UnitPrice', 'currency', { required: true }),
    field('IsActive', 'boolean'),
    currency(),
  ],
);

const opportunity = object(
  'Opportunity',
  '006',
  { label: 'Opportunity', labelPlural: 'Opportunities' },
  [
    lookup('AccountId', 'Account'),
    text('Name', 120, { required: true }),
    field('Description', 'textarea', { length: 32_000 }),
    field('StageName', 'picklist', { label: 'Stage', length: 255, required: true, values: STAGES }),
    field('Amount', 'currency'),
    field('Probability', 'percent', { writable: false }),
    field('CloseDate', 'date', { required: true }),
    field('IsClosed', 'boolean', { label: 'Closed', writable: false }),
    field('IsWon', 'boolean', { label: 'Won', writable: false }),
    field('HasOpportunityLineItem', 'boolean', { label: 'Has Line Item', writable: false }),
    lookup('Pricebook2Id', 'Pricebook2'),
    currency(),
    text('Demand_Id__c', 80, { externalId: true, unique: true }),
    text('Customer_PO__c', 80),
    field('Requested_Ship_Date__c', 'date'),
    field('Backorder_Policy__c', 'picklist', {
      length: 255,
      restricted: true,
      values: ['Backorder', 'Cancel'],
    }),
    field('Channel__c', 'picklist', { length: 255, values: ['Sales', 'Partner', 'Web', 'EDI'] }),
    text('Ship_Method__c', 80),
  ],
  [
    { relationshipName: 'OpportunityLineItems', childSObject: 'OpportunityLineItem', field: 'OpportunityId' },
    { relationshipName: 'Trunkline_Orders__r', childSObject: 'Trunkline_Order__c', field: 'Opportunity__c' },
  ],
);

const opportunityLineItem = object(
  'OpportunityLineItem',
  '00k',
  { label: 'Opportunity Product', labelPlural: 'Opportunity Products' },
  [
    lookup('OpportunityId', 'Opportunity', { required: true, insertOnly: true }),
    lookup('PricebookEntryId', 'PricebookEntry', { insertOnly: true }),
    lookup('Product2Id', 'Product2', { insertOnly: true }),
    text('ProductCode', 255, { writable: false }),
    text('Name', 376, { writable: false }),
    field('Quantity', 'double', { required: true }),
    field('UnitPrice', 'currency', { label: 'Sales Price' }),
    field('TotalPrice', 'currency', { writable: false }),
    field('Discount', 'percent'),
    text('Description', 255),
    field('SortOrder', 'int'),
    field('ServiceDate', 'date'),
  ],
);

const trunklineOrder = object(
  'Trunkline_Order__c',
  'a00',
  { label: 'Trunkline Order', labelPlural: 'Trunkline Orders' },
  [
    text('Name', 80),
    text('Trunkline_Id__c', 80, { externalId: true, unique: true }),
    lookup('Opportunity__c', 'Opportunity'),
    text('Status__c', 40),
    field('Reason__c', 'textarea', { length: 32_768 }),
    text('Order_Number__c', 80),
    field('Tracking_Numbers__c', 'textarea', { length: 32_768 }),
    field('Units_Ordered__c', 'double'),
    field('Units_Shipped__c', 'double'),
    field('Units_Backordered__c', 'double'),
    field('Units_Cancelled__c', 'double'),
    field('Updated_At__c', 'datetime'),
  ],
);

const user = object('User', '005', { label: 'User', labelPlural: 'Users' }, [
  text('Username', 80, { required: true }),
  text('Name', 121, { writable: false }),
  text('LastName', 80, { required: true }),
  field('Email', 'email', { length: 128 }),
]);

export const OBJECTS: readonly ObjectDefinition[] = [
  account,
  contact,
  product,
  pricebook,
  pricebookEntry,
  opportunity,
  opportunityLineItem,
  trunklineOrder,
  user,
];

const BY_NAME = new Map(OBJECTS.map((known) => [known.name.toLowerCase(), known]));
const BY_PREFIX = new Map(OBJECTS.map((known) => [known.keyPrefix, known]));

export function objectNamed(name: string): ObjectDefinition | undefined {
  return BY_NAME.get(name.toLowerCase());
}

/** The object that a record id belongs to, by its first three characters. */
export function objectOfId(id: string): ObjectDefinition | undefined {
  return BY_PREFIX.get(id.slice(0, 3));
}
