import type { Violation } from './judge.ts';

const CORRECT = 'Correct the value.';
const NO_TEXT = /must be (integer|number|boolean|array|object)\b/;
const A_TEXT = /must be string\b/;

/**
 * A violation as the person who wrote the file meets it: what stands for a value is told apart from the value, and what YAML read as
 * something else than was meant is named.
 * @param written what stands in the file where a reference was resolved
 */
export function told(violation: Violation, value: unknown, written: string | undefined): Violation {
  const { message, remedy } = violation;
  if (written !== undefined) {
    if (NO_TEXT.test(message))
      return {
        ...violation,
        remedy: remedy.replace(CORRECT, 'A reference gives a text: write the value itself.'),
      };
    const quoted = JSON.stringify(written);
    if (!message.startsWith(quoted)) return violation;
    return {
      ...violation,
      message: `${standsFor(written)}${message.slice(quoted.length)}`,
      remedy: remedy.replace(CORRECT, 'The reference is right; correct what it leads to.'),
    };
  }
  const read = typeof value;
  if (A_TEXT.test(message) && (read === 'number' || read === 'boolean'))
    return { ...violation, remedy: remedy.replace(CORRECT, `Put it in quotes: YAML reads it as a ${read}.`) };
  return violation;
}

/** Never what it was resolved to: that may be a secret. */
function standsFor(written: string): string {
  const [, kind, name] = /^\$\{(env|file):([^}]+)\}$/.exec(written) ?? [];
  if (kind === undefined) return `${JSON.stringify(written)} with its references resolved`;
  return kind === 'env' ? `the value of the environment variable ${name}` : `the content of the file ${name}`;
}
