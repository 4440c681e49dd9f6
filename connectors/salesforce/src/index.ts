export { type SalesforceConfig, SalesforceConfigSchema } from './config.ts';
export { createSalesforceConnector, type SalesforceDependencies } from './connector.ts';
