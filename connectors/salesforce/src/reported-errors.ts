import { asArray, asRecord, textOf } from './json-shape.ts';

/** One error as Salesforce says it; REST writes `errorCode`, Collections write `statusCode`. */
export interface SalesforceError {
  readonly code: string;
  readonly message: string;
  readonly fields: readonly string[];
}

/** Errors in any of the shapes in use: an array of them, one alone, or OAuth's `error`/`error_description`. */
export function errorsOf(body: unknown): readonly SalesforceError[] {
  const entries = Array.isArray(body) ? body : [body];
  return entries.flatMap((entry) => {
    const { errorCode, statusCode, error, message, error_description, fields } = asRecord(entry);
    const code = textOf(errorCode) ?? textOf(statusCode) ?? textOf(error);
    if (code === undefined) return [];
    return [
      {
        code,
        message: textOf(message) ?? textOf(error_description) ?? '',
        fields: asArray(fields).filter((field): field is string => typeof field === 'string'),
      },
    ];
  });
}

export function wordsOf(errors: readonly SalesforceError[]): string {
  return errors.map((error) => `${error.code}: ${error.message}`).join('; ');
}
