/** What kept the embedded server from starting, for callers that choose an exit code or a hint by it. */
export type EmbeddedPostgresErrorCode =
  | 'UNSUPPORTED_PLATFORM'
  | 'BINARIES_MISSING'
  | 'BINARIES_READ_ONLY'
  | 'OTHER_MAJOR_VERSION'
  | 'NOT_A_DATA_DIRECTORY'
  | 'PASSWORD_MISSING'
  | 'PASSWORD_REFUSED'
  | 'PORT_IN_USE'
  | 'DISK_FULL'
  | 'PERMISSION'
  | 'ROOT_CANNOT_BE_DROPPED'
  | 'NO_ACCOUNT'
  | 'START_TIMEOUT'
  | 'START_FAILED';

/** The message is a sentence for the operator: situation, cause, remedy. `code` is stable. */
export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedPostgresErrorCode;

  constructor(code: EmbeddedPostgresErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'EmbeddedPostgresError';
    this.code = code;
  }
}

export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** A filesystem failure below `path` as a sentence; anything else is passed on unchanged. */
export function explainFileError(error: unknown, path: string): unknown {
  switch (errnoOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new EmbeddedPostgresError(
        'DISK_FULL',
        `The embedded PostgreSQL can't write below ${path}: the disk is full. Free some space there (1 GB is comfortable) and start again; nothing that was committed is lost.`,
        { cause: error },
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new EmbeddedPostgresError(
        'PERMISSION',
        `The embedded PostgreSQL can't use ${path}: the current user may not write there. Start as the user who owns that folder, or choose another state folder.`,
        { cause: error },
      );
    default:
      return error;
  }
}
