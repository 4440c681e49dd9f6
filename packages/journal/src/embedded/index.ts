export { EmbeddedPostgresError, type EmbeddedPostgresErrorCode } from './errors.ts';
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  findRunningEmbedded,
  type PostmasterExit,
  startEmbeddedPostgres,
} from './supervisor.ts';
