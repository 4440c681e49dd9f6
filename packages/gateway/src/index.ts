export type {
  CredentialKind,
  CredentialRecord,
  CredentialRows,
  CredentialStore,
  Session,
} from './authentication/credential-store.ts';
export {
  createFirstCredentials,
  type NewCredentials,
  renewCredentials,
} from './authentication/first-credentials.ts';
export { storedCredentials } from './authentication/stored-credentials.ts';
export { createGateway, type GatewayOptions } from './gateway.ts';
export type { Gateway } from './listen.ts';
export { createProbes } from './probes.ts';
export type { ThreadAttempts } from './operations/attempts.ts';
export type {
  Bulk,
  BulkDetail,
  Case,
  CaseDetail,
  ExceptionDetail,
  Mapping,
  MappingPage,
  NewBulk,
  NewMapping,
  ReplayChoices,
} from './operations/cases-contract.ts';
export type { BulkAnswer, CaseOperations, CaseQuery, Edited, Mapped } from './operations/cases-port.ts';
export * from './operations/contract.ts';
export * from './operations/port.ts';
export type { NodePage } from './operations/nodes.ts';
export type { TargetHold, TargetState } from './operations/targets.ts';
