import type { FieldCatalogue, FieldDescription } from '../field-catalogue.ts';

export interface GeneratedFrom {
  /** As the server writes it: `19.0`. */
  readonly version: string;
  readonly database: string;
  /** The call that writes the file again, for people who find it outdated. */
  readonly command: string;
}

/**
 * A TypeScript file that states the models as the server does, for `connectOdoo<OdooModels>()`. It holds types alone and imports
 * nothing. Models and fields are sorted, so that a change on the server is a small difference in the file.
 */
export function generateTypes(
  catalogues: ReadonlyMap<string, FieldCatalogue>,
  { version, database, command }: GeneratedFrom,
): string {
  const models = [...catalogues]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([model, catalogue]) => `  readonly ${quote(model)}: {\n${fields(catalogue)}  };\n`);
  return [
    `// Written by \`${command}\` from Odoo ${version}, database ${database}. Changes are lost when it runs again.`,
    '',
    'export interface OdooModels {',
    `${models.join('')}}`,
    '',
  ].join('\n');
}

/** Without `id`, which every record has and reads with. */
function fields(catalogue: FieldCatalogue): string {
  return Object.entries(catalogue)
    .filter(([name]) => name !== 'id')
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `    ${docOf(field)}readonly ${keyOf(name)}: ${shapeOf(field)};\n`)
    .join('');
}

function docOf({ string: label, help, store, relation }: FieldDescription): string {
  const words = [
    label,
    help,
    store === false ? 'Computed; cannot always be searched.' : undefined,
    relation === undefined ? undefined : `Model ${relation}.`,
  ].filter((text) => text !== undefined && text.trim() !== '');
  const text = words
    .map((word) => (word ?? '').replaceAll(/\s+/g, ' ').replaceAll('*/', '*\\/').trim())
    .map((word) => (/[.!?]$/.test(word) ? word : `${word}.`))
    .join(' ');
  return text === '' ? '' : `/** ${text} */\n    `;
}

function shapeOf(field: FieldDescription): string {
  const members = [`readonly type: ${quote(field.type)}`];
  // A column that is NOT NULL reads without null; a computed field that calls itself required may still be empty.
  if (field.required === true && field.store === true) members.push('readonly required: true');
  if (field.readonly === true) members.push('readonly readonly: true');
  if (field.relation !== undefined) members.push(`readonly relation: ${quote(field.relation)}`);
  if (field.selection !== undefined && field.selection.length > 0)
    members.push(`readonly values: ${field.selection.map(([value]) => quote(String(value))).join(' | ')}`);
  return `{ ${members.join('; ')} }`;
}

function keyOf(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : quote(name);
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}
