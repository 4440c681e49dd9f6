import type { TSchema } from 'typebox';
import { connectorDocuments } from '../composition/connector-registry.ts';
import { judgeConsistency } from './consistency.ts';
import { ConfigurationDocument, WRITE_ONE } from './document.ts';
import { valueAt, violationsOf } from './judge.ts';
import { ConfigurationError } from './problem.ts';
import { type Configuration, ConfigurationSchema } from './schema.ts';
import { told } from './told.ts';

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
  return value as Configuration;
}
