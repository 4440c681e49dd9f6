// A process that does one run of retention until its window kills it: argv[2] is a RetentionDoom as JSON. When it lives to the end, the
// window was never reached, and it says so by exit code 3.
import { Retention, type RetentionPolicy } from '@trunkline/journal';
import { killingPool } from './killing-pool.ts';
import { openPool } from './node.ts';
import type { Window } from './windows.ts';

export interface RetentionDoom {
  readonly databaseUrl: string;
  readonly policy: RetentionPolicy;
  /** Days since 1970. */
  readonly today: number;
  readonly window: Window;
  readonly nth: number;
}

const { databaseUrl, policy, today, window, nth } = JSON.parse(process.argv[2] ?? '{}') as RetentionDoom;
await new Retention(killingPool(openPool(databaseUrl), window, nth), policy).run(today);
process.exit(3);
