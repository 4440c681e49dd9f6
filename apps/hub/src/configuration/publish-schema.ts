import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { connectorSchemas } from '../composition/connector-registry.ts';
import { ConfigurationSchema } from './schema.ts';

const SCHEMA_FILE = fileURLToPath(new URL('../../../../docs/spec/trunkline.schema.json', import.meta.url));
const PAGE_FILE = fileURLToPath(new URL('../../../../docs/operations/configuration.md', import.meta.url));
const MARKS = ['<!-- settings: written by publish-schema.ts -->', '<!-- end of settings -->'] as const;

interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly patternProperties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly description?: string;
  readonly [keyword: string]: unknown;
}

/** A value that editors cannot judge: it stands elsewhere. */
const REFERENCE: Shape = { type: 'string', pattern: '\\$\\{(env|file):[^}]+\\}' };

/** trunkline.yaml as one JSON Schema, each system judged by the schema of the connector that it names. */
export function publishedSchema(): Shape {
  const whole = plain(ConfigurationSchema);
  const names = [...connectorSchemas.keys()];
  const systems = whole.properties?.['systems'];
  const [pattern = ''] = Object.keys(systems?.patternProperties ?? {});
  const system: Shape = {
    type: 'object',
    required: ['connector'],
    properties: { connector: { enum: names, description: 'Which connector speaks to it.' } },
    allOf: names.map((name) => ({
      if: { properties: { connector: { const: name } } },
      // oxlint-disable-next-line unicorn/no-thenable -- JSON Schema's own word; never awaited
      then: withReferences(connectorShape(name)),
    })),
  };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://trunkline.dev/schemas/trunkline-yaml/1',
    title: 'trunkline.yaml',
    description:
      'Configuration of a Trunkline hub. `trunkline check` also judges what names must exist elsewhere in the file.',
    ...withReferences({
      ...whole,
      properties: { ...whole.properties, systems: { ...systems, patternProperties: { [pattern]: system } } },
    }),
  };
}

function connectorShape(name: string): Shape {
  const { $id: _id, ...shape } = plain(connectorSchemas.get(name));
  return { ...shape, properties: { connector: { const: name }, ...shape.properties } };
}

/** TypeBox keeps its own marks in symbols and hidden properties; what is published is JSON alone. */
function plain(schema: unknown): Shape {
  return JSON.parse(JSON.stringify(schema)) as Shape;
}

/** Wherever a text of a certain form may stand, a reference to such a text may. */
function withReferences(shape: Shape): Shape {
  if (shape.type === 'string' && shape['pattern'] !== undefined) {
    const { description, ...form } = shape;
    return { ...(description === undefined ? {} : { description }), anyOf: [form, REFERENCE] };
  }
  const each = (shapes: Readonly<Record<string, Shape>>) =>
    Object.fromEntries(Object.entries(shapes).map(([name, one]) => [name, withReferences(one)]));
  return {
    ...shape,
    ...(shape.properties === undefined ? {} : { properties: each(shape.properties) }),
    ...(shape.patternProperties === undefined ? {} : { patternProperties: each(shape.patternProperties) }),
    ...(shape.items === undefined ? {} : { items: withReferences(shape.items) }),
    ...(shape.anyOf === undefined ? {} : { anyOf: shape.anyOf.map(withReferences) }),
  };
}

/** Every setting with its form and meaning, as Markdown tables. */
export function settingsReference(): string {
  const whole = plain(ConfigurationSchema);
  const systems = [...connectorSchemas].map(
    ([name, schema]) => `#### \`connector: ${name}\`\n\n${settingsTable(plain(schema))}`,
  );
  const sections = Object.entries(whole.properties ?? {}).map(([name, shape]) => {
    const intro = shape.description === undefined ? '' : `${shape.description}\n\n`;
    if (name === 'systems') return `### \`systems\`\n\n${intro}${systems.join('\n\n')}`;
    const [inner = shape] = Object.values(
      shape.patternProperties ?? (name === 'flows' ? (shape.properties ?? {}) : {}),
    );
    const flows = name === 'flows' ? `The flows are ${codes(Object.keys(shape.properties ?? {}))}.\n\n` : '';
    return `### \`${name}\`\n\n${intro}${flows}${settingsTable(inner.items ?? inner)}`;
  });
  return sections.join('\n\n');
}

function settingsTable(shape: Shape): string {
  const rows = rowsOf(shape, '').map(([name, form, meaning]) => `| \`${name}\` | ${form} | ${meaning} |`);
  return ['| setting | form | meaning |', '|---|---|---|', ...rows].join('\n');
}

type Row = readonly [name: string, form: string, meaning: string];

function rowsOf(shape: Shape, prefix: string): readonly Row[] {
  return Object.entries(shape.properties ?? {}).flatMap(([name, one]) => {
    const path = `${prefix}${name}`;
    const needed = shape.required?.includes(name) === true ? ', required' : '';
    const own: Row = [path, `${formOf(one)}${needed}`, one.description ?? ''];
    return [own, ...rowsOf(one, `${path}.`), ...choiceRows(one, `${path}.`)];
  });
}

/** The settings of a choice between groups: first the one that tells them apart, then those of each group. */
function choiceRows({ anyOf = [] }: Shape, prefix: string): readonly Row[] {
  const groups = anyOf.flatMap((group) => {
    const told = Object.entries(group.properties ?? {}).find(([, one]) => one.const !== undefined);
    if (told === undefined) return [];
    const [name, { const: word }] = told;
    return [{ name, word: String(word), rows: rowsOf(group, prefix), meaning: group.description ?? '' }];
  });
  const [first] = groups;
  if (first === undefined) return [];
  const words = groups.map(({ word }) => `\`${word}\``).join(' or ');
  const meanings = groups.map(({ word, meaning }) => `${word}: ${meaning}`).join(' ');
  return [
    [`${prefix}${first.name}`, `${words}, required`, meanings],
    ...groups.flatMap(({ name, word, rows }) =>
      rows
        .filter(([path]) => path !== `${prefix}${name}`)
        .map(([path, form, meaning]): Row => [path, `${form}, with \`${word}\``, meaning]),
    ),
  ];
}

function formOf(shape: Shape): string {
  if (shape.const !== undefined) return `\`${String(shape.const)}\``;
  if (shape.anyOf !== undefined) return [...new Set(shape.anyOf.map(formOf))].join(' or ');
  if (shape.type === 'array') return `list of ${shape.items === undefined ? 'values' : formOf(shape.items)}`;
  if (shape.type === 'object') return 'group';
  if (shape.type === 'string') return 'text';
  const { minimum, maximum } = shape as { minimum?: number; maximum?: number };
  if (minimum !== undefined && maximum !== undefined) return `whole number, ${minimum} to ${maximum}`;
  return minimum === undefined ? 'whole number' : `whole number from ${minimum}`;
}

function codes(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

/** `page` with its part between the marks written anew. */
export function withSettings(page: string): string {
  const [begin, end] = MARKS.map((mark) => page.indexOf(mark));
  if (begin === undefined || end === undefined || begin < 0 || end < begin)
    throw new Error(`The page has no place for the settings: it needs the lines ${MARKS.join(' and ')}.`);
  return `${page.slice(0, begin + MARKS[0].length)}\n\n${settingsReference()}\n\n${page.slice(end)}`;
}

export { PAGE_FILE, SCHEMA_FILE };

if (import.meta.main) {
  writeFileSync(SCHEMA_FILE, `${JSON.stringify(publishedSchema(), undefined, 2)}\n`);
  writeFileSync(PAGE_FILE, withSettings(readFileSync(PAGE_FILE, 'utf8')));
}
