import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { closest } from './closest.ts';

/** One way in which a value does not fit its schema. */
export interface Violation {
  /** From the judged value down; for a setting that nobody knows, down to that setting's own key. */
  readonly path: readonly string[];
  readonly message: string;
  readonly remedy: string;
}

/** The part of a JSON Schema that judging looks at. */
interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly patternProperties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
}

/**
 * Everything that is wrong with `value`, in words for the person who wrote it.
 * @param shown how a value is quoted; the caller hides secrets and resolved references there
 */
export function violationsOf(
  schema: TSchema,
  value: unknown,
  shown: (path: readonly string[]) => string,
  at: readonly string[] = [],
): readonly Violation[] {
  const shape = schema as Shape;
  return Compile(schema)
    .Errors(value)
    .flatMap((error): readonly Violation[] => {
      // A union is judged by the one form that was meant (below); what the other forms miss would only mislead.
      if (error.schemaPath.includes('/anyOf/')) return [];
      const inside = error.instancePath.split('/').slice(1).map(unescapePointer);
      const path = [...at, ...inside];
      const expected = shapeAt(shape, inside) ?? {};
      const params = error.params as Readonly<Record<string, unknown>>;
      switch (error.keyword) {
        // Says again, without the name, what additionalProperties says.
        case 'boolean':
          return [];
        case 'anyOf':
          return unionViolations(expected, valueAt(value, inside), shown, path);
        case 'required':
          return [missing(path, names(params['requiredProperties']), expected)];
        case 'additionalProperties':
          return names(params['additionalProperties']).map((name) => stranger(path, name, expected));
        default:
          return [misfit(path, error.message, expected, shown(path))];
      }
    });
}

function unionViolations(
  { anyOf = [], description }: Shape,
  value: unknown,
  shown: (path: readonly string[]) => string,
  path: readonly string[],
): readonly Violation[] {
  if (anyOf.every((form) => form.const !== undefined)) {
    const words = anyOf.map((form) => String(form.const)).join(', ');
    return [{ path, message: `${quoted(shown(path))}is none of: ${words}`, remedy: `Use one of: ${words}.` }];
  }
  const meant = anyOf.filter((form) => typeOf(value) === form.type);
  const form = meant.find((one) => discriminated(one, value)) ?? (meant.length === 1 ? meant[0] : undefined);
  if (form !== undefined) return violationsOf(form as TSchema, value, shown, path);
  const told = anyOf.map(discriminator).filter((entry) => entry !== undefined);
  const name = told[0]?.name;
  if (name !== undefined && typeOf(value) === 'object') {
    const words = told.map((entry) => entry.word).join(', ');
    const written = quoted(shown([...path, name]));
    const message = written === '' ? `is missing ${name}` : `${written}is none of: ${words}`;
    return [
      { path: written === '' ? path : [...path, name], message, remedy: `Set ${name} to one of: ${words}.` },
    ];
  }
  const types = [...new Set(anyOf.flatMap((one) => one.type ?? []))].join(' or ');
  return [misfit(path, `must be ${types}`, description === undefined ? {} : { description }, shown(path))];
}

/** The property whose constant tells the forms of a union apart, e.g. `flow: jwt`. */
function discriminator({ properties }: Shape): { name: string; word: string } | undefined {
  for (const [name, shape] of Object.entries(properties ?? {}))
    if (typeof shape.const === 'string') return { name, word: shape.const };
  return undefined;
}

function discriminated(form: Shape, value: unknown): boolean {
  const told = discriminator(form);
  return told !== undefined && valueAt(value, [told.name]) === told.word;
}

function missing(path: readonly string[], absent: readonly string[], expected: Shape): Violation {
  const help = absent.map((name) => {
    const words = expected.properties?.[name]?.description;
    return words === undefined ? `Add ${name}.` : `Add ${name}: ${words}`;
  });
  return { path, message: `is missing ${absent.join(', ')}`, remedy: help.join(' ') };
}

function stranger(path: readonly string[], name: string, expected: Shape): Violation {
  const known = Object.keys(expected.properties ?? {});
  const free = expected.description ?? '';
  const meant = closest(name, known);
  return {
    path: [...path, name],
    message: known.length > 0 ? 'is a setting that nobody knows' : 'is no name that can stand here',
    remedy:
      known.length === 0
        ? free
        : `${meant === undefined ? 'Remove it, or correct its spelling.' : `Did you mean ${meant}?`} Known here: ${known.join(', ')}.`,
  };
}

function misfit(path: readonly string[], message: string, expected: Shape, written: string): Violation {
  // A regular expression helps nobody who does not read them; the description says the same in words.
  const told = expected.description !== undefined && message.startsWith('must match pattern');
  return {
    path,
    message: `${quoted(written)}${told ? 'is not of the form that belongs here' : message}`,
    remedy:
      expected.description === undefined
        ? 'Correct the value.'
        : `Correct the value. ${expected.description}`,
  };
}

function shapeAt(shape: Shape, path: readonly string[]): Shape | undefined {
  return path.reduce<Shape | undefined>((at, segment) => {
    if (at === undefined) return undefined;
    const byPattern = Object.entries(at.patternProperties ?? {}).find(([pattern]) =>
      new RegExp(pattern).test(segment),
    );
    return at.properties?.[segment] ?? byPattern?.[1] ?? at.items;
  }, shape);
}

/** What stands in `value` below these names; undefined when nothing does. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, segment) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, segment)
        ? (at as Readonly<Record<string, unknown>>)[segment]
        : undefined,
    value,
  );
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return value === null ? 'null' : typeof value;
}

function names(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function quoted(shown: string): string {
  return shown === '' ? '' : `${shown} `;
}

function unescapePointer(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}
