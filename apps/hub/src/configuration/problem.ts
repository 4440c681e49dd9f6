/** One thing that is wrong with a configuration file, where it is, and what mends it. */
export interface ConfigurationProblem {
  readonly file: string;
  /** Starts at 1; the nearest line that exists when the value itself is missing. */
  readonly line: number;
  /** Dotted path, e.g. `systems.erp.url`. */
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
}

export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly ConfigurationProblem[];

  constructor(problems: readonly ConfigurationProblem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.problems = problems;
  }
}

export function formatProblem(problem: ConfigurationProblem): string {
  const where = problem.path === '' ? '' : `${problem.path}: `;
  return `${problem.file}:${problem.line}: ${where}${problem.message}\n  ${problem.remedy}`;
}
