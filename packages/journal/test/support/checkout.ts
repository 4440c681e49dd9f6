import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Tests that run a process as another user skip with this reason where that user can't read the code. */
export const CLOSED_CHECKOUT = 'this checkout lies below a folder that only its owner may enter';

export const testFolder = dirname(dirname(fileURLToPath(import.meta.url)));

export function isCheckoutOpen(path = testFolder): boolean {
  const isOpen = (statSync(path).mode & 0o001) !== 0;
  return isOpen && (dirname(path) === path || isCheckoutOpen(dirname(path)));
}
