/**
 * Real: Chromium, the console as it is built, the gateway on a loopback socket with its sessions and its event stream.
 * Doubled: the hub behind the gateway (scripted-hub.ts) and the credential rows, in memory.
 * Observed: what a person sees and can reach; whatever the browser complains of; what the hub was asked to do.
 */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { launchBrowser, openPage, signIn } from './browser.ts';
import { builtConsole } from '../../apps/console/build.ts';
import { findDefects } from './page-checks.ts';
import { startScriptedGateway } from './scripted-gateway.ts';
import { CASES } from './scripted-cases.ts';
import { ORDER } from './scripted-hub.ts';

const skipped = process.env['TRUNKLINE_SKIP_BROWSER'] === '1';
if (skipped) console.warn('TRUNKLINE_SKIP_BROWSER=1: the console is not tried in a browser.');

/** Building the console and starting Chromium on two busy cores. */
const SLOW = 120_000;

let browser: Browser;
let consoleDir: string;

beforeAll(async () => {
  if (skipped) return;
  browser = await launchBrowser();
  consoleDir = builtConsole();
}, SLOW);

afterAll(async () => {
  await browser?.close();
});

async function started(look: { colorScheme: 'light' | 'dark' }) {
  const running = await startScriptedGateway(consoleDir);
  onTestFinished(() => running.gateway.close());
  const watched = await openPage(browser, running.url, look);
  onTestFinished(() => watched.context.close());
  return { ...running, ...watched };
}

async function signedIn(look: { colorScheme: 'light' | 'dark' }) {
  const running = await started(look);
  await signIn(running.page, running.first.user, running.first.password);
  return running;
}

const stage = (page: Page, name: string) =>
  page.getByRole('listitem').filter({ hasText: new RegExp(`^${name}`) });

describe.skipIf(skipped).each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  it('an order is followed from the overview to its exception, which a retry mends', {
    timeout: SLOW,
  }, async () => {
    const { page, complaints, hub } = await signedIn({ colorScheme });
    await expectScheme(page, colorScheme);
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await stage(page, 'Released').innerText()).toContain('37');
    await page.getByText(/^waiting to be processed, counted \d+ s ago$/).waitFor();

    await page.getByRole('link', { name: ORDER.title }).click();
    await page.getByRole('heading', { name: ORDER.title, level: 1 }).waitFor();
    for (const [step, lane] of STEPS) {
      const card = page.locator('details').filter({ hasText: step });
      const name = page.getByText(lane, { exact: true });
      expect([step, lane, Math.round((await middle(card)) - (await middle(name)))]).toEqual([step, lane, 0]);
    }
    await page.getByText('after 5 min 43 s').waitFor();
    await page.getByText('Release create').click();
    await page.getByText('422: item QU-210 is not known at site DAL').waitFor();

    await page.getByRole('heading', { name: 'Attempts' }).click();
    await page.getByText('Retry by ada: the site is back').waitFor();
    await page.getByText('The connection ended before an answer came.').click();
    await page.getByText('socket hang up').waitFor();
    await page.getByText('"email": "[redacted]"').first().waitFor();
    expect(await findDefects(page)).toEqual([]);

    await page.getByRole('link', { name: 'See and mend' }).click();
    const drawer = page.getByRole('dialog', { name: `Exception on ${ORDER.title}` });
    await drawer.getByText('Create the item at the site or correct the line, then retry.').waitFor();
    await drawer.getByRole('button', { name: 'Retry' }).click();
    await drawer.getByText('Sent again').waitFor();
    expect(hub.acts).toEqual([`retry ${ORDER.exception} by admin`]);

    await drawer.getByRole('link', { name: ORDER.title }).click();
    await page.getByText('Everything was shipped or is backordered.').waitFor();
    await page.getByText('Shipment shipped').waitFor();
    expect(await page.getByRole('link', { name: 'See and mend' }).count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('every page is legible, named and as wide as the screen, on a desk and on a phone', {
    timeout: SLOW,
  }, async () => {
    const { page, complaints, first } = await started({ colorScheme });
    await page.goto('/');
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await expectNoDefects(page);
    await signIn(page, first.user, first.password);
    for (const [path, sign] of PAGES) {
      await page.goto(path);
      await page.getByText(sign).first().waitFor();
      await expectNoDefects(page);
    }
    // The one page that asks for what is not there.
    expect(complaints).toEqual([expect.stringContaining('404 (Not Found)')]);
  });
});

