import { IconFlag } from '@tabler/icons-react';
import type { CSSProperties } from 'react';
import type { Thread, ThreadStep } from '../api/contract.ts';
import { Notice } from '../feedback/notice.tsx';
import { RelativeTime } from '../time/relative-time.tsx';
import { duration, utcDay } from '../time/format.ts';
import { humanise } from '../vocabulary/words.ts';
import { orderLanes, type PlacedStep } from './lane-order.ts';
import classes from './lanes.module.css';
import { StepCard } from './step-card.tsx';
import { StepTime } from './step-time.tsx';
import { NOBODY } from './thread-header.tsx';

/** Lanes that fit beside each other at 1,280 px. */
const MOST_ABREAST = 7;

/** The thread as a conversation between systems: one lane each, time downwards, the wait on every hop. */
export function Lanes(props: {
  readonly steps: readonly ThreadStep[];
  readonly nextMove: Thread['nextMove'];
}) {
  const { lanes, placed } = orderLanes(props.steps);
  if (placed.length === 0) {
    return (
      <Notice icon={IconFlag} title="No steps yet">
        The first one appears when a message of this order is accepted.
      </Notice>
    );
  }
  const last = placed.at(-1);
  return (
    <div
      className={classes['lanes']}
      data-many={lanes.length > MOST_ABREAST}
      style={{ '--lanes': lanes.length } as CSSProperties}
    >
      <div className={classes['names']} aria-hidden>
        <span>UTC</span>
        {lanes.map((lane) => (
          <span key={lane}>{lane}</span>
        ))}
      </div>
      <div className={classes['rails']} aria-hidden>
        <span />
        {lanes.map((lane) => (
          <span key={lane} />
        ))}
      </div>
      <ol>
        {placed.map((place, index) => (
          <Row key={`${place.step.at}/${index}`} place={place} day={dayTurns(placed, index)} />
        ))}
        {props.nextMove.owner !== NOBODY && last !== undefined && (
          <NextRow move={props.nextMove} lanes={lanes} from={last.lane} />
        )}
      </ol>
    </div>
  );
}

function dayTurns(placed: readonly PlacedStep[], index: number): boolean {
  const [here, before] = [placed[index], placed[index - 1]];
  return here !== undefined && (before === undefined || utcDay(here.step.at) !== utcDay(before.step.at));
}

function Row({ place, day }: { readonly place: PlacedStep; readonly day: boolean }) {
  const { step, lane, from } = place;
  return (
    <li style={{ '--lane': lane + 2 } as CSSProperties}>
      {from !== undefined && <Hop from={from} to={lane} waitMs={step.waitMs} />}
      <StepTime at={step.at} day={day} />
      <StepCard step={step} />
    </li>
  );
}

/** The path from the lane before to this one; its label is how long it took. */
function Hop({ from, to, waitMs }: { readonly from: number; readonly to: number; readonly waitMs: number }) {
  const span = Math.abs(to - from) + 1;
  const way = to === from ? 'down' : to > from ? 'right' : 'left';
  const style = {
    '--first': Math.min(from, to) + 2,
    '--span': span,
    '--inset': `${50 / span}%`,
  } as CSSProperties;
  return (
    <span className={classes['hop']} data-way={way} style={style}>
      {waitMs > 0 && (
        <span className={classes['wait']} data-long={waitMs >= 60_000}>
          <span className="visually-hidden">after </span>
          {duration(waitMs)}
        </span>
      )}
    </span>
  );
}

/** Where the thread goes on: in the lane of who owes the move, when that is a system. */
function NextRow(props: {
  readonly move: Thread['nextMove'];
  readonly lanes: readonly string[];
  readonly from: number;
}) {
  const { move, lanes, from } = props;
  const owner = lanes.indexOf(move.owner);
  const lane = owner === -1 ? from : owner;
  return (
    <li style={{ '--lane': lane + 2 } as CSSProperties} data-next>
      <Hop from={from} to={lane} waitMs={0} />
      <span className={classes['time']}>now</span>
      <div className={classes['ghost']}>
        <strong>{humanise(move.owner)}</strong> {move.what}
        <span className="soft">
          waiting since <RelativeTime value={move.since} />
        </span>
      </div>
    </li>
  );
}
