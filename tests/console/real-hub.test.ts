/**
 * Real: Chromium, the console as it is built, a hub process on its embedded PostgreSQL, the three simulators as processes.
 * Nothing is doubled. Observed: what a person sees of one order, from the deal that is won to its shipment.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtConsole } from '../../apps/console/build.ts';
import { opportunityId, untilStatus } from '../landscape/books.ts';
import { order, seedMasters } from '../landscape/demand.ts';
import { lookAtHub } from '../landscape/hub-view.ts';
import { type RunningLandscape, startLandscape } from '../landscape/running-landscape.ts';
import { until } from '../landscape/until.ts';
import { launchBrowser, openPage, signIn } from './browser.ts';

const skipped = process.env['TRUNKLINE_SKIP_BROWSER'] === '1';
if (skipped) console.warn('TRUNKLINE_SKIP_BROWSER=1: the console is not tried in a browser.');

let running: RunningLandscape;
let login: { readonly user: string; readonly password: string };

beforeAll(async () => {
  if (skipped) return;
  builtConsole();
  running = await startLandscape({ seed: 91 });
  await seedMasters(running);
  const ready = await running.landscape.startHub();
  if (ready.login === undefined) throw new Error('The first start of a hub gave no login.');
  login = ready.login;
});

afterAll(() => running?.stop());

test.skipIf(skipped)(
  'one order of a real hub, found by its customer PO and read across its systems',
  async () => {
    const browser = await launchBrowser();
    try {
      const { page, complaints } = await openPage(browser, running.hub, { colorScheme: 'light' });
      await signIn(page, login.user, login.password);
      await running.systems.crm.winDeals([order('PO-SEEN', { CHAI: 3, TOFU: 2 })]);
      await opportunityId(running, 'PO-SEEN');
      await untilStatus(running, 'PO-SEEN', 'Shipped');

      // By server-sent events: nobody loads the page again.
      await page.getByText('1 order in all').waitFor();
      await page.keyboard.press('/');
      await page.keyboard.type('PO-SEEN');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: /^S\d+$/ }).waitFor();
      for (const lane of ['crm', 'erp', 'dallas'])
        await page.getByText(lane, { exact: true }).first().waitFor();
      await page.getByText('Shipment shipped').first().waitFor();

      await page.getByRole('link', { name: 'Systems' }).click();
      await page.getByRole('button', { name: 'Pause dallas' }).click();
      await page.getByRole('textbox', { name: 'Why is it paused?' }).fill('recount');
      await page.getByRole('button', { name: 'Pause it' }).click();
      await page.getByRole('button', { name: 'Resume dallas' }).waitFor();
      await untilObeyed('dallas');
      const held = { since: performance.now() };
      await running.systems.crm.winDeals([order('PO-HELD', { CHAI: 2 })]);
      const dallas = page.getByRole('listitem', { name: 'dallas' });
      await dallas.getByText('1 waiting').waitFor();
      await untilStatus(running, 'PO-HELD', 'Released');
      await page.getByRole('button', { name: 'Resume dallas' }).click();
      await page.getByText('1 delivery that waited for it goes now.').waitFor();
      await untilStatus(running, 'PO-HELD', 'Shipped');

      await page.getByRole('link', { name: 'Replay' }).click();
      await page.getByRole('combobox', { name: 'Of this type' }).click();
      await page.getByRole('option', { name: 'shipment.shipped' }).waitFor();
      await page.getByRole('combobox', { name: 'That made this flow act' }).click();
      await page.getByRole('option', { name: 'order-release' }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('textbox', { name: 'Of one order' }).fill('PO-HELD');
      await page.getByRole('button', { name: 'Preview', exact: true }).click();
      const act = page.getByRole('region', { name: /^Replay \d+ messages$/ });
      await act.getByRole('button', { name: /^Replay/ }).click();
      const done = act.getByText(/^\d+ messages decided again\.$/);
      const others = act.getByRole('button', { name: /^Replay the other/ });
      await done.or(others).waitFor();
      if (await others.isVisible()) await others.click();
      await done.waitFor();
      console.log(`pause to replayed: ${Math.round(performance.now() - held.since)} ms`);
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  },
  120_000,
);

/** A pause takes effect with the node's next round; its share of the calls, leased for five seconds in that round, tells that it came. */
function untilObeyed(target: string): Promise<unknown> {
  return until(`the node has seen the pause of ${target}`, () =>
    lookAtHub(running, async ({ pool }) => {
      const { rowCount } = await pool.query(
        `select from target_control c join target_node n using (target)
         where c.target = $1 and n.expires_at > c.paused_at + interval '5 seconds'`,
        [target],
      );
      return rowCount === 1;
    }),
  );
}
