import { Title } from '@mantine/core';
import { IconMailCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Fault, InvalidMessage } from '../api/contract.ts';
import { invalidMessagesQuery } from '../api/queries.ts';
import { Failure, Loading, Notice } from '../feedback/notice.tsx';
import { RelativeTime } from '../time/relative-time.tsx';
import { plural } from '../vocabulary/words.ts';
import { Faults } from '../feedback/faults.tsx';
import classes from './invalid-messages-page.module.css';

/** Documents of authentic senders that could not be used, as they came. */
export function InvalidMessagesPage() {
  const { data, error, refetch } = useQuery(invalidMessagesQuery);
  return (
    <>
      <Title order={1}>Invalid messages</Title>
      <p className={`soft ${classes['lead']}`}>
        Authentic, but not to be understood: kept as they came, and answered with these faults. The sender
        mends and sends again.
      </p>
      <section className="panel" aria-label="Invalid messages">
        {data === undefined && error === null && <Loading what="messages" />}
        {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
        {data?.items.length === 0 && (
          <Notice icon={IconMailCheck} title="Every message was understood">
            A document that does not fit its contract would stand here with the failing places.
          </Notice>
        )}
        {data?.items.map((message) => (
          <Message key={message.id} message={message} />
        ))}
      </section>
    </>
  );
}

function FaultLine({ fault }: { readonly fault: Fault }) {
  return (
    <>
      <span className="mono">{fault.path}</span> {fault.message}
    </>
  );
}

function Message({ message }: { readonly message: InvalidMessage }) {
  const [first] = message.faults;
  return (
    <details className={classes['message']}>
      <summary>
        <span className={classes['source']}>{message.source}</span>
        <span className={classes['fault']}>
          {first === undefined ? 'No fault was named' : <FaultLine fault={first} />}
          {message.faults.length > 1 && (
            <span className="soft"> and {plural(message.faults.length - 1, 'more', 'more')}</span>
          )}
        </span>
        <span className="soft">
          <RelativeTime value={message.receivedAt} />
        </span>
      </summary>
      <div className={classes['whole']}>
        <Faults faults={message.faults} />
        <pre className="mono">{message.payload}</pre>
      </div>
    </details>
  );
}
