import { Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { StageCount } from '../api/contract.ts';
import { Mark } from '../vocabulary/mark.tsx';
import { splitStages, stageLook } from '../vocabulary/stages.ts';
import { count, percent, plural, shortCount } from '../vocabulary/words.ts';
import classes from './journey.module.css';

/** Orders by stage along the way from received to shipped; what left the way stands beside it. */
export function Journey({ orders }: { readonly orders: readonly StageCount[] }) {
  const { journey, aside } = splitStages(orders);
  const all = orders.reduce((sum, stage) => sum + stage.count, 0);
  // Bars compare where work stands now; shipped orders only ever grow and would flatten the rest.
  const fullest = Math.max(1, ...journey.slice(0, -1).map((stage) => stage.count));
  return (
    <section className={`panel ${classes['journey']}`} aria-labelledby="journey">
      <header className={classes['head']}>
        <Title order={2} id="journey">
          Orders on their way
        </Title>
        <span className="soft figures">{plural(all, 'order', 'orders')} in all</span>
      </header>
      <ol className={classes['way']}>
        {journey.slice(0, -1).map((stage) => (
          <Stage key={stage.stage} stage={stage}>
            <span className={classes['track']} aria-hidden>
              <span style={{ width: `${(stage.count / fullest) * 100}%` }} />
            </span>
          </Stage>
        ))}
        {journey.slice(-1).map((stage) => (
          <Stage key={stage.stage} stage={stage}>
            <span className={classes['share']}>{all > 0 && `${percent(stage.count / all)} of all`}</span>
          </Stage>
        ))}
      </ol>
      <ul className={classes['aside']} aria-label="Off the way">
        {aside.map(({ stage, count: some }) => (
          <li key={stage} data-none={some === 0}>
            <Mark look={stageLook(stage)} />
            <strong className="figures">{count(some)}</strong>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Stage({ stage, children }: { readonly stage: StageCount; readonly children: ReactNode }) {
  const { label, icon: Icon, tone } = stageLook(stage.stage);
  return (
    <li className={classes['stage']} data-tone={tone} data-none={stage.count === 0}>
      <span className={classes['label']}>
        <Icon size={16} stroke={1.8} aria-hidden />
        {label}
      </span>
      {/* A new key restarts the highlight: the figure itself says that it moved. */}
      <span key={stage.count} className={classes['count']}>
        {shortCount(stage.count)}
      </span>
      {children}
    </li>
  );
}
