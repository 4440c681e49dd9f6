import { Title } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import type { TargetHealth } from '../api/contract.ts';
import { Notice } from '../feedback/notice.tsx';
import { Mark } from '../vocabulary/mark.tsx';
import { breakerLook } from '../vocabulary/states.ts';
import { count } from '../vocabulary/words.ts';
import classes from './targets.module.css';
import page from './overview-page.module.css';

/** The systems that the hub delivers to, and what waits for each. */
export function Targets({ targets }: { readonly targets: readonly TargetHealth[] }) {
  return (
    <section className={`panel ${page['panel']}`} aria-labelledby="targets">
      <header className={page['head']}>
        <Title order={2} id="targets">
          Systems
        </Title>
      </header>
      {targets.length === 0 ? (
        <Notice icon={IconPlugConnected} title="No system takes deliveries">
          Systems are named in the hub’s configuration.
        </Notice>
      ) : (
        <table className={classes['targets']}>
          <thead>
            <tr>
              <th scope="col">System</th>
              <th scope="col">Deliveries</th>
              <th scope="col">Waiting</th>
              <th scope="col">Parked</th>
            </tr>
          </thead>
          <tbody>
            {targets.map(({ system, breaker, waiting, parked }) => (
              <tr key={system}>
                <th scope="row">{system}</th>
                <td>
                  <Mark look={breakerLook(breaker)} />
                </td>
                <td data-none={waiting === 0}>{count(waiting)}</td>
                <td data-none={parked === 0}>{count(parked)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
