import { expect } from 'vitest';
import { connectorSchemas } from '../../src/composition/connector-registry.ts';
import { loadConfiguration } from '../../src/configuration/load.ts';
import { ConfigurationError, type ConfigurationProblem } from '../../src/configuration/problem.ts';
import { configurationFile, RIGHT } from './configuration-file.ts';

export function problems(text: string, environment: NodeJS.ProcessEnv = {}): readonly ConfigurationProblem[] {
  try {
    loadConfiguration(configurationFile(text), connectorSchemas, environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

/** `RIGHT` with one part of it replaced, which must be there. */
export function wrong(part: string, by: string): string {
  expect(RIGHT).toContain(part);
  return RIGHT.replace(part, by);
}

/** Line of the first occurrence, from 1. */
export function lineOf(text: string, part: string): number {
  return text.slice(0, text.indexOf(part)).split('\n').length;
}
