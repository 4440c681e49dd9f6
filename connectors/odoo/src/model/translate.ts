import type { FieldCatalogue, FieldDescription } from '../field-catalogue.ts';
import { writeValue } from './values.ts';

/** The fields of any model of the server. */
export type Catalogues = (model: string) => Promise<FieldCatalogue>;

/** The field at the end of a path such as `partner_id.country_id.code`; undefined where the path leaves what is known. */
async function fieldAt(
  catalogues: Catalogues,
  model: string,
  path: string,
): Promise<FieldDescription | undefined> {
  const [first = '', ...rest] = path.split('.');
  const field = (await catalogues(model))[first];
  if (rest.length === 0 || field?.relation === undefined) return rest.length === 0 ? field : undefined;
  return fieldAt(catalogues, field.relation, rest.join('.'));
}

/** A domain with its values as Odoo takes them. @throws RangeError for a time or number that is none */
export async function translateDomain(
  catalogues: Catalogues,
  model: string,
  domain: readonly unknown[],
): Promise<unknown[]> {
  const translated: unknown[] = [];
  for (const part of domain) {
    if (!Array.isArray(part)) translated.push(part);
    else {
      const [path, operator, value] = part as [unknown, unknown, unknown];
      const field = typeof path === 'string' ? await fieldAt(catalogues, model, path) : undefined;
      translated.push([path, operator, writeValue(field, value)]);
    }
  }
  return translated;
}

/** Values of `create` and `write`, nested ones of one2many and many2many commands included. */
export async function translateValues(
  catalogues: Catalogues,
  model: string,
  values: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const catalogue = await catalogues(model);
  const translated: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const field = catalogue[name];
    translated[name] =
      field?.type === 'one2many' || field?.type === 'many2many'
        ? await translateCommands(catalogues, field, value)
        : writeValue(field, value);
  }
  return translated;
}

/** Only the commands that create (0) and update (1) carry values. */
async function translateCommands(
  catalogues: Catalogues,
  { relation }: FieldDescription,
  commands: unknown,
): Promise<unknown> {
  if (!Array.isArray(commands) || relation === undefined) return commands;
  const translated: unknown[] = [];
  for (const command of commands as readonly (readonly unknown[])[]) {
    const [kind, id, values] = command;
    const carries = (kind === 0 || kind === 1) && typeof values === 'object' && values !== null;
    translated.push(
      carries
        ? [kind, id, await translateValues(catalogues, relation, values as Record<string, unknown>)]
        : command,
    );
  }
  return translated;
}
