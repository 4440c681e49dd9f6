import { Button, Group, Menu } from '@mantine/core';
import { IconArrowRight, IconChevronDown, IconEyeCheck, IconRotateClockwise } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/client.ts';
import type { Case, Change } from '../api/contract.ts';
import { MOVING } from '../api/queries.ts';
import { Outcome } from '../feedback/outcome.tsx';
import { Refused } from '../feedback/refused.tsx';
import { count } from '../vocabulary/words.ts';
import { AssignForm } from './assign-form.tsx';
import { type BulkAct, BulkDialog } from './bulk-dialog.tsx';
import classes from './case-actions.module.css';
import { EditAllForm } from './edit-all-form.tsx';
import { MapForm } from './map-form.tsx';
import { ReasonForm } from './reason-form.tsx';

type Doing = 'assign' | 'ignore' | 'discard' | 'edit';

interface OnMany {
  readonly act: BulkAct;
  readonly reason?: string;
  readonly changes?: readonly Change[];
}

interface Act {
  readonly path: string;
  readonly body?: unknown;
  readonly did: string;
}

/** The one next move first; what else can be done stands behind it. */
export function CaseActions({ one }: { readonly one: Case }) {
  const queries = useQueryClient();
  const [doing, setDoing] = useState<Doing>();
  const [bulk, setBulk] = useState<OnMany>();
  const act = useMutation({
    mutationFn: ({ path, body }: Act) => call('POST', `/cases/${one.id}/${path}`, body),
    onSuccess: () => setDoing(undefined),
    onSettled: () => Promise.all(MOVING.map((key) => queries.invalidateQueries({ queryKey: [key] }))),
  });
  const [word] = one.missing;
  return (
    <section className={classes['next']} aria-label="Next move">
      <p className={classes['move']}>
        <IconArrowRight size={18} stroke={2} aria-hidden />
        <span>{one.next.what}</span>
      </p>
      {word !== undefined && (
        <MapForm key={`${word.kind} ${word.value}`} word={word} others={one.missing.slice(1)} />
      )}
      {act.error !== null && <Refused error={act.error} />}
      {act.isSuccess && (
        <Outcome tone="ok" title={act.variables.did}>
          It is kept with the case, with your name.
        </Outcome>
      )}
      {doing === undefined && (
        <Choices
          one={one}
          pending={act.isPending}
          onAct={act.mutate}
          onRetry={() => setBulk({ act: 'retry' })}
          onChoose={setDoing}
        />
      )}
      {doing !== undefined && (
        <ActForm
          one={one}
          doing={doing}
          pending={act.isPending}
          onAct={act.mutate}
          onMany={(wanted) => {
            setDoing(undefined);
            setBulk(wanted);
          }}
          onCancel={() => setDoing(undefined)}
        />
      )}
      {bulk !== undefined && <BulkDialog one={one} {...bulk} onClose={() => setBulk(undefined)} />}
    </section>
  );
}

function Choices(props: {
  readonly one: Case;
  readonly pending: boolean;
  readonly onAct: (act: Act) => void;
  readonly onRetry: () => void;
  readonly onChoose: (doing: Doing) => void;
}) {
  const { one, pending, onAct, onRetry, onChoose } = props;
  const stuck = one.open > 0 && one.next.act === 'retry';
  return (
    <Group gap="sm">
      {stuck && (
        <Button leftSection={<IconRotateClockwise size={17} stroke={1.8} />} onClick={onRetry}>
          {one.open === 1 ? 'Retry…' : `Retry all ${count(one.open)}…`}
        </Button>
      )}
      {one.status === 'open' && (
        <Button
          variant="default"
          leftSection={<IconEyeCheck size={17} stroke={1.8} />}
          loading={pending}
          onClick={() => onAct({ path: 'acknowledge', did: 'Acknowledged' })}
        >
          Acknowledge
        </Button>
      )}
      {(one.status === 'ignored' || one.status === 'acknowledged') && (
        <Button
          variant="default"
          loading={pending}
          onClick={() => onAct({ path: 'reopen', did: 'Open again' })}
        >
          Re-open
        </Button>
      )}
      <MoreActs one={one} stuck={stuck} onRetry={onRetry} onChoose={onChoose} />
    </Group>
  );
}

function MoreActs(props: {
  readonly one: Case;
  readonly stuck: boolean;
  readonly onRetry: () => void;
  readonly onChoose: (doing: Doing) => void;
}) {
  const { one, stuck, onRetry, onChoose } = props;
  const parked = one.open > 0 && one.system !== undefined;
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target>
        <Button variant="default" rightSection={<IconChevronDown size={15} stroke={2} />}>
          More
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onChoose('assign')}>Assign…</Menu.Item>
        {!stuck && parked && <Menu.Item onClick={onRetry}>Retry all…</Menu.Item>}
        {one.status !== 'ignored' && <Menu.Item onClick={() => onChoose('ignore')}>Ignore…</Menu.Item>}
        {parked && <Menu.Item onClick={() => onChoose('edit')}>Edit all…</Menu.Item>}
        {parked && (
          <Menu.Item color="red" onClick={() => onChoose('discard')}>
            Discard all…
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function ActForm(props: {
  readonly one: Case;
  readonly doing: Doing;
  readonly pending: boolean;
  readonly onAct: (act: Act) => void;
  readonly onMany: (wanted: OnMany) => void;
  readonly onCancel: () => void;
}) {
  const { one, doing, pending, onAct, onMany, onCancel } = props;
  if (doing === 'assign') {
    const assign = (body: unknown) => onAct({ path: 'assign', body, did: 'Assigned' });
    return <AssignForm one={one} pending={pending} onAssign={assign} onCancel={onCancel} />;
  }
  if (doing === 'edit') {
    const edit = (changes: readonly Change[], reason: string) => onMany({ act: 'edit', changes, reason });
    return <EditAllForm one={one} onPreview={edit} onCancel={onCancel} />;
  }
  if (doing === 'ignore') {
    return (
      <ReasonForm
        label="Why is it ignored?"
        description="Nobody is asked about it any more, recurrences included, until somebody re-opens it."
        submit="Ignore it"
        pending={pending}
        onSubmit={(reason) => onAct({ path: 'ignore', body: { reason }, did: 'Ignored' })}
        onCancel={onCancel}
      />
    );
  }
  return (
    <ReasonForm
      label="Why are they discarded?"
      description="The commands are given up for good, and what waited behind them goes on. You see a preview first."
      submit="Preview…"
      pending={false}
      onSubmit={(reason) => onMany({ act: 'discard', reason })}
      onCancel={onCancel}
    />
  );
}
