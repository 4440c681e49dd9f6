import type { TSchema } from 'typebox';
import { connectorDocuments } from '../composition/connector-registry.ts';
import { judgeConsistency } from './consistency.ts';
import { ConfigurationDocument, WRITE_ONE } from './document.ts';
import { valueAt, violationsOf } from './judge.ts';
import { ConfigurationError, type ConfigurationProblem } from './problem.ts';
import { type Configuration, ConfigurationSchema } from './schema.ts';
import { told } from './told.ts';
import { type WarningName, warningsOf } from './warnings.ts';

/** Each connector's own schema, by the name that the configuration uses. */
export type ConnectorSchemas = ReadonlyMap<string, TSchema>;

/**
 * Reads and judges a configuration file. All problems are reported at once, each with its line, in the order of the file; only a file
 * that is no YAML has no more to say than that. Throws ConfigurationError.
 */
export function loadConfiguration(
  file: string,
  connectors: ConnectorSchemas,
  environment: NodeJS.ProcessEnv,
): Configuration {
  return judged(file, connectors, environment).configuration;
}

/** A problem by its form, with the name by which people can look it up; the hub starts all the same. */
export interface ConfigurationWarning extends ConfigurationProblem {
  readonly name: WarningName;
}

/** As `loadConfiguration`, with what works and is hardly meant, in the order of the file. */
export function loadWithWarnings(
  file: string,
  connectors: ConnectorSchemas,
  environment: NodeJS.ProcessEnv,
): { readonly configuration: Configuration; readonly warnings: readonly ConfigurationWarning[] } {
  const { document, configuration } = judged(file, connectors, environment);
  const warnings = warningsOf(configuration).map(({ name, path, message, remedy }) => ({
    name,
    file,
    line: document.lineAt(path),
    path: path.join('.'),
    message,
    remedy,
  }));
  return { configuration, warnings: warnings.sort((a, b) => a.line - b.line) };
}

function judged(
  file: string,
  connectors: ConnectorSchemas,
  environment: NodeJS.ProcessEnv,
): { readonly document: ConfigurationDocument; readonly configuration: Configuration } {
  const document = new ConfigurationDocument(file, environment);
  const value = document.value();
  if (value === null || value === undefined) {
    document.report([], 'the file is empty: no setting stands in it', WRITE_ONE);
    throw new ConfigurationError(document.problems);
  }
  const judge = (schema: TSchema, part: unknown, at: readonly string[]) => {
    for (const violation of violationsOf(schema, part, (path) => document.shown(path), at)) {
      const { path } = violation;
      const { message, remedy } = told(violation, valueAt(value, path), document.reference(path));
      document.report(path, message, remedy);
    }
  };
  judge(ConfigurationSchema, value, []);
  for (const [name, system] of Object.entries(valueAt(value, ['systems']) ?? {})) {
    const connector = valueAt(system, ['connector']);
    if (typeof connector !== 'string') continue;
    const schema = connectors.get(connector);
    if (schema === undefined) {
      document.report(
        ['systems', name, 'connector'],
        `there is no connector ${connector}`,
        `Use one of: ${[...connectors.keys()].join(', ')}.`,
      );
      continue;
    }
    const { connector: _connector, ...settings } = system as Readonly<Record<string, unknown>>;
    judge(schema, settings, ['systems', name]);
  }
  judgeConsistency(document, value, connectorDocuments);
  if (document.problems.length > 0)
    throw new ConfigurationError([...document.problems].sort((a, b) => a.line - b.line));
  return { document, configuration: value as Configuration };
}
