import { humanise } from '../vocabulary/words.ts';
import classes from './command-view.module.css';

/** What is parked, as it would be sent, and beside it what the flow wrote when a person changed it since. */
export function CommandView(props: {
  readonly command: { readonly type: string; readonly payload: unknown };
  readonly original: unknown;
}) {
  const { command, original } = props;
  return (
    <>
      <Document
        title={`${humanise(command.type)}${original === undefined ? '' : ', as edited'}`}
        value={command.payload}
      />
      {original !== undefined && <Document title="As it was before" value={original} />}
    </>
  );
}

function Document({ title, value }: { readonly title: string; readonly value: unknown }) {
  return (
    <details className={classes['document']}>
      <summary>{title}</summary>
      <pre className="mono">{JSON.stringify(value, undefined, 2)}</pre>
    </details>
  );
}
