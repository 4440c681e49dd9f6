import type { ThreadLine } from '../api/contract.ts';
import classes from './lines-table.module.css';

const QUANTITIES = [
  ['ordered', 'Ordered'],
  ['released', 'Released'],
  ['picked', 'Picked'],
  ['shipped', 'Shipped'],
  ['backordered', 'Backordered'],
  ['cancelled', 'Cancelled'],
] as const;

const isNothing = (quantity: string) => /^-?0*(?:\.0*)?$/.test(quantity);

export function LinesTable({ lines }: { readonly lines: readonly ThreadLine[] }) {
  return (
    <table className={classes['lines']}>
      <thead>
        <tr>
          <th scope="col">Line</th>
          <th scope="col">Item</th>
          {QUANTITIES.map(([key, label]) => (
            <th key={key} scope="col" className={classes['quantity']}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.line}>
            <td className={`soft ${classes['number']}`}>{line.line}</td>
            <th scope="row">
              <span className="mono">{line.sku}</span>
              {line.description !== undefined && (
                <span className={classes['description']}>{line.description}</span>
              )}
            </th>
            {QUANTITIES.map(([key, label]) => (
              <td
                key={key}
                data-label={label}
                data-none={isNothing(line[key])}
                className={classes['quantity']}
              >
                {line[key]}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
