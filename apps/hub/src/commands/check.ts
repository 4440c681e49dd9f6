import { connectorSchemas } from '../composition/connector-registry.ts';
import { type ConfigurationWarning, loadWithWarnings } from '../configuration/load.ts';
import { ConfigurationError, formatProblem } from '../configuration/problem.ts';
import { configurationFile } from '../terminal/hub-in-reach.ts';
import { type Printable, wrap } from '../terminal/output.ts';

/** Judges a configuration without starting anything. Exit code 2 when something is wrong with it; a warning is nothing wrong. */
export function check(named: string | undefined): Printable {
  const file = configurationFile(named, process.env);
  try {
    const { configuration, warnings } = loadWithWarnings(file, connectorSchemas, process.env);
    const systems = Object.entries(configuration.systems).map(
      ([name, system]) => `${name} (${system.connector})`,
    );
    const sites = Object.entries(configuration.sites).map(([code, site]) => `${code} (${site.executes})`);
    const text = `${file} is right.\n${wrap(`systems: ${systems.join(', ')}\nsites: ${sites.join(', ')}`, 2)}`;
    return { json: { file, ok: true, problems: [], warnings }, text: [text, ...told(warnings)].join('\n\n') };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const count = error.problems.length === 1 ? '1 problem' : `${error.problems.length} problems`;
    return {
      json: { file, ok: false, problems: error.problems, warnings: [] },
      text: `${error.problems.map(formatProblem).join('\n')}\n\n${count}.`,
      exitCode: 2,
    };
  }
}

function told(warnings: readonly ConfigurationWarning[]): readonly string[] {
  if (warnings.length === 0) return [];
  const lines = warnings.map((one) => formatProblem({ ...one, message: `${one.message} [${one.name}]` }));
  const count = warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`;
  return [...lines, `${count}: the hub starts with it all the same.`];
}
