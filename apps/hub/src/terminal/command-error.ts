import { ConfigurationError } from '../configuration/problem.ts';

/** A failure that a person can mend: printed as sentences, without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Errors of our own packages whose messages are written for people. */
const SPEAKING = new Set(['JournalStartError', 'EmbeddedPostgresError']);

/** What the command line prints on a failure, and its exit code: 2 for a wrong configuration or call, else 1. */
export function describeFailure(error: unknown): { readonly text: string; readonly exitCode: number } {
  if (error instanceof ConfigurationError) return { text: error.message, exitCode: 2 };
  if (error instanceof CommandError) return { text: error.message, exitCode: error.exitCode };
  if (!(error instanceof Error)) return { text: String(error), exitCode: 1 };
  // The gateway says in its own words why it cannot listen, and keeps the system's error as the cause.
  const speaks = SPEAKING.has(error.name) || (error.cause as NodeJS.ErrnoException)?.syscall === 'listen';
  const text = speaks ? error.message : (explainSystemError(error) ?? error.stack ?? error.message);
  return { text, exitCode: 1 };
}

const BROKE_OFF =
  'The connection broke off: the other side, the database most likely, has just ended or is starting again. Try again in a moment.';
/** The PostgreSQL client's own errors of a server that went away have words and no code. */
const CLIENT_LOST =
  /^(Connection terminated|timeout exceeded when trying to connect|Client (has encountered a connection error|was closed) and is not queryable)/;

interface SystemError {
  readonly code?: string;
  readonly message?: string;
  readonly address?: string;
  readonly port?: number;
  readonly path?: string;
  readonly hostname?: string;
  readonly errors?: readonly SystemError[];
}

/** A system's or the database's error in a sentence with a remedy; undefined for those that only a developer can read. */
export function explainSystemError(error: unknown): string | undefined {
  // A name with several addresses fails with one error for each of them, and no words of its own.
  const { errors, ...whole } = error as SystemError;
  const { address, port, path, hostname, message = (error as Error).message } = errors?.[0] ?? whole;
  const { code = errors?.[0]?.code } = whole;
  const where = port === undefined ? (address ?? 'there') : `${address ?? ''}:${port}`;
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${address} is in use by another program. Stop it, or set gateway.port to another one (0 takes any free).`;
    case 'EACCES':
    case 'EPERM':
      return `${path ?? message}: no permission. Run as the user that owns it, or change its owner.`;
    case 'ENOSPC':
    case 'EDQUOT':
      return 'The disk is full. Free some space, then start again: nothing that was accepted is lost.';
    case 'ECONNREFUSED':
      return `Nothing listens on ${where}. Is the server up, and is the address right?`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The name ${hostname ?? address ?? ''} leads nowhere. Correct the address, or look at this machine’s DNS.`;
    case 'ECONNRESET':
    case 'EPIPE':
      return BROKE_OFF;
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `No answer from ${where}. Is the server up, and does a firewall let this machine through?`;
    default:
      return explainDatabaseError(code, message);
  }
}

/** By SQLSTATE, and by the codes that the client gives itself. */
function explainDatabaseError(code: string | undefined, message: string): string | undefined {
  switch (code) {
    case 'ERR_INVALID_URL':
      return 'The database address is none. Write database.url or DATABASE_URL as postgres://user:password@host:5432/name.';
    case '28P01':
    case '28000':
      return `The database refused the login: ${message}. Check user and password in DATABASE_URL.`;
    case '3D000':
      return `${message}. Create the database, or correct its name in DATABASE_URL.`;
    case '42501':
      return `The database refused it: ${message}. Grant the user of DATABASE_URL the right to create a schema.`;
    case '42P01':
    case '3F000':
      return 'The database holds no journal yet. Start the hub on it once (trunkline start), or correct DATABASE_URL.';
    case '53100':
      return 'The database server’s disk is full. Free some space there; nothing that was accepted is lost.';
    case '53300':
      return `The database takes no more connections: ${message}. Raise max_connections; a hub needs up to 14.`;
    case '57P01':
    case '57P02':
    case '57P03':
      return `The database is starting or shutting down: ${message}. Try again in a moment.`;
    default:
      return CLIENT_LOST.test(message) ? BROKE_OFF : undefined;
  }
}

/** For people where there is a sentence for them, else in its own words. */
export function sentenceOf(error: unknown): string {
  return explainSystemError(error) ?? (error instanceof Error ? error.message : String(error));
}