const PAGES = [
  ['/', 'S00041'],
  ['/search?q=S000', 'S00041'],
  ['/search?q=nothing-like-it', 'No order carries this identifier'],
  [`/threads/${encodeURIComponent(ORDER.id)}`, 'Release create'],
  ['/threads/nothing-like-it', 'Nothing is here'],
  ['/exceptions?status=all', 'Not sent to the ERP: Line # has no price.'],
  ['/exceptions?q=nothing-like-it', 'No case fits these words'],
  [`/exceptions/${CASES.product}`, 'What erp calls the product QU-210'],
  [`/exceptions/${CASES.release}?id=${ORDER.exception}`, 'What became of it'],
  [`/exceptions?id=${ORDER.exception}`, 'What mends it'],
  ['/invalid-messages', 'must be a decimal in text'],
  ['/mappings', 'renamed in the spring catalogue'],
  ['/replay', 'None yet'],
  ['/systems', 'by ada'],
  ['/nodes', '4 partitions belong to no node'],
  ['/no-such-page', 'No such page'],
] as const;

/** Steps of the scripted order and the lanes in which they belong. */
const STEPS = [
  ['Opportunity won', 'crm'],
  ['Order accepted', 'hub'],
  ['Order confirm', 'erp'],
  ['Release create', 'dallas'],
] as const;

async function middle(found: Locator): Promise<number> {
  const box = await found.first().boundingBox();
  if (box === null) throw new Error(`${String(found)} is not on the page.`);
  return box.x + box.width / 2;
}

async function expectNoDefects(page: Page) {
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 860 });
    expect([page.url(), width, await findDefects(page)]).toEqual([page.url(), width, []]);
  }
}

async function expectScheme(page: Page, scheme: string) {
  expect(await page.locator('html').getAttribute('data-mantine-color-scheme')).toBe(scheme);
}

