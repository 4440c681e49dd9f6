import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const CHROMIUM = process.env['TRUNKLINE_CHROMIUM'] ?? '/usr/bin/chromium';

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A real Chromium with a profile of its own that goes when it closes. */
export async function launchBrowser(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) {
    throw new Error(
      `There is no Chromium at ${CHROMIUM}, so the console cannot be tried in a browser. Install it (Debian: apt-get install chromium), name another by TRUNKLINE_CHROMIUM, or set TRUNKLINE_SKIP_BROWSER=1 to go without.`,
    );
  }
  return chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
}

export interface Watched {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What a person with the developer tools open would frown at, and whatever left for another origin. */
  readonly complaints: string[];
}

export async function openPage(
  browser: Browser,
  url: string,
  look: { readonly colorScheme: 'light' | 'dark' },
): Promise<Watched> {
  const context = await browser.newContext({
    colorScheme: look.colorScheme,
    viewport: { width: 1280, height: 860 },
    baseURL: url,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()))
      complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:'))
      complaints.push(`left for ${request.url()}`);
  });
  return { context, page, complaints };
}

export async function signIn(page: Page, user: string, password: string): Promise<void> {
  await page.goto('/');
  await page.getByRole('textbox', { name: 'User' }).fill(user);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Orders on their way' }).waitFor();
}
