import type { Deed } from '../api/contract.ts';
import { RelativeTime } from '../time/relative-time.tsx';
import { humanise } from '../vocabulary/words.ts';
import classes from './history.module.css';

/** What became of it and what people did, oldest first. */
export function History({ deeds }: { readonly deeds: readonly Deed[] }) {
  return (
    <ol className={classes['history']}>
      {deeds.map((deed, index) => (
        <li key={`${deed.at}/${index}`}>
          <span>
            {humanise(deed.act)} <span className="soft">by {deed.by === 'hub' ? 'the hub' : deed.by}</span>
          </span>
          <span className="soft">
            <RelativeTime value={deed.at} />
          </span>
          {deed.note !== undefined && <p className="soft">{deed.note}</p>}
        </li>
      ))}
    </ol>
  );
}
