import type { Bulk, BulkDetail, Difference } from '../api/contract.ts';
import { Outcome } from '../feedback/outcome.tsx';
import { count } from '../vocabulary/words.ts';
import classes from './edits.module.css';

/** Refusals shown; the count says how many there are. */
const SHOWN = 5;

/** What an edit does to the first few, and what it cannot be made in. */
export function Edits({ bulk }: { readonly bulk: Bulk & Partial<BulkDetail> }) {
  const refused = bulk.items?.filter(({ state }) => state === 'refused') ?? [];
  return (
    <>
      {bulk.edits !== undefined && bulk.edits.length > 0 && (
        <ul className={classes['edits']} aria-label="What it changes">
          {bulk.edits.map(({ thread, differences }) => (
            <li key={thread}>
              <span className="soft">{thread}</span>
              {differences.map((one) => (
                <Changed key={one.path} one={one} />
              ))}
            </li>
          ))}
        </ul>
      )}
      {bulk.refused > 0 && (
        <Outcome tone="bad" title={`${count(bulk.refused)} refused, and not touched`}>
          {refused.slice(0, SHOWN).map(({ thread, detail }) => (
            <span key={thread} className={classes['refusal']}>
              {thread}: {detail}
            </span>
          ))}
        </Outcome>
      )}
    </>
  );
}

function Changed({ one: { path, before, after } }: { readonly one: Difference }) {
  return (
    <span className={classes['changed']}>
      <span className="mono soft">{path}</span>
      <del className="mono">{shown(before)}</del>
      <ins className="mono">{shown(after)}</ins>
    </span>
  );
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
