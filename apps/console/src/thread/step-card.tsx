import {
  IconAlertTriangle,
  type Icon,
  IconChevronDown,
  IconMail,
  IconPointFilled,
  IconSend,
} from '@tabler/icons-react';
import type { ThreadStep } from '../api/contract.ts';
import { duration, utc } from '../time/format.ts';
import { Mark } from '../vocabulary/mark.tsx';
import { stateLook } from '../vocabulary/states.ts';
import { humanise, plural } from '../vocabulary/words.ts';
import classes from './step-card.module.css';

const KINDS: Readonly<Record<string, { readonly icon: Icon; readonly label: string }>> = {
  message: { icon: IconMail, label: 'Message received' },
  delivery: { icon: IconSend, label: 'Delivery sent' },
  exception: { icon: IconAlertTriangle, label: 'Exception' },
};

/** From here on, how long a step took is worth a word on the closed card. */
const SLOW_MS = 1000;

/** One step; opened, it says all that the hub knows of it. */
export function StepCard({ step }: { readonly step: ThreadStep }) {
  const kind = KINDS[step.kind] ?? { icon: IconPointFilled, label: humanise(step.kind) };
  const look = stateLook(step.state);
  const Kind = kind.icon;
  const attempts = step.attempts ?? 1;
  return (
    <details className={classes['card']} data-tone={look.tone} data-kind={step.kind}>
      <summary>
        <span className={classes['system']}>{step.system}</span>
        <span className={classes['what']}>
          <Kind size={15} stroke={1.8} role="img" aria-label={kind.label} />
          <span>{humanise(step.what)}</span>
          <IconChevronDown size={14} stroke={1.8} aria-hidden className={classes['more']} />
        </span>
        <span className={classes['state']}>
          <Mark look={look} />
          {look.tone === 'ok' && (step.tookMs ?? 0) >= SLOW_MS && (
            <span className="soft">in {duration(step.tookMs ?? 0)}</span>
          )}
          {attempts > 1 && <span className="soft">{plural(attempts, 'attempt', 'attempts')}</span>}
        </span>
      </summary>
      <dl className={classes['facts']}>
        <Fact name="At" value={utc(step.at)} />
        <Fact name="Document" value={step.what} />
        <Fact name="Waited" value={duration(step.waitMs)} />
        {step.tookMs !== undefined && <Fact name="Took" value={duration(step.tookMs)} />}
        {step.attempts !== undefined && <Fact name="Attempts" value={String(step.attempts)} />}
        {step.detail !== undefined && <Fact name="Detail" value={step.detail} />}
      </dl>
    </details>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
