export { MessageIntake } from './accept.ts';
export { attemptsOf, type DeliveryAttempt, type KeptExchange } from './audit/attempt-reader.ts';
export { ExchangeRecorder } from './audit/exchange-recorder.ts';
export {
  actionsOf,
  HUB_PART,
  type OperatorAction,
  type RecordedAction,
  recordAction,
} from './audit/operator-action.ts';
export { DEFAULT_MAX_BODY, type RedactionRules, Redactor } from './audit/redaction.ts';
export { CredentialTable, type KeptCredential } from './credential-table.ts';
export { openDatabase } from './database.ts';
export { Engine, type EngineOptions, type TargetHealth } from './engine.ts';
export { listNodes, type NodeList, type NodeRow } from './lease/node-list.ts';
export type { LeaseTrouble } from './lease/lease-trouble.ts';
export { NODE_ROLES, type NodeRole } from './lease/roles.ts';
export { DEFAULT_PARTITIONS, JournalStartError, migrate } from './migrate.ts';
export { partitionOf } from './partition.ts';
export { DEFAULT_RETENTION, type RetentionClass, type RetentionPolicy } from './retention/policy.ts';
export { notePollProgress, type PollProgress, readStreamLags, type StreamLag } from './poll-progress.ts';
export { dayOf, Retention, type RetentionReport } from './retention/retention.ts';
export { readSlices, type SizedSlice } from './retention/slices.ts';
export { SystemExceptions, systemKey } from './system-exceptions.ts';
export { noteServer, readServers } from './system-servers.ts';
export { type JobRun, type Schedule, type ScheduledJob, ScheduleError } from './schedule/job.ts';
export { type JobRow, listJobs } from './schedule/job-list.ts';
export { Scheduler, type SchedulerOptions } from './schedule/scheduler.ts';
export type { ErrandTurn } from './deliver/target-gate.ts';
export type { TargetPolicy } from './deliver/target-runner.ts';
export type { BulkRow, NewBulk } from './bulk/bulk-operation.ts';
export { BulkDesk, type BulkItemRow, type Previewed } from './bulk/bulk-desk.ts';
export type { ItemDifferences, JudgeEdit } from './bulk/bulk-edit.ts';
export { CaseWorker } from './bulk/case-worker.ts';
export {
  addMapping,
  listMappings,
  listWaitedFor,
  type MappingRow,
  MappingTable,
  type WaitedForWord,
} from './mapping/mapping-table.ts';
export { reconsiderRoutes } from './mapping/mend-mapped.ts';
export {
  CaseDesk,
  type CaseFilter,
  type CaseRow,
  type CaseSort,
  type CaseStatus,
} from './cases/case-desk.ts';
export { countOpenExceptions, countStages } from './threads/counts.ts';
export {
  type ExceptionDetail,
  ExceptionDesk,
  type ExceptionFilter,
  type ExceptionRow,
  type ExceptionStatus,
} from './threads/exception-desk.ts';
export { type OpenState, readOpenStates } from './threads/open-states.ts';
export {
  type FoundThread,
  type StoredIdentifier,
  type ThreadDelivery,
  type ThreadMessage,
  ThreadReader,
  type ThreadRow,
} from './threads/thread-reader.ts';
export { type WaitingCount, WaitingCounts } from './threads/waiting-counts.ts';
export { TargetDesk, type TargetRow } from './deliver/target-desk.ts';
