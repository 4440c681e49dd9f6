import { IconHeartbeat, IconHeartBroken, IconHourglass } from '@tabler/icons-react';
import type { HubNode } from '../api/contract.ts';
import { Age } from '../time/age.tsx';
import { RelativeTime } from '../time/relative-time.tsx';
import { Mark } from '../vocabulary/mark.tsx';
import type { Look } from '../vocabulary/stages.ts';
import { count, humanise } from '../vocabulary/words.ts';
import classes from './node-list.module.css';
import { runs } from './runs.ts';

export function NodeList(props: { readonly nodes: readonly HubNode[]; readonly partitions: number }) {
  return (
    <>
      <div className={classes['head']} aria-hidden>
        <span>Node</span>
        <span>State</span>
        <span>Roles</span>
        <span>Partitions</span>
        <span>Lease renewed</span>
        <span>Running for</span>
      </div>
      <ul className={classes['list']}>
        {props.nodes.map((node) => (
          <Row key={node.name} node={node} partitions={props.partitions} />
        ))}
      </ul>
    </>
  );
}

const ALIVE: Look = { label: 'Alive', tone: 'ok', icon: IconHeartbeat };
const IDLE: Look = { label: 'Owns nothing yet', tone: 'warn', icon: IconHourglass };
const GONE: Look = { label: 'Gone', tone: 'quiet', icon: IconHeartBroken };

function lookOf({ alive, roles, partitions }: HubNode): Look {
  if (!alive) return GONE;
  return roles.includes('worker') && partitions.length === 0 ? IDLE : ALIVE;
}

function Row({ node, partitions }: { readonly node: HubNode; readonly partitions: number }) {
  const owned = node.partitions.length;
  return (
    <li className={classes['row']} data-alive={node.alive} aria-label={shortName(node.name)}>
      <span className={classes['node']}>
        <strong title={node.name}>{shortName(node.name)}</strong>
        {node.address !== undefined && <span className="mono soft">{node.address}</span>}
      </span>
      <Mark look={lookOf(node)} />
      <span>{node.roles.map(humanise).join(', ')}</span>
      <span className={classes['partitions']}>
        {owned === 0 ? (
          <span className="soft">none</span>
        ) : (
          <>
            <span>
              {count(owned)} of {count(partitions)} <span className="soft">{runs(node.partitions)}</span>
            </span>
            <span className={classes['share']} aria-hidden>
              <span style={{ width: `${(owned / partitions) * 100}%` }} />
            </span>
          </>
        )}
      </span>
      <span className={classes['lease']}>
        <span className={classes['label']}>Lease renewed </span>
        <RelativeTime value={node.seenAt} />
      </span>
      <span className={classes['age']}>
        <span className={classes['label']}>Running for </span>
        {node.alive ? <Age since={node.startedAt} /> : <span className="soft">–</span>}
      </span>
    </li>
  );
}

/** `host/pid`; the rest only tells starts apart. */
function shortName(name: string): string {
  const parts = name.split('/');
  return parts.length < 3 ? name : parts.slice(0, -1).join('/');
}
