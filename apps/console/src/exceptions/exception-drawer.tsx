import { Drawer } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ExceptionCase } from '../api/contract.ts';
import { RelativeTime } from '../time/relative-time.tsx';
import { Mark } from '../vocabulary/mark.tsx';
import { stateLook } from '../vocabulary/states.ts';
import { humanise } from '../vocabulary/words.ts';
import { ExceptionActions } from './exception-actions.tsx';
import classes from './exception-drawer.module.css';
import { Faults } from './faults.tsx';

/** All about one exception: what is wrong, who mends it and how, and the acts that do. */
export function ExceptionDrawer(props: {
  readonly exception: ExceptionCase | undefined;
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const { exception, opened, onClose } = props;
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size={480}
      padding="lg"
      title={exception === undefined ? '' : `Exception on ${exception.title}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
      classNames={{ title: classes['title'] ?? '' }}
      overlayProps={{ backgroundOpacity: 0.25 }}
    >
      {exception !== undefined && <Details key={exception.id} exception={exception} />}
    </Drawer>
  );
}

function Details({ exception }: { readonly exception: ExceptionCase }) {
  return (
    <div className={classes['details']}>
      <div>
        <Mark look={stateLook(exception.status)} pill />
        <p className={classes['summary']}>{exception.summary}</p>
      </div>
      {exception.faults.length > 0 && <Faults faults={exception.faults} />}
      <section className={classes['remedy']}>
        <h3>What mends it</h3>
        <p>{exception.remedy}</p>
      </section>
      <dl className={classes['facts']}>
        <Fact name="Next move">{humanise(exception.owner)}</Fact>
        <Fact name="Order">
          <Link to="/threads/$id" params={{ id: exception.thread }}>
            {exception.title}
          </Link>
        </Fact>
        <Fact name="Flow">{humanise(exception.flow)}</Fact>
        {exception.system !== undefined && <Fact name="System">{exception.system}</Fact>}
        <Fact name="Code">
          <span className="mono">{exception.code}</span>
        </Fact>
        <Fact name="Opened">
          <RelativeTime value={exception.openedAt} />
        </Fact>
        {exception.resolvedAt !== undefined && (
          <Fact name="Resolved">
            <RelativeTime value={exception.resolvedAt} />
          </Fact>
        )}
      </dl>
      <ExceptionActions exception={exception} />
    </div>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
