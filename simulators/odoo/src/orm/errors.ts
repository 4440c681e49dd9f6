import { textOf } from './field.ts';

/**
 * What real Odoo raises, with the Python name a client sees and the status JSON-2 gives it (recordings 01 and 15:
 * a wrong field is a 500, a missing record a 404, a refusal by business rule a 422).
 */
export class OdooError extends Error {
  readonly pythonName: string;
  readonly status: number;
  readonly arguments: readonly (string | number)[];

  constructor(pythonName: string, status: number, message: string, args?: readonly (string | number)[]) {
    super(message);
    this.pythonName = pythonName;
    this.status = status;
    this.arguments = args ?? [message];
  }
}

export const userError = (message: string) => new OdooError('odoo.exceptions.UserError', 422, message);

export const validationError = (message: string) =>
  new OdooError('odoo.exceptions.ValidationError', 422, message);

export const accessError = (message: string) => new OdooError('odoo.exceptions.AccessError', 403, message);

export const valueError = (message: string) => new OdooError('builtins.ValueError', 500, message);

export const keyError = (key: string) => new OdooError('builtins.KeyError', 500, key);

export const missingRecord = (model: string, ids: readonly number[], uid: number) =>
  new OdooError(
    'odoo.exceptions.MissingError',
    404,
    `Record does not exist or has been deleted.\n(Record: ${model}(${ids.join(', ')}${ids.length === 1 ? ',' : ''}), User: ${uid})`,
  );

const WERKZEUG: Record<number, string> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  404: 'NotFound',
  422: 'UnprocessableEntity',
};

/** An error of the HTTP layer itself; its `arguments` carry the status as a second member, as recorded. */
export const httpError = (status: 400 | 401 | 404 | 422, message: string) =>
  new OdooError(`werkzeug.exceptions.${WERKZEUG[status]}`, status, message, [message, status]);

/** A required column left empty: the same words on create as in a load message, but for the preamble. */
export class MissingRequired extends OdooError {
  readonly field: string;
  readonly loadMessage: string;

  constructor(major: number, model: string, modelLabel: string, field: string, label: string) {
    const v19 =
      `Missing required value for the field '${label}' (${field}).\nModel: '${modelLabel}' (${model})\n` +
      '- create/update: a mandatory field is not set\n' +
      '- delete: another model requires the record being deleted, you can archive it instead\n';
    const v18 =
      'The operation cannot be completed:\n- Create/update: a mandatory field is not set.\n' +
      '- Delete: another model requires the record being deleted. If possible, archive it instead.\n\n' +
      `Model: ${modelLabel} (${model})\nField: ${label} (${field})\n`;
    super(
      'odoo.exceptions.ValidationError',
      422,
      major < 19 ? v18 : `The operation cannot be completed: ${v19}`,
    );
    this.field = field;
    this.loadMessage = major < 19 ? `Missing required value for the field '${label}' (${field})` : v19;
  }
}

/** A constraint of the table itself; `load()` before 19 puts its message in quotes (recording 18-misc). */
export class TableConstraint extends OdooError {
  readonly loadMessage: string;

  constructor(major: number, message: string) {
    super('odoo.exceptions.ValidationError', 422, message);
    this.loadMessage = major < 19 ? `'${message}'` : message;
  }
}

/** Something Python raises as `!r`, which error messages quote. */
export function pythonRepr(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  if (typeof value === 'object')
    return `{${Object.entries(value)
      .map(([key, each]) => `'${key}': ${pythonRepr(each)}`)
      .join(', ')}}`;
  return textOf(value);
}