describe.skipIf(skipped)('the console', () => {
  it('shows what changes while one looks at it, unknown stages too', { timeout: SLOW }, async () => {
    const { page, hub } = await signedIn({ colorScheme: 'light' });
    await page.getByText('Awaiting customs').first().waitFor();
    expect(await stage(page, 'Shipped').innerText()).toContain('1,284');
    await hub.retryException(ORDER.exception, 'somebody else');
    await stage(page, 'Shipped').getByText('1,285').waitFor();
  });

  it('finds an order by a customer PO from the keyboard', { timeout: SLOW }, async () => {
    const { page, complaints } = await signedIn({ colorScheme: 'light' });
    await page.keyboard.press('/');
    await page.keyboard.type(ORDER.po);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: ORDER.title, level: 1 }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('discards only with a reason', { timeout: SLOW }, async () => {
    const { page, hub } = await signedIn({ colorScheme: 'light' });
    await page.goto(`/exceptions?id=${ORDER.exception}`);
    await page.getByRole('button', { name: 'Discard…' }).click();
    const discard = page.getByRole('button', { name: 'Discard for good' });
    expect(await discard.isDisabled()).toBe(true);
    await page.getByRole('textbox', { name: 'Why is it discarded?' }).fill('Shipped by hand on paper.');
    await discard.click();
    await page.getByText('The reason is kept with the exception.').waitFor();
    expect(hub.acts).toEqual([`discard ${ORDER.exception} by admin: Shipped by hand on paper.`]);
  });

  it('tells what fails alike, and one mapping mends it', { timeout: SLOW }, async () => {
    const { page, cases, complaints } = await signedIn({ colorScheme: 'light' });
    await page.goto('/exceptions');
    const worst = page.getByRole('link', { name: /Odoo sells no product/ });
    expect(await worst.innerText()).toMatch(/214[\s\S]*€48,211[\s\S]*5,120 units[\s\S]*over/);
    await page.getByRole('textbox', { name: 'Search the cases' }).fill('lock date');
    await page.getByText('1 kind of failure').waitFor();
    await page.getByRole('textbox', { name: 'Search the cases' }).fill('');
    await page.getByText('3 kinds of failure').waitFor();
    await worst.click();
    await page.getByRole('textbox', { name: 'What erp calls the product QU-210' }).fill('QU-211');
    await page.getByRole('button', { name: 'Map it' }).click();
    await page.getByText('Nothing: all of it was mended.').waitFor();
    expect(cases.acts).toEqual(['map product QU-210 to QU-211 in erp by admin']);
    expect(complaints).toEqual([]);
  });

  it('mends many: preview, the first five, the rest', { timeout: SLOW }, async () => {
    const { page, cases, complaints } = await signedIn({ colorScheme: 'light' });
    await page.goto(`/exceptions/${CASES.period}`);
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByText('It is kept with the case, with your name.').waitFor();
    await page.getByRole('button', { name: 'Retry all 38…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Retry 38 orders' });
    await dialog.getByText('Nothing is touched yet.').waitFor();
    await dialog.getByRole('button', { name: 'Retry the first five' }).click();
    await dialog.getByText('The first five went through').waitFor();
    await dialog.getByRole('button', { name: 'Retry the other 33' }).click();
    await dialog.getByText('38 orders went on.').waitFor();
    expect(cases.acts).toEqual([
      `acknowledge ${CASES.period} by admin`,
      `preview retry of ${CASES.period} by admin`,
      'try 12 by admin',
      'start 12 by admin',
    ]);
    expect(complaints).toEqual([]);
  });

  it('sends a command edited, and shows where an edit breaks its contract', { timeout: SLOW }, async () => {
    const { page, cases } = await signedIn({ colorScheme: 'light' });
    await page.goto(`/exceptions/${CASES.release}?id=${ORDER.exception}`);
    await page.getByRole('button', { name: 'Edit…' }).click();
    const command = page.getByRole('textbox', { name: 'The command' });
    const text = await command.inputValue();
    await page.getByRole('textbox', { name: 'Why?' }).fill('agreed');
    await command.fill('{}');
    await page.getByRole('button', { name: 'Send edited' }).click();
    await page.getByText('must have required properties release').waitFor();
    await command.fill(text.replace('QU-210', 'QU-211'));
    await page.getByRole('button', { name: 'Send edited' }).click();
    await page.getByText('The original is kept beside it.').waitFor();
    expect(cases.acts).toEqual([`edit ${ORDER.exception} by admin: agreed`]);
  });

  it('edits all of a case by one change, and shows first what it changes and what it would break', {
    timeout: SLOW,
  }, async () => {
    const { page, cases, complaints } = await signedIn({ colorScheme: 'dark' });
    await page.goto(`/exceptions/${CASES.release}`);
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Edit all…' }).click();
    await page.getByRole('combobox', { name: 'Place in the command' }).fill('/release/lines');
    await page.getByRole('option', { name: '/release/lines/*/sku' }).click();
    expect(await page.getByRole('textbox', { name: 'Only where it is' }).inputValue()).toBe('QU-210');
    await page.getByRole('textbox', { name: 'Becomes' }).fill('QU-211');
    await page.getByRole('textbox', { name: 'Why?' }).fill('agreed');
    await page.getByRole('button', { name: 'Preview…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Edit 1 order' });
    await dialog.getByText('/release/lines/0/sku', { exact: true }).waitFor();
    await dialog.getByText('1 refused, and not touched').waitFor();
    expect(await findDefects(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Edit', exact: true }).click();
    await dialog.getByText('The first five went through').waitFor();
    expect(cases.acts).toEqual([`preview edit of ${CASES.release} by admin`, 'try 12 by admin']);
    expect(complaints).toEqual([]);
  });

  it('offers a replay the flows and types that the hub knows, and keeps the choice in the address', {
    timeout: SLOW,
  }, async () => {
    const { page, complaints } = await signedIn({ colorScheme: 'light' });
    await page.getByRole('link', { name: 'Replay' }).click();
    await page.getByRole('combobox', { name: 'That made this flow act' }).click();
    await page.getByRole('option', { name: 'order-release' }).click();
    await page.getByRole('combobox', { name: 'Of this type' }).click();
    await page.getByRole('option', { name: 'shipment.shipped' }).click();
    await page.waitForURL(/flow=order-release&type=shipment\.shipped/);
    await page.reload();
    expect(await page.getByRole('combobox', { name: 'Of this type' }).inputValue()).toBe('shipment.shipped');
    expect(complaints).toEqual([]);
  });

  it('pauses a system only with a reason, and resumes it', { timeout: SLOW }, async () => {
    const { page, hub, complaints } = await signedIn({ colorScheme: 'light' });
    await page.getByRole('link', { name: 'Systems' }).click();
    await page.getByRole('listitem', { name: 'erp' }).getByText('Odoo 19.0 over JSON-2').waitFor();
    // Its calls fail: whoever mended it need not wait for its next probe.
    await page.getByRole('button', { name: 'Resume reno' }).waitFor();
    await page.getByRole('button', { name: 'Pause reno' }).click();
    const pause = page.getByRole('button', { name: 'Pause it' });
    expect(await pause.isDisabled()).toBe(true);
    await page.getByRole('textbox', { name: 'Why is it paused?' }).fill('the wave is recounted');
    await pause.click();
    await page.getByText('by admin, just now').waitFor();
    await page.getByRole('button', { name: 'Resume reno' }).click();
    await page.getByText('48 deliveries that waited for it go now.').waitFor();
    expect(hub.acts).toEqual(['pause reno by admin: the wave is recounted', 'resume reno by admin']);
    expect(complaints).toEqual([]);
  });

  it('adds, changes and removes a mapping, and supplies a missing one', { timeout: SLOW }, async () => {
    const { page, cases, complaints } = await signedIn({ colorScheme: 'dark' });
    await page.goto('/mappings');
    await page.getByText('180 wait').waitFor();
    await page.getByRole('button', { name: 'Add…' }).click();
    await page.getByRole('textbox', { name: 'The word as it comes' }).fill('IKURA-2');
    await page.getByRole('textbox', { name: 'What it is' }).fill('IKURA');
    await page.getByRole('button', { name: 'Add it' }).click();
    await page.getByText('IKURA-2 is IKURA').waitFor();
    expect(await page.getByText('180 wait').count()).toBe(0);
    await page.getByRole('button', { name: 'Change GM-11' }).click();
    await page.getByRole('textbox', { name: 'What it is' }).fill('GM-12');
    await page.getByRole('button', { name: 'Change it' }).click();
    await page.getByText('GM-11 is GM-12').waitFor();
    await page.getByRole('button', { name: 'Remove GM-11' }).click();
    await page.getByRole('button', { name: 'Remove it' }).click();
    await page.getByText('GM-11 is mapped no more').waitFor();
    expect(await page.getByRole('button', { name: 'Remove GM-11' }).count()).toBe(0);
    expect(cases.acts).toEqual([
      'map product IKURA-2 to IKURA in erp by admin',
      'map product GM-11 to GM-12 in erp by admin',
      'map product GM-11 to null in erp by admin',
    ]);
    expect(complaints).toEqual([]);
  });

  it('says what is wrong with a wrong password', { timeout: SLOW }, async () => {
    const { page } = await started({ colorScheme: 'light' });
    await page.goto('/exceptions');
    await page.getByRole('textbox', { name: 'Password' }).fill('guess');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('User or password is wrong').waitFor();
  });

  it('keeps a chosen appearance, and signs out', { timeout: SLOW }, async () => {
    const { page } = await signedIn({ colorScheme: 'light' });
    await page.getByRole('button', { name: /^Account/ }).click();
    await page.getByRole('menuitem', { name: 'Dark' }).click();
    await page.reload();
    await expectScheme(page, 'dark');
    await page.getByRole('button', { name: /^Account/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
  });

  it('asks to sign in again, at the same page, when the session has ended', { timeout: SLOW }, async () => {
    const { page, context, first } = await signedIn({ colorScheme: 'light' });
    await context.clearCookies();
    await page.getByRole('link', { name: 'Exceptions' }).first().click();
    await page.getByRole('textbox', { name: 'Password' }).fill(first.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Exceptions', level: 1 }).waitFor();
  });

  it('says that the hub is gone, and comes back with it', { timeout: SLOW }, async () => {
    const { page, gateway, url } = await signedIn({ colorScheme: 'light' });
    await gateway.close();
    await page.getByText('Reconnecting').waitFor();
    const again = await startScriptedGateway(consoleDir, Number(new URL(url).port));
    onTestFinished(() => again.gateway.close());
    // Another hub with other credentials: the old session is worth nothing there.
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
  });
});
