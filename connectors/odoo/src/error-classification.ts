import { OdooError } from './errors.ts';
import type { Failure, Rejected, Unknown } from './outcome.ts';
import { rejected } from './outcome.ts';

/**
 * Decides by consequence what a failed call means. Pure.
 *
 * The exception's `name` decides, never the status alone: on JSON-2 an unknown field or a bad date is a 500
 * and stays one, and a 404 is a missing record, a missing model or a wrong database (recording 15).
 */
export function classifyOdooError(error: unknown): Failure {
  if (!(error instanceof OdooError)) throw error;
  switch (error.kind) {
    case 'unreachable':
      return retry(error);
    case 'no-answer':
      return changesNothing(error.method) ? retry(error) : unknownAfter(error);
    case 'cancelled':
      return { kind: 'cancelled', message: error.message };
    case 'setup':
      return rejected('odoo-setup', error.message, 'Mend the configuration of this Odoo system.');
    case 'http':
      return classifyHttp(error);
    case 'refused':
      return classifyException(error);
  }
}

const readingMethods = new Set([
  'read',
  'search',
  'search_read',
  'search_count',
  'fields_get',
  'get_external_id',
  'context_get',
  'has_access',
]);

/** Whether sending the method again can change nothing, so that a lost answer is an ordinary retry. */
export function changesNothing(method: string | null): boolean {
  return method === null || readingMethods.has(method);
}

function retry(error: OdooError): Failure {
  return error.retryAfterMs === null
    ? { kind: 'retry', message: error.message }
    : { kind: 'retry', message: error.message, afterMs: error.retryAfterMs };
}

/** A call failed after another of the same operation had changed something: whether the whole landed is open. */
export function unknownAfter(error: OdooError): Unknown {
  return {
    kind: 'unknown',
    message: error.message,
    ...(error.retryAfterMs === null ? {} : { afterMs: error.retryAfterMs }),
  };
}

function classifyHttp(error: OdooError): Failure {
  const status = error.status ?? 0;
  if (status === 429 || status >= 500) return retry(error);
  if (status === 401 || status === 403) return keyRefused(error);
  if (status === 404 && error.message.includes('No database is selected')) {
    return databaseUnknown();
  }
  return rejected(
    'odoo-address-wrong',
    `What answers at the address of this Odoo system is not Odoo’s interface (${error.message.slice(0, 80).trim()}).`,
    'Correct its url in the configuration: the server’s root, such as https://acme.odoo.com, without a path.',
  );
}

/** Messages that name a race or a passing state, whatever exception carries them. */
const passing = [
  'could not serialize access',
  'deadlock detected',
  'could not obtain lock',
  'Connection Pool Is Full',
  // What a load() lists for the records that came after the one that broke the transaction.
  'current transaction is aborted',
  // Odoo 18, two confirmations of one order at once: the loser reads as bad data (recording 19).
  'a partner cannot follow twice the same object',
];

export function isPassing(message: string): boolean {
  return passing.some((text) => message.includes(text));
}

function classifyException(error: OdooError): Failure {
  if (error.name.startsWith('psycopg2.') && error.message.includes('does not exist')) {
    return databaseUnknown();
  }
  if (error.name === 'odoo.exceptions.LockError' || error.name.startsWith('psycopg2.')) return retry(error);
  if (isPassing(error.message)) return retry(error);
  return classifyRefusal(error);
}

function classifyRefusal(error: OdooError): Rejected {
  switch (error.name) {
    case 'odoo.exceptions.AccessDenied':
    case 'odoo.http.SessionExpiredException':
    case 'werkzeug.exceptions.Unauthorized':
      return keyRefused(error);
    case 'odoo.exceptions.AccessError':
      return rejected(
        'odoo-right-missing',
        error.message,
        'Give the service account the group that the message names (setup.md lists the least rights).',
      );
    case 'odoo.exceptions.MissingError':
      return rejected(
        'odoo-record-missing',
        error.message,
        'The record was deleted in Odoo; restore it or send the document again as new.',
      );
    case 'werkzeug.exceptions.NotFound':
    case 'builtins.AttributeError':
      return modelOrMethodMissing(error);
    case 'odoo.exceptions.UserError':
      if (/^Object .* doesn't exist$/.test(error.message)) return modelOrMethodMissing(error);
      return refusedByOdoo(error);
    case 'odoo.exceptions.ValidationError':
    case 'odoo.exceptions.RedirectWarning':
      return refusedByOdoo(error);
    case 'builtins.ValueError':
    case 'builtins.KeyError':
    case 'builtins.TypeError':
    case 'werkzeug.exceptions.UnprocessableEntity':
      return rejected(
        'odoo-field-mismatch',
        error.message,
        'A field, selection value or argument is unknown to this server; compare its version and modules with the mapping.',
      );
    default:
      return rejected(
        'odoo-server-error',
        error.message,
        'Odoo failed on this request; its server log has the traceback. Send it again once that is mended.',
      );
  }
}

/**
 * What an error in the `messages` of a `load()` means. There an exception has lost its class, except where
 * Odoo writes it into the text ("Unknown error during import: <class '...'>: ...", seen on 16).
 */
export function classifyLoadMessage(message: string): Failure {
  const { name, text } = /<class '(?<name>[\w.]+)'>: (?<text>[\s\S]*)$/.exec(message)?.groups ?? {};
  const words = (text ?? message).trim().replace(/^'([^]*)'$/, '$1');
  return classifyException(
    new OdooError({ kind: 'refused', name: name ?? exceptionOf(words), message: words }),
  );
}

function exceptionOf(message: string): string {
  const aboutRights = /^You are not allowed to |^You do not have enough rights /.test(message);
  return aboutRights ? 'odoo.exceptions.AccessError' : 'odoo.exceptions.UserError';
}

function keyRefused(error: OdooError): Rejected {
  return rejected(
    'odoo-key-refused',
    `Odoo refuses the API key, which is wrong, expired or revoked (“${error.message}”).`,
    'Log in to Odoo as the service account, make a new key (Preferences > Account Security > New API Key; from 19 on My Preferences > Security > Add API Key), put it where the configuration’s apiKey points and start the hub again.',
  );
}

/** Neither answer names the database, and the caller knows it; the server’s words would only name its own database server. */
function databaseUnknown(): Rejected {
  return rejected(
    'odoo-database-unknown',
    'The Odoo server has no database of the configured name.',
    'Correct the database of this Odoo system in the configuration; on Odoo Online it is the first part of the address.',
  );
}

function modelOrMethodMissing(error: OdooError): Rejected {
  return /method/i.test(error.message)
    ? rejected(
        'odoo-method-missing',
        error.message,
        'This server has no such method; its version may be outside 16 to 19, or a module is missing.',
      )
    : rejected(
        'odoo-model-missing',
        error.message,
        'Install the module that brings this model (sale_management, sale_stock, stock_account, delivery).',
      );
}

function refusedByOdoo(error: OdooError): Rejected {
  return rejected('odoo-refused', error.message.trim(), 'Mend what Odoo names, then retry.');
}
