import { Modal } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { call } from '../api/client.ts';
import type { Bulk, Case, Change } from '../api/contract.ts';
import { bulkQuery } from '../api/queries.ts';
import { BulkCourse } from '../bulk/bulk-course.tsx';
import { BulkSteps } from '../bulk/bulk-steps.tsx';
import { useSteering } from '../bulk/steering.ts';
import { VERB } from '../bulk/words.ts';
import { Loading } from '../feedback/notice.tsx';
import { Refused } from '../feedback/refused.tsx';
import { plural } from '../vocabulary/words.ts';
import classes from './bulk-dialog.module.css';

/** What can be done to all of a case at once. */
export type BulkAct = 'retry' | 'discard' | 'edit';

/** One act on all of a case: what it would touch, the first five, then all. Closing it stops nothing. */
export function BulkDialog(props: {
  readonly one: Case;
  readonly act: BulkAct;
  readonly reason?: string;
  /** Of an edit. */
  readonly changes?: readonly Change[];
  readonly onClose: () => void;
}) {
  const { one, act, reason, changes, onClose } = props;
  const preview = useMutation({
    mutationFn: () =>
      call<Bulk>('POST', '/bulk', {
        act,
        exceptions: { case: one.id },
        limit: act === 'edit' ? 10_000 : 100_000,
        ...(reason === undefined ? {} : { reason }),
        ...(changes === undefined ? {} : { changes }),
      }),
  });
  const { mutate } = preview;
  useEffect(() => mutate(), [mutate]);
  const id = preview.data?.id;
  const { data } = useQuery(bulkQuery(id));
  const bulk = data ?? preview.data;
  const steer = useSteering(id);
  const error = preview.error ?? steer.error;
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${VERB[act]} ${plural(bulk?.total ?? one.open, 'order', 'orders')}`}
      size="lg"
      classNames={{ title: classes['title'] ?? '' }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={classes['dialog']}>
        {bulk === undefined && error === null && <Loading what="the preview" />}
        {error !== null && <Refused error={error} />}
        {bulk !== undefined && <BulkCourse bulk={bulk} />}
        {bulk !== undefined && (
          <BulkSteps
            bulk={bulk}
            pending={steer.isPending}
            onStep={(step) => steer.mutate(step)}
            onClose={onClose}
          />
        )}
      </div>
    </Modal>
  );
}
