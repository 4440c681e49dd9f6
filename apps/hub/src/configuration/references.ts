import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const REFERENCE = /\$\{(env|file):([^}]+)\}/g;
/** What somebody meant as a reference: `${NAME}`, `${kind:name}`. A secret that happens to look so can stand in a file. */
const MEANT = /\$\{(?!(?:env|file):[^}])\w*(?::[^}]*)?\}/;

export type Resolved = { readonly value: string } | { readonly message: string; readonly remedy: string };

/**
 * Replaces `${env:NAME}` and `${file:path}` in one value; a file's last line end is dropped, because secrets mounted as files
 * carry one. A path is relative to the configuration file.
 */
export function resolveReferences(text: string, file: string, environment: NodeJS.ProcessEnv): Resolved {
  const meant = MEANT.exec(text)?.[0];
  if (meant !== undefined) {
    return {
      message: `${meant} is no reference that Trunkline knows`,
      remedy: 'Write ${env:NAME} for an environment variable, or ${file:path} for a file’s content.',
    };
  }
  let failure: Resolved | undefined;
  const value = text.replaceAll(REFERENCE, (_whole, kind: string, name: string) => {
    const found =
      kind === 'env' ? fromEnvironment(name, environment) : fromFile(resolve(dirname(file), name));
    if ('value' in found) return found.value;
    failure ??= found;
    return '';
  });
  return failure ?? { value };
}

function fromEnvironment(name: string, environment: NodeJS.ProcessEnv): Resolved {
  const value = environment[name];
  if (value !== undefined && value !== '') return { value };
  return {
    message: `the environment variable ${name} is not set`,
    remedy: `Set it, e.g. export ${name}=…, before you start Trunkline.`,
  };
}

function fromFile(path: string): Resolved {
  try {
    return { value: readFileSync(path, 'utf8').replace(/\r?\n$/, '') };
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : 'cannot be read';
    return {
      message: `the file ${path} ${reason}`,
      remedy: 'Put the secret there, readable for the user that runs Trunkline.',
    };
  }
}
