import type { Fault } from '../api/contract.ts';
import classes from './faults.module.css';

/** Everything that is wrong, each at the place where its sender finds it. */
export function Faults({ faults }: { readonly faults: readonly Fault[] }) {
  return (
    <ul className={classes['faults']} aria-label="Faults">
      {faults.map((fault, index) => (
        <li key={`${fault.path}/${index}`}>
          <span className="mono soft">{fault.path === '' ? 'whole document' : fault.path}</span>
          <span>{fault.message}</span>
        </li>
      ))}
    </ul>
  );
}
