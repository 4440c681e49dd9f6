import { expect } from 'vitest';
import type { Account } from '../../apps/hub/src/demo/accounting/account.ts';
import { passed } from '../../apps/hub/src/demo/accounting/report.ts';
import { accountNow } from '../../apps/hub/src/demo/run/books.ts';
import { leftOver } from './hub-view.ts';
import type { RunningLandscape } from './running-landscape.ts';
import { until } from './until.ts';

/**
 * Waits until the systems' own books agree on every order to the unit (accounting/account.ts says what lost and duplicated mean) and
 * the hub has nothing left to do.
 */
export async function untilAllAgree(running: RunningLandscape, withinMs = 12_000): Promise<Account> {
  let last: Account | undefined;
  const agreed = await until(
    'the three systems agree on every order',
    async () => {
      last = await accountNow(running.systems);
      return passed(last) ? last : undefined;
    },
    { withinMs, seen: () => last?.problems },
  );
  let left = await leftOver(running);
  await until(
    'the hub has nothing left to do',
    async () => {
      left = await leftOver(running);
      return left.messages === 0 && left.deliveries === 0;
    },
    { withinMs, seen: () => left },
  );
  expect(agreed).toMatchObject({ lost: 0, duplicated: 0 });
  return agreed;
}
