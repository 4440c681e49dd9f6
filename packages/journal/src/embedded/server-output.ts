import { EmbeddedPostgresError } from './errors.ts';

const LAST_LINES = 6;

/** PostgreSQL's own words for the failures that an operator can mend (its messages under LC_ALL=C). */
export function explainServerOutput(output: string, dataDir: string, cause?: unknown): EmbeddedPostgresError {
  const tail = output.trim().split('\n').slice(-LAST_LINES).join('\n');
  const because = cause === undefined ? undefined : { cause };
  if (/No space left on device|Disk quota exceeded|Check free disk space/.test(output)) {
    return new EmbeddedPostgresError(
      'DISK_FULL',
      `The embedded PostgreSQL can't start: the disk that holds ${dataDir} (or /dev/shm) is full. Free some space (1 GB is comfortable) and start again; nothing that was committed is lost.\n${tail}`,
      because,
    );
  }
  if (/Address already in use/.test(output)) {
    return new EmbeddedPostgresError(
      'PORT_IN_USE',
      `The embedded PostgreSQL can't start: another program took its port in the same moment. Start again, or choose a port.\n${tail}`,
      because,
    );
  }
  if (/Permission denied|has wrong ownership|has invalid permissions/.test(output)) {
    return new EmbeddedPostgresError(
      'PERMISSION',
      `The embedded PostgreSQL can't start: its files in ${dataDir} belong to another user or have changed permissions. Start as the user who owns them, or give them back to that user (mode 0700).\n${tail}`,
      because,
    );
  }
  if (/could not look up effective user ID/.test(output)) {
    return new EmbeddedPostgresError(
      'NO_ACCOUNT',
      `The embedded PostgreSQL can't start: the current user has no entry in the machine's account list (/etc/passwd), and PostgreSQL asks for one. Add one, or name another server in DATABASE_URL.\n${tail}`,
      because,
    );
  }
  return new EmbeddedPostgresError(
    'START_FAILED',
    `The embedded PostgreSQL did not start. Its last words:\n${tail === '' ? '(none)' : tail}`,
    because,
  );
}
