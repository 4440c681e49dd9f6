import { Modal, Title } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/client.ts';
import type { Target } from '../api/contract.ts';
import { MOVING, targetsQuery } from '../api/queries.ts';
import { ReasonForm } from '../exceptions/reason-form.tsx';
import { Failure, Loading, Notice } from '../feedback/notice.tsx';
import { Outcome } from '../feedback/outcome.tsx';
import { Refused } from '../feedback/refused.tsx';
import { plural } from '../vocabulary/words.ts';
import { TargetList } from './target-list.tsx';
import classes from './systems-page.module.css';

interface Deed {
  readonly act: 'pause' | 'resume';
  readonly target: Target;
  readonly reason?: string;
}

/** The systems that commands go to, and the hand on each one's tap. */
export function SystemsPage() {
  const { data, error, refetch } = useQuery(targetsQuery);
  const queries = useQueryClient();
  const [pausing, setPausing] = useState<Target>();
  const act = useMutation({
    mutationFn: ({ act: name, target, reason }: Deed) =>
      call(
        'POST',
        `/targets/${encodeURIComponent(target.system)}/${name}`,
        reason === undefined ? undefined : { reason },
      ),
    onSettled: () => {
      setPausing(undefined);
      return Promise.all(
        ['overview', ...MOVING].map((key) => queries.invalidateQueries({ queryKey: [key] })),
      );
    },
  });
  return (
    <>
      <Title order={1}>Systems</Title>
      <p className={`soft ${classes['lead']}`}>
        Where commands go. A paused system gets nothing new from any node, within a second; what is to go
        there waits in its order.
      </p>
      <div className={classes['outcome']}>
        {act.isSuccess && <Did deed={act.variables} />}
        {act.error !== null && <Refused error={act.error} />}
      </div>
      <section className={`panel ${classes['targets']}`} aria-label="Systems">
        {data === undefined && error === null && <Loading what="systems" />}
        {error !== null && data === undefined && <Failure error={error} onRetry={() => void refetch()} />}
        {data?.items.length === 0 && (
          <Notice icon={IconPlugConnected} title="No system takes deliveries">
            Systems are named in the hub’s configuration.
          </Notice>
        )}
        {data !== undefined && data.items.length > 0 && (
          <TargetList
            targets={data.items}
            busy={act.isPending ? act.variables.target.system : undefined}
            onPause={setPausing}
            onResume={(target) => act.mutate({ act: 'resume', target })}
          />
        )}
      </section>
      {pausing !== undefined && (
        <Modal
          opened
          onClose={() => setPausing(undefined)}
          title={`Pause ${pausing.system}`}
          closeButtonProps={{ 'aria-label': 'Close' }}
        >
          <ReasonForm
            label="Why is it paused?"
            description="Shown with your name to everybody who asks why orders wait."
            submit="Pause it"
            cancel="Leave it on"
            pending={act.isPending}
            onSubmit={(reason) => act.mutate({ act: 'pause', target: pausing, reason })}
            onCancel={() => setPausing(undefined)}
          />
        </Modal>
      )}
    </>
  );
}

function Did({ deed: { act, target } }: { readonly deed: Deed }) {
  const { system, waiting } = target;
  return act === 'pause' ? (
    <Outcome tone="ok" title={`${system} is paused`}>
      Calls under way end; nothing new is sent to it until somebody resumes it.
    </Outcome>
  ) : (
    <Outcome tone="ok" title={`${system} goes on`}>
      {waiting === 0
        ? 'Nothing waited for it.'
        : `${plural(waiting, 'delivery', 'deliveries')} that waited for it ${waiting === 1 ? 'goes' : 'go'} now.`}
    </Outcome>
  );
}
