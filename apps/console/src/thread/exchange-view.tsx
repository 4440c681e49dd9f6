import type { Exchange } from '../api/contract.ts';
import { duration } from '../time/format.ts';
import { count } from '../vocabulary/words.ts';
import classes from './exchange-view.module.css';

/** One request and its answer, as they are kept: without credentials and redacted fields, and cut at a size. */
export function ExchangeView({ exchange }: { readonly exchange: Exchange }) {
  const { method, url, status, request, requestBytes, response, responseBytes, failure, tookMs } = exchange;
  return (
    <section className={classes['exchange']}>
      <h4>
        <span className="mono">
          {method} {url}
        </span>
        <span data-bad={status === undefined || status >= 400} className={classes['status']}>
          {status ?? 'no answer'} <span className="soft">in {duration(tookMs)}</span>
        </span>
      </h4>
      <Body name="Request" text={request} bytes={requestBytes} />
      {failure === undefined ? (
        <Body name="Response" text={response} bytes={responseBytes} />
      ) : (
        <p className={classes['failure']}>{failure}</p>
      )}
    </section>
  );
}

function Body(props: { readonly name: string; readonly text: string | undefined; readonly bytes: number }) {
  const { name, text, bytes } = props;
  if (text === undefined)
    return bytes === 0 ? null : (
      <p className="soft">
        {name}: {count(bytes)} bytes, not kept
      </p>
    );
  return (
    <div>
      <span className="soft">
        {name}, {count(bytes)} bytes
      </span>
      <pre className="mono" tabIndex={0} aria-label={name}>
        {pretty(text)}
      </pre>
    </div>
  );
}

/** JSON is indented; what is cut, or is no JSON, stands as it came. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
