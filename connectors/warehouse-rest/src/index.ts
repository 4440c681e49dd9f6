export { type WarehouseRestConfig, WarehouseRestConfigSchema } from './config.ts';
export { createWarehouseRestConnector, type WarehouseRestDependencies } from './connector.ts';
export { WAREHOUSE_DOCUMENTS } from './translators/event-documents.ts';
