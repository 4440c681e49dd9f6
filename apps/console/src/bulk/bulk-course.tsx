import { Progress } from '@mantine/core';
import type { Bulk, BulkDetail } from '../api/contract.ts';
import { Outcome } from '../feedback/outcome.tsx';
import { duration } from '../time/format.ts';
import { atRisk } from '../vocabulary/money.ts';
import { count, plural } from '../vocabulary/words.ts';
import classes from './bulk-course.module.css';
import { Edits } from './edits.tsx';
import { thingsOf } from './words.ts';

/** How far it is, and what it says of itself. */
export function BulkCourse({ bulk }: { readonly bulk: Bulk & Partial<BulkDetail> }) {
  const ended = bulk.mended + bulk.failed + bulk.skipped;
  return (
    <div className={classes['course']}>
      <dl className={classes['figures']}>
        <Figure name="Chosen" value={count(bulk.total)} />
        {bulk.act !== 'replay' && (
          <Figure
            name="At risk"
            value={atRisk(bulk).join(', ') || plural(Number(bulk.units), 'unit', 'units')}
          />
        )}
        {bulk.secondsLeft > 0 && (
          <Figure name={ended === 0 ? 'Takes about' : 'Left'} value={duration(bulk.secondsLeft * 1000)} />
        )}
      </dl>
      {bulk.state !== 'previewed' && (
        <div role="status" className={classes['progress']}>
          <Progress.Root size="lg" aria-label="Progress">
            <Progress.Section value={share(bulk.mended, bulk)} color="petrol" aria-label="Mended" />
            <Progress.Section value={share(bulk.failed, bulk)} color="red" aria-label="Failed" />
            <Progress.Section value={share(bulk.skipped, bulk)} color="gray" aria-label="Skipped" />
          </Progress.Root>
          <p className="soft">
            {count(bulk.mended)} {bulk.act === 'replay' ? 'decided again' : 'mended'}
            {bulk.failed > 0 && `, ${count(bulk.failed)} failed`}
            {bulk.skipped > 0 &&
              `, ${count(bulk.skipped)} ${bulk.act === 'replay' ? 'gone by retention' : 'mended meanwhile'}`}
            {bulk.refused > 0 && `, ${count(bulk.refused)} refused`}
            {bulk.underWay > 0 && `, ${count(bulk.underWay)} under way`}
            {bulk.pending > 0 && `, ${count(bulk.pending)} to go`}
          </p>
        </div>
      )}
      {bulk.state === 'previewed' && (
        <p>
          Nothing is touched yet. The first five go first; the rest only when you start it after them. It acts
          on these {thingsOf(bulk, 2)} and no others
          {bulk.act !== 'replay' && ', and skips what is mended meanwhile'}.
        </p>
      )}
      {bulk.act === 'edit' && <Edits bulk={bulk} />}
      {bulk.state === 'canary_passed' && (
        <Outcome tone="ok" title="The first five went through">
          Start the rest when you are content. It stops by itself on a new kind of failure.
        </Outcome>
      )}
      {bulk.state === 'stopped' && (
        <Outcome tone="bad" title="It has stopped">
          {bulk.stoppedBecause ?? 'Look at what failed.'}
        </Outcome>
      )}
      {bulk.state === 'finished' && (
        <Outcome tone="ok" title="Done">
          {count(bulk.mended)} {thingsOf(bulk, bulk.mended)}{' '}
          {bulk.act === 'replay' ? 'decided again' : 'went on'}.
        </Outcome>
      )}
      {bulk.state === 'cancelled' && (
        <Outcome tone="ok" title="Cancelled">
          What has gone stays gone; the others wait as before.
        </Outcome>
      )}
    </div>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function share(part: number, { total }: Bulk): number {
  return total === 0 ? 0 : (part / total) * 100;
}
