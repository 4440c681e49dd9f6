import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const SCRIPT = readFileSync(new URL('./find-defects.mjs', import.meta.url), 'utf8');

/** Waits until nothing moves, then: too wide for the screen, text under 4.5:1, controls without a name. Empty is good. */
export async function findDefects(page: Page): Promise<readonly string[]> {
  await page.evaluate(
    'Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => undefined)))',
  );
  return page.evaluate<readonly string[]>(SCRIPT);
}
