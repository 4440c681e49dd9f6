export { type WarehouseRestConfig, WarehouseRestConfigSchema } from './config.ts';
export { createWarehouseRestConnector, type WarehouseRestDependencies } from './connector.ts';
