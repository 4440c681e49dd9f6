import { Button, Loader, Title } from '@mantine/core';
import { type Icon, IconCloudOff } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { ApiProblem } from '../api/client.ts';
import classes from './notice.module.css';

/** A place where something would stand: what is (not) there, and what to do. */
export function Notice(props: {
  readonly icon: Icon;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  const { icon: Glyph, title, children, action } = props;
  return (
    <div className={classes['notice']}>
      <Glyph size={28} stroke={1.5} aria-hidden className={classes['icon']} />
      <Title order={3} size="md">
        {title}
      </Title>
      {children !== undefined && <p className={classes['text']}>{children}</p>}
      {action}
    </div>
  );
}

/** A failed question, in the hub's own words. */
export function Failure({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  const title = error instanceof ApiProblem ? error.title : 'The page failed';
  return (
    <div role="alert">
      <Notice
        icon={IconCloudOff}
        title={title}
        action={
          <Button variant="default" size="xs" onClick={onRetry}>
            Try again
          </Button>
        }
      >
        {error.message}
      </Notice>
    </div>
  );
}

export function Loading({ what }: { readonly what: string }) {
  return (
    <div className={classes['notice']} role="status">
      <Loader size="sm" aria-hidden />
      <p className={classes['text']}>Loading {what}…</p>
    </div>
  );
}
