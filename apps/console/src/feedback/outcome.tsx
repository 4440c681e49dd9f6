import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './outcome.module.css';

/** What came of an act, beside the button that did it. A failure is announced at once, a success when there is a pause. */
export function Outcome(props: {
  readonly tone: 'ok' | 'bad';
  readonly title: string;
  readonly children: ReactNode;
}) {
  const { tone, title, children } = props;
  const Icon = tone === 'ok' ? IconCheck : IconAlertTriangle;
  return (
    <div className={classes['outcome']} data-tone={tone} role={tone === 'bad' ? 'alert' : 'status'}>
      <Icon size={18} stroke={1.8} aria-hidden />
      <strong>{title}</strong>
      <p>{children}</p>
    </div>
  );
}
