import { readFileSync } from 'node:fs';
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  visit,
} from 'yaml';
import { ConfigurationError, type ConfigurationProblem } from './problem.ts';
import { resolveReferences } from './references.ts';

export const WRITE_ONE = 'Copy from docs/operations/configuration.md: it shows a whole one.';

/** The words by which a setting is known to hold a secret, wherever on its path they stand. */
const SECRET = /secret|key|token|password/i;

/** A configuration file with its references resolved, that still knows on which line each value stands and how it was written. */
export class ConfigurationDocument {
  readonly problems: ConfigurationProblem[] = [];
  readonly #file: string;
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;
  /** What was written where a reference stood; its value may be a secret, whatever the setting is called. */
  readonly #written = new Map<Scalar, string>();
  readonly #unresolved = new Set<Scalar>();

  /** @throws ConfigurationError when the file cannot be read or is no YAML: then nothing in it can be judged. */
  constructor(file: string, environment: NodeJS.ProcessEnv) {
    this.#file = file;
    this.#document = parseDocument(readText(file), { lineCounter: this.#lines });
    for (const error of this.#document.errors) {
      const first = error.message.split('\n')[0] ?? 'not YAML';
      const message = first.replace(/ at line \d+, column \d+:?$/, '');
      this.#add(this.#lines.linePos(error.pos[0]).line, [], message, 'Mend the YAML at this line.');
    }
    if (this.problems.length > 0) throw new ConfigurationError(this.problems);
    this.#resolve(environment);
  }

  value(): unknown {
    return this.#document.toJS();
  }

  /** Adds a problem, unless the value there is a reference that could not be resolved, which has been reported. */
  report(path: readonly string[], message: string, remedy: string): void {
    const node = this.#document.getIn(path, true);
    if (isScalar(node) && this.#unresolved.has(node)) return;
    this.#add(this.lineAt(path), path, message, remedy);
  }

  /** The value as it was written, for messages; secrets are not shown. Empty for what is no single value. */
  shown(path: readonly string[]): string {
    const node = this.#document.getIn(path, true);
    if (!isScalar(node)) return '';
    const written = this.#written.get(node);
    if (written !== undefined) return JSON.stringify(written);
    if (path.some((segment) => SECRET.test(segment)) || hasPassword(node.value)) return '(hidden)';
    return JSON.stringify(node.value);
  }

  /** What stands in the file, when a reference in it was resolved. */
  reference(path: readonly string[]): string | undefined {
    const node = this.#document.getIn(path, true);
    return isScalar(node) ? this.#written.get(node) : undefined;
  }

  /** The nearest line that exists when the value itself is missing. */
  lineAt(path: readonly string[]): number {
    for (let length = path.length; length > 0; length--) {
      const parent = length === 1 ? this.#document.contents : this.#nodeAt(path.slice(0, length - 1));
      if (isMap(parent)) {
        const pair = parent.items.find(
          (item) => isScalar(item.key) && String(item.key.value) === path[length - 1],
        );
        if (pair !== undefined && isScalar(pair.key)) return this.#lineOf(pair.key);
        continue;
      }
      const node = this.#nodeAt(path.slice(0, length));
      if (node !== undefined) return this.#lineOf(node);
    }
    return this.#document.contents === null ? 1 : this.#lineOf(this.#document.contents);
  }

  #resolve(environment: NodeJS.ProcessEnv): void {
    visit(this.#document, {
      Scalar: (_key, node, ancestors) => {
        if (typeof node.value !== 'string' || !node.value.includes('${')) return;
        const resolved = resolveReferences(node.value, this.#file, environment);
        this.#written.set(node, node.value);
        if ('value' in resolved) node.value = resolved.value;
        else {
          this.#unresolved.add(node);
          this.#add(this.#lineOf(node), pathOf(node, ancestors), resolved.message, resolved.remedy);
        }
      },
    });
  }

  #add(line: number, path: readonly string[], message: string, remedy: string): void {
    const problem = { file: this.#file, line, path: path.join('.'), message, remedy };
    const known = this.problems.some((one) => one.path === problem.path && one.message === message);
    if (!known || path.length === 0) this.problems.push(problem);
  }

  #nodeAt(path: readonly string[]): Node | undefined {
    const node = this.#document.getIn(path, true);
    return isNode(node) ? node : undefined;
  }

  #lineOf(node: Node): number {
    return node.range ? this.#lines.linePos(node.range[0]).line : 1;
  }
}

function pathOf(node: Scalar, ancestors: readonly unknown[]): readonly string[] {
  return [...ancestors, node].flatMap((at, index, all) => {
    const parent = all[index - 1];
    if (typeof at === 'object' && at !== null && 'key' in at && isScalar(at.key))
      return [String(at.key.value)];
    if (typeof parent === 'object' && parent !== null && 'items' in parent && Array.isArray(parent.items))
      return isMap(parent) ? [] : [String(parent.items.indexOf(at))];
    return [];
  });
}

/** An address with a password in it. */
function hasPassword(value: unknown): boolean {
  return typeof value === 'string' && /:[^/@]*@/.test(value);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    throw new ConfigurationError([
      {
        file,
        line: 1,
        path: '',
        message: missing ? 'the file does not exist' : `the file cannot be read (${code})`,
        remedy: missing
          ? `Name another with -c, or write one. ${WRITE_ONE}`
          : 'Name a file that this user may read.',
      },
    ]);
  }
}
