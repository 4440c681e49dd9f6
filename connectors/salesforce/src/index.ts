export { type SalesforceConfig, SalesforceConfigSchema } from './config.ts';
export { createSalesforceConnector, SALESFORCE_DOCUMENTS, type SalesforceDependencies } from './connector.ts';
export { countryCode } from './translators/country-code.ts';
